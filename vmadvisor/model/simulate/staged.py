"""A host that stands nowhere, run by the engine and read as if it were one: snapshots of every second.

What a recording does the other way round (``demand``): known sizes, settings and demand become kernel files'
records, with counters as the run counts them. Rules show their examples on it, and advice is tried on hosts
of any size: apply it, stage the host again under the new setting, ask again.
"""

from collections.abc import Sequence
from dataclasses import replace

from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.watermarks import table
from vmadvisor.model.simulate.demand import Demand, Interval, Start
from vmadvisor.model.simulate.engine import run_in_parts
from vmadvisor.model.simulate.figures import _full_s as full_stall_s
from vmadvisor.model.simulate.machine import Machine, machine_of
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.model.simulate.outcome import Outcome
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.staged_processes import scan_of
from vmadvisor.records import dataclass
from vmadvisor.snapshot import HostFacts, ProcessScan, Snapshot, Timed
from vmadvisor.sources import version, vmstat
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pressure import MemoryPressure, PressureLine
from vmadvisor.sources.swaps import SwapDevice, Swaps
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.transparent_hugepage import TransparentHugepage
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import NodeStats, Zone, Zoneinfo
from vmadvisor.units import kib_from_pages

HUGE_PAGE_KIB = 2048
_START_S = 1000.0
_US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedZone:
    """A zone by its size alone; the kernel's arithmetic gives it marks."""

    node_id: int
    name: str
    managed_pages: int
    cma_pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedHost:
    """Sizes, settings, stocks at the beginning by node, and what is wanted in each interval."""

    release: str
    page_size_bytes: int
    zones: tuple[StagedZone, ...]
    sysctl: VmSysctl
    thp: str
    huge_pool_pages: int
    swap_pages: int
    swap_path: str
    free_pages: tuple[int, ...]
    file_pages: tuple[int, ...]
    anon_pages: tuple[int, ...]
    swapped_pages: int
    intervals: tuple[Interval, ...]
    is_reuse_seen: bool = True
    largest_anon_pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """``snapshots`` in time order, ``moments`` of each; ``outcome`` is the whole run's."""

    snapshots: tuple[Snapshot, ...]
    moments: tuple[Observed, ...]
    outcome: Outcome


def stage(host: StagedHost, *, seed: int = 1, physics: Physics | None = None) -> Staged:
    """Runs the host and reads it at the beginning and after every interval."""
    bare = _snapshot(host, 0, None)
    machine = machine_of(bare)
    if machine is None:
        raise ValueError("a staged host needs zones and settings that marks can be made of")
    demand = _demand(host, bare)
    outcomes = list(run_in_parts(machine, demand, physics or Physics(), seed=seed))
    snapshots = [bare]
    snapshots += [
        _snapshot(host, place, (outcome, machine)) for place, outcome in enumerate(outcomes, 1)
    ]
    moments = [found for one in snapshots if (found := observed(one)) is not None]
    return Staged(snapshots=tuple(snapshots), moments=tuple(moments), outcome=outcomes[-1])


def bare_snapshot(host: StagedHost) -> Snapshot:
    """The host as it begins: what its marks are made of."""
    return _snapshot(host, 0, None)


def under(host: StagedHost, sysctl: VmSysctl) -> StagedHost:
    """The same host and demand under other settings, from the same beginning."""
    return replace(host, sysctl=sysctl)


def _demand(host: StagedHost, bare: Snapshot) -> Demand:
    first = observed(bare)
    usable = [float(node.usable_pages) for node in first.nodes] if first is not None else []
    return Demand(
        start=Start(
            usable_pages=tuple(usable),
            reserved_free_pages=tuple(
                float(free) - left for free, left in zip(host.free_pages, usable, strict=True)
            ),
            file_pages=tuple(map(float, host.file_pages)),
            anon_pages=tuple(map(float, host.anon_pages)),
            swapped_pages=float(host.swapped_pages),
        ),
        intervals=host.intervals,
        is_reuse_seen=host.is_reuse_seen,
        largest_anon_pages=float(host.largest_anon_pages or max(host.anon_pages)),
    )


class _Now:
    """The stocks of one moment, by node in proportion to those at the beginning."""

    def __init__(self, host: StagedHost, outcome: Outcome | None) -> None:
        last = None if outcome is None else outcome.trajectory[-1]
        free, file, anon = host.free_pages, host.file_pages, host.anon_pages
        if last is not None:
            # Of anonymous and file pages the run knows sums; what they leave is free, node by node.
            file = _shared(host.file_pages, last.file_pages, host.free_pages)
            anon = _shared(host.anon_pages, last.anon_pages, host.free_pages)
            free = _shared(host.free_pages, last.free_pages, host.free_pages)
        self.free, self.file, self.anon = free, file, anon
        self.swapped = host.swapped_pages if last is None else round(last.swapped_pages)


