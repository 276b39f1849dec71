"""What the forecast keeps of one moment: stocks, flows and pain of host, nodes and limited cgroups.

A snapshot is hundreds of kB of records; a minute at five a second must fit a starving host. Names are
those of the files: ``Vmstat`` counters as they stand since boot, gauges in pages. ``None`` where the
kernel or the root does not tell; no value is made up here.
"""

from collections.abc import Iterable

from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.headroom import clock_hz
from vmadvisor.model.limits import limit_of
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.cgroup import CgroupMemory
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pressure import IoPressure, MemoryPressure, Pressure
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo
from vmadvisor.units import pages_from_kib


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSample:
    """Sums over the zones of one node that serve user pages (``headroom`` says which do not).

    ``slack_pages`` = Σ max(0, free − low − protection), what can go before kswapd wakes;
    ``gap_pages`` = Σ (low − min), what is left from there to the first stall;
    ``above_min_pages`` = Σ max(0, free − min − protection).
    """

    node_id: int
    managed_pages: int
    free_pages: int
    slack_pages: int
    gap_pages: int
    above_min_pages: int
    min_pages: int
    high_pages: int
    boost_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSample:
    """One cgroup with a limit, in pages. ``time_s`` is when the group was read, often before the host.

    ``kept_pages`` is what reclaim at the limit cannot drop without swap: all but the page cache.
    ``swap_room_pages`` is what its swap limit leaves (not whether the host has it); ``None``: no limit.
    """

    path: str
    time_s: float
    limit_pages: int
    is_hard: bool
    current_pages: int
    kept_pages: int | None
    file_pages: int | None
    anon_pages: int | None
    swap_pages: int
    swap_room_pages: int | None
    oom_total: int | None
    oom_kill_total: int | None
    max_total: int | None
    full_us_total: int | None
    high_total: int | None = None
    refault_pages_total: int | None = None
    scan_pages_total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One moment. ``time_s`` is vmstat's; gauges that came from other files were read beside it."""

    time_s: float
    page_size_bytes: int
    nodes: tuple[NodeSample, ...]
    vmstat: Vmstat
    available_pages: int | None
    total_pages: int
    file_pages: int
    anon_pages: int
    shmem_pages: int
    slab_reclaimable_pages: int
    slab_unreclaimable_pages: int
    swap_total_pages: int | None
    swap_free_pages: int | None
    memory_some_us_total: int | None
    memory_full_us_total: int | None
    memory_full_avg10_pct: float | None
    io_full_us_total: int | None
    kswapd_s_total: float | None
    kswapd_time_s: float | None
    groups: tuple[GroupSample, ...]


def _node(node_id: int, zones: list[Zone]) -> NodeSample:
    protections = {id(zone): max(zone.protection_pages, default=0) for zone in zones}
    serving = [z for z in zones if protections[id(z)] + z.high_pages < z.managed_pages] or zones
    free_low_min = [(z.free_pages - protections[id(z)], z.low_pages, z.min_pages) for z in serving]
    return NodeSample(
        node_id=node_id,
        managed_pages=sum(zone.managed_pages for zone in zones),
        free_pages=sum(zone.free_pages for zone in zones),
        slack_pages=sum(max(0, free - low) for free, low, _ in free_low_min),
        gap_pages=sum(max(0, low - least) for _, low, least in free_low_min),
        above_min_pages=sum(max(0, free - least) for free, _, least in free_low_min),
        min_pages=sum(least for _, _, least in free_low_min),
        high_pages=sum(zone.high_pages for zone in serving),
        boost_pages=sum(zone.boost_pages or 0 for zone in serving),
    )


def node_samples(zones: Iterable[Zone]) -> tuple[NodeSample, ...]:
    """Every node that has memory."""
    by_node: dict[int, list[Zone]] = {}
    for zone in zones:
        if zone.managed_pages > 0:
            by_node.setdefault(zone.node_id, []).append(zone)
    return tuple(_node(node_id, found) for node_id, found in by_node.items())


def _stall_us(pressure: Pressure | None, line: str) -> int | None:
    found = None if pressure is None else (pressure.full if line == "full" else pressure.some)
    return None if found is None else found.stall_us_total


def _pages(size_bytes: int | None, page_bytes: int) -> int | None:
    return None if size_bytes is None else size_bytes // page_bytes


def _swap_room_pages(group: CgroupMemory, page_bytes: int) -> int | None:
    if group.swap_max_bytes is None:
        return None
    return max(0, group.swap_max_bytes - (group.swap_current_bytes or 0)) // page_bytes