def _shared(parts: Sequence[int], total: float, otherwise: Sequence[int]) -> tuple[int, ...]:
    weights = parts if sum(parts) else otherwise
    whole = sum(weights) or 1
    return tuple(round(total * part / whole) for part in weights)


def _snapshot(host: StagedHost, place: int, done: tuple[Outcome, Machine] | None) -> Snapshot:
    outcome = None if done is None else done[0]
    now = _Now(host, outcome)
    seconds_s = sum(interval.seconds_s for interval in host.intervals[:place])
    time_s = _START_S + seconds_s
    records = (
        version.parse(f"Linux version {host.release} (staged)"),
        host.sysctl,
        _meminfo(host, now),
        vmstat.parse(_vmstat_text(host, now, outcome, place)),
        Swaps(devices=_devices(host, now)),
        TransparentHugepage(enabled=host.thp, defrag="madvise", hpage_pmd_size_bytes=None),
        _pressure(done),
    )
    kinds = (
        KernelVersion, VmSysctl, Meminfo, Vmstat, Swaps, TransparentHugepage, MemoryPressure,
    )  # fmt: skip
    found: dict[type, Timed] = {
        kind: Timed(time_s=time_s, record=record)
        for kind, record in zip(kinds, records, strict=True)
    }
    facts = HostFacts(
        hostname="staged", arch="x86_64", boot_id=None, page_size_bytes=host.page_size_bytes,
        clock_hz=100, is_live=False,
    )  # fmt: skip
    plain = Snapshot(time_s=time_s, host=facts, records=found)
    found[Zoneinfo] = Timed(time_s=time_s, record=_zoneinfo(host, now, plain))
    return Snapshot(
        time_s=time_s, host=facts, records=found, processes=_processes(host, now, time_s, outcome)
    )


def _processes(host: StagedHost, now: _Now, time_s: float, outcome: Outcome | None) -> ProcessScan:
    def kib(pages: float) -> int:
        return kib_from_pages(round(pages), host.page_size_bytes)

    held = sum(now.anon) + now.swapped
    idle = min(held, host.intervals[0].idle_anon_pages if host.intervals else 0.0)
    in_swap = min(idle, now.swapped)
    return scan_of(
        time_s,
        idle_kib=kib(idle),
        busy_kib=kib(max(0.0, sum(now.anon) - (idle - in_swap))),
        swapped_kib=kib(now.swapped),
        kswapd_s=0.0 if outcome is None else outcome.kswapd_cpu_s,
        page_kib=kib(1),
    )


def _zoneinfo(host: StagedHost, now: _Now, plain: Snapshot) -> Zoneinfo:
    """Free pages lie in a node's zones by size; marks come from the kernel's own arithmetic."""
    prints_boost = behaviour_of(plain).version_base
    has_boost = prints_boost is not None and prints_boost >= (5, 16)
    by_node: dict[int, int] = {}
    for zone in host.zones:
        by_node[zone.node_id] = by_node.get(zone.node_id, 0) + zone.managed_pages
    places = {node_id: place for place, node_id in enumerate(by_node)}
    bare = tuple(
        _zone(zone, now.free[places[zone.node_id]] * zone.managed_pages // by_node[zone.node_id])
        for zone in host.zones
    )
    nodes = tuple(_stats(node_id, now, place) for node_id, place in places.items())
    unmarked = Zoneinfo(
        zones=bare, nodes=nodes, has_managed=True, has_node_stats=True, lists_empty_zones=True
    )
    records = {**plain.records, Zoneinfo: Timed(time_s=plain.time_s, record=unmarked)}
    rows = table(replace(plain, records=records))
    marked = tuple(
        zone
        if row.computed is None
        else replace(
            zone,
            min_pages=row.computed.min_pages,
            low_pages=row.computed.low_pages,
            high_pages=row.computed.high_pages,
            boost_pages=0 if has_boost else None,
        )
        for zone, row in zip(bare, rows, strict=True)
    )
    return replace(unmarked, zones=marked)


def _zone(zone: StagedZone, free_pages: int) -> Zone:
    return Zone(
        node_id=zone.node_id, name=zone.name, free_pages=free_pages, min_pages=0, low_pages=0,
        high_pages=0, promo_pages=None, boost_pages=None, spanned_pages=zone.managed_pages,
        present_pages=zone.managed_pages, managed_pages=zone.managed_pages, cma_pages=zone.cma_pages,
        protection_pages=(0,), nr_free_cma_pages=0, nr_mlock_pages=0, reserved_highatomic_pages=None,
        free_highatomic_pages=None, pagesets=(), stat_threshold_pages=None, unreclaimable=False,
    )  # fmt: skip


def _stats(node_id: int, now: _Now, place: int) -> NodeStats:
    file, anon = now.file[place], now.anon[place]
    return NodeStats(
        node_id=node_id, nr_active_anon_pages=anon // 2, nr_inactive_anon_pages=anon - anon // 2,
        nr_active_file_pages=file // 2, nr_inactive_file_pages=file - file // 2,
        nr_unevictable_pages=0, nr_slab_reclaimable_pages=0, nr_slab_unreclaimable_pages=0,
        nr_dirty_pages=0, nr_writeback_pages=0,
    )  # fmt: skip


def _meminfo(host: StagedHost, now: _Now) -> Meminfo:
    def kib(pages: int) -> int:
        return kib_from_pages(pages, host.page_size_bytes)

    file, anon, free = sum(now.file), sum(now.anon), sum(now.free)
    return Meminfo(
        mem_total_kib=kib(sum(zone.managed_pages for zone in host.zones)),
        mem_free_kib=kib(free),
        mem_available_kib=kib(free + file // 2),
        active_file_kib=kib(file // 2),
        inactive_file_kib=kib(file - file // 2),
        active_anon_kib=kib(anon // 2),
        inactive_anon_kib=kib(anon - anon // 2),
        swap_total_kib=kib(host.swap_pages),
        swap_free_kib=kib(max(0, host.swap_pages - now.swapped)),
        hugetlb_kib=kib(host.huge_pool_pages),
    )


def _devices(host: StagedHost, now: _Now) -> tuple[SwapDevice, ...]:
    if not host.swap_pages:
        return ()
    size = kib_from_pages(host.swap_pages, host.page_size_bytes)
    used = min(size, kib_from_pages(now.swapped, host.page_size_bytes))
    return (
        SwapDevice(
            path=host.swap_path, kind="partition", size_kib=size, used_kib=used, priority_count=-2
        ),
    )


def _vmstat_text(host: StagedHost, now: _Now, outcome: Outcome | None, place: int) -> str:
    """Counters since the beginning, as ``model.simulate.flow`` reads them back."""
    wanted = host.intervals[:place]
    read = sum(one.cold_read_pages + one.written_pages for one in wanted)
    taken = sum(one.anon_alloc_pages + max(0.0, one.kernel_pages) for one in wanted)
    if outcome is None:
        refault = anon_refault = swap_in = swap_out = kswapd = stalls = scan = 0.0
        kills = 0
    else:
        refault, anon_refault = outcome.refault_file_pages, outcome.refault_anon_pages
        swap_in, swap_out = outcome.swap_in_pages, outcome.swap_out_pages
        kswapd, stalls, scan = (
            outcome.kswapd_pages,
            outcome.stalls_count,
            outcome.node_scan_pages,
        )
        kills = outcome.kills_count
    direct = stalls * Physics().stall_batch_pages
    page_in_kib = kib_from_pages(round(read + refault + swap_in), host.page_size_bytes)
    lines = {
        "nr_free_pages": sum(now.free),
        "nr_dirty": 0,
        "allocstall_normal": stalls,
        "allocstall_movable": 0,
        "pgscan_kswapd": kswapd,
        "pgsteal_kswapd": kswapd,
        "pgscan_direct": direct + scan,
        "pgsteal_direct": direct + scan,
        "pgsteal_anon": swap_out,
        "pgsteal_file": max(0.0, kswapd + direct + scan - swap_out),
        "workingset_refault_anon": anon_refault,
        "workingset_refault_file": refault,
        "workingset_activate_anon": 0,
        "workingset_activate_file": refault,
        "pswpin": swap_in,
        "pswpout": swap_out,
        "pgpgin": page_in_kib,
        "pgalloc_normal": taken + read + refault + swap_in,
        "pgfree": taken,
        "oom_kill": kills,
    }
    return "".join(f"{name} {round(value)}\n" for name, value in lines.items())


def _pressure(done: tuple[Outcome, Machine] | None) -> MemoryPressure:
    stall_us = 0 if done is None else round(full_stall_s(*done) * _US_PER_S)
    line = PressureLine(avg10_pct=0.0, avg60_pct=0.0, avg300_pct=0.0, stall_us_total=stall_us)
    return MemoryPressure(some=line, full=line)