def _group(path: str, time_s: float, group: CgroupMemory, page_bytes: int) -> GroupSample | None:
    limit = limit_of(group)
    if limit is None or group.current_bytes is None:
        return None
    limit_bytes, name = limit
    file_bytes = group.file_bytes
    cache_bytes = None if file_bytes is None else file_bytes - (group.shmem_bytes or 0)
    kept_bytes = None if cache_bytes is None else max(0, group.current_bytes - cache_bytes)
    return GroupSample(
        path=path,
        time_s=time_s,
        limit_pages=limit_bytes // page_bytes,
        is_hard=name != "memory.high",
        current_pages=group.current_bytes // page_bytes,
        kept_pages=_pages(kept_bytes, page_bytes),
        file_pages=_pages(cache_bytes, page_bytes),
        anon_pages=_pages(group.anon_bytes, page_bytes),
        swap_pages=(group.swap_current_bytes or 0) // page_bytes,
        swap_room_pages=_swap_room_pages(group, page_bytes),
        oom_total=group.events_oom_total,
        oom_kill_total=group.events_oom_kill_total,
        max_total=group.events_max_total,
        full_us_total=_stall_us(group.pressure, "full"),
        high_total=group.events_high_total,
        refault_pages_total=group.workingset_refault_pages_total,
        scan_pages_total=group.pgscan_pages_total,
    )


def _groups(snapshot: Snapshot, page_bytes: int) -> tuple[GroupSample, ...]:
    scan = snapshot.cgroups
    if scan is None:
        return ()
    found = (_group(path, scan.time_s, group, page_bytes) for path, group in scan.groups.items())
    return tuple(group for group in found if group is not None)


def _kswapd_s(snapshot: Snapshot) -> tuple[float | None, float | None]:
    """CPU seconds of all kswapd together, and when they were read."""
    scan, hz = snapshot.processes, clock_hz(None, snapshot) or 100
    if scan is None:
        return None, None
    ticks = [
        process.stat.utime_ticks_total + process.stat.stime_ticks_total
        for process in scan.details.values()
        if process.stat.is_kernel_thread and process.stat.comm.startswith("kswapd")
    ]
    return (sum(ticks) / hz, scan.time_s) if ticks else (None, None)


def sample_of(snapshot: Snapshot) -> Sample | None:
    """``None`` where vmstat, zoneinfo, meminfo or the page size is missing: nothing can be forecast."""
    vmstat, zoneinfo = snapshot.get(Vmstat), snapshot.get(Zoneinfo)
    info, page_bytes = snapshot.get(Meminfo), page_size_bytes(snapshot)
    time_s = snapshot.time_of_s(Vmstat)
    if vmstat is None or zoneinfo is None or info is None or not page_bytes or time_s is None:
        return None
    memory = snapshot.get(MemoryPressure)
    kswapd_s, kswapd_time_s = _kswapd_s(snapshot)

    def pages(kib: int | None) -> int:
        return 0 if kib is None else pages_from_kib(kib, page_bytes)

    def known(kib: int | None) -> int | None:
        return None if kib is None else pages_from_kib(kib, page_bytes)

    return Sample(
        time_s=time_s,
        page_size_bytes=page_bytes,
        nodes=node_samples(zoneinfo.zones),
        vmstat=vmstat,
        available_pages=known(info.mem_available_kib),
        total_pages=pages(info.mem_total_kib),
        file_pages=pages(info.active_file_kib) + pages(info.inactive_file_kib),
        anon_pages=pages(info.active_anon_kib) + pages(info.inactive_anon_kib),
        shmem_pages=pages(info.shmem_kib),
        slab_reclaimable_pages=pages(info.sreclaimable_kib),
        slab_unreclaimable_pages=pages(info.sunreclaim_kib),
        swap_total_pages=known(info.swap_total_kib),
        swap_free_pages=known(info.swap_free_kib),
        memory_some_us_total=_stall_us(memory, "some"),
        memory_full_us_total=_stall_us(memory, "full"),
        memory_full_avg10_pct=None
        if memory is None or memory.full is None
        else memory.full.avg10_pct,
        io_full_us_total=_stall_us(snapshot.get(IoPressure), "full"),
        kswapd_s_total=kswapd_s,
        kswapd_time_s=kswapd_time_s,
        groups=_groups(snapshot, page_bytes),
    )
