"""Hosts drawn at random, 1 GiB to 12 TiB, 1 to 16 nodes; half of them built sick, each in one way.

Sizes, zones, CMA, huge page pools, HighMem, 64 KiB pages, kernels and settings are drawn first, then what the
host holds and does. A healthy host is stock: the kernel's own min_free_kbytes, defaults elsewhere, and a load
that fits. What makes a host sick is scaled to its own marks and memory, not to any rule's threshold; how strong
it is, the caller may raise (``strength``) until the host's own run shows it.
"""

from dataclasses import replace
from random import Random

from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.kernel.min_free import automatic_kib, khugepaged_kib
from vmadvisor.model.simulate.demand import Interval
from vmadvisor.model.simulate.machine import machine_of
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.staged import Staged, StagedHost, StagedZone, bare_snapshot, stage
from vmadvisor.sources import version
from vmadvisor.sources.sysctl_vm import VmSysctl

GIB = 1 << 30
SICK_KINDS = ("bursts", "reserve", "swappiness", "node_reclaim", "no_swap")
RELEASES = ("4.4.302", "4.18.0", "5.4.9", "5.10.0", "5.15.30", "6.1.0", "6.12.1", "6.18.4", "7.2.1")
STEP_S = 0.25
STEPS_COUNT = 24
LONG_STEP_S = 1.0
SETTLED_MAX_S = 150.0
WANTED_MAX_RATIO = 0.8
"""Where idle memory must be found idle first: a pass over the list takes seconds."""

IDLE = Interval(
    seconds_s=STEP_S, anon_alloc_pages=0.0, anon_free_pages=0.0, kernel_pages=0.0, cold_read_pages=0.0,
    written_pages=0.0, dropped_pages=0.0, reread_pages_per_s=0.0, working_set_pages=0.0,
    idle_anon_pages=0.0, intended_ratio=(1.0,),
)  # fmt: skip
_USER_LESS = {"HighMem", "Movable"}


def drawn(seed: int, strength: float = 1.0) -> tuple[str, StagedHost, Physics]:
    """("healthy" or what is wrong, the host, its tempers)."""
    chance = Random(seed)
    kind = "healthy" if chance.random() < 0.5 else chance.choice(SICK_KINDS)
    page = 65_536 if chance.random() < 0.12 else 4096
    size = int(GIB * 2 ** chance.uniform(0, 13.58))
    most_nodes = max(1, min(16, size // (2 * GIB)))
    nodes = min(most_nodes, chance.choice((1, 1, 1, 2, 2, 4, 8, 16)))
    if kind in {"swappiness", "no_swap"}:
        size = int(
            GIB * 2 ** chance.uniform(0, 2)
        )  # of more, a disk does not read enough in seconds
    if kind == "node_reclaim":
        nodes, size = max(2, nodes), max(size, 8 * GIB)
    zones = _zones(chance, size // page, nodes, page)
    release = chance.choice(RELEASES[1:] if kind == "bursts" and page == 65_536 else RELEASES)
    thp = chance.choice(("always", "madvise", "never"))
    managed = sum(zone.managed_pages for zone in zones)
    pool = int(managed * chance.uniform(0.1, 0.87)) if chance.random() < 0.12 else 0
    sysctl = VmSysctl(
        swappiness_count=60,
        min_free_kib=_stock_kib(zones, page, release, thp),
        watermark_scale_factor_permyriad=None if release.startswith("4.4") else 10,
        zone_reclaim_mode=0,
        overcommit_memory_mode=0,
    )
    has_swap = chance.random() < 0.6
    host = StagedHost(
        release=release,
        page_size_bytes=page,
        zones=zones,
        sysctl=sysctl,
        thp=thp,
        huge_pool_pages=pool,
        swap_pages=managed // chance.choice((2, 4, 8)) if has_swap else 0,
        swap_path=chance.choice(("/dev/sda2", "/dev/zram0")),
        free_pages=(0,) * nodes,
        file_pages=(0,) * nodes,
        anon_pages=(0,) * nodes,
        swapped_pages=0,
        intervals=(IDLE,),
    )
    host, burst = _BUILDERS[kind](chance, host, managed - pool, nodes, strength)
    usual = Physics()
    tempers = Physics(
        burst_pages_per_s=max(usual.burst_pages_per_s, burst),
        kswapd_pages_per_s=max(usual.kswapd_pages_per_s, burst / 2 / nodes),  # one on each node
    )
    return kind, host, tempers


def _zones(chance: Random, pages: int, nodes: int, page: int) -> tuple[StagedZone, ...]:
    found = []
    has_highmem = page == 4096 and nodes == 1 and pages < 4_194_304 and chance.random() < 0.15
    for node_id in range(nodes):
        left = pages // nodes
        if node_id == 0 and page == 4096:
            found.append(StagedZone(node_id=0, name="DMA", managed_pages=3_840))
            left -= 3_840
            if not has_highmem:
                dma32 = min(left // 2, 760_000)
                found.append(StagedZone(node_id=0, name="DMA32", managed_pages=dma32))
                left -= dma32
        if has_highmem:
            normal = min(left // 2, 220_000)
            found.append(StagedZone(node_id=0, name="Normal", managed_pages=normal))
            found.append(StagedZone(node_id=0, name="HighMem", managed_pages=left - normal))
            continue
        movable = left // 4 if chance.random() < 0.08 else 0
        cma = (left - movable) // chance.choice((8, 16, 64)) if chance.random() < 0.15 else 0
        found.append(
            StagedZone(node_id=node_id, name="Normal", managed_pages=left - movable, cma_pages=cma)
        )
        if movable:
            found.append(StagedZone(node_id=node_id, name="Movable", managed_pages=movable))
    return tuple(found)


def _stock_kib(zones: tuple[StagedZone, ...], page: int, release: str, thp: str) -> int:
    rules = behaviour_at(version.parse(f"Linux version {release} (drawn)"))
    buffers = sum(zone.managed_pages for zone in zones if zone.name not in _USER_LESS)
    own = automatic_kib(buffers, page, rules.min_free_cap_kib)
    if thp == "never":
        return own
    block = 8_192 if page == 65_536 else 512
    count = sum(1 for zone in zones if rules.khugepaged_counts_movable or zone.name != "Movable")
    return max(own, khugepaged_kib(buffers, count, block, page))


def _filled(host: StagedHost, usable: int, *, file: float, anon: float, above: float) -> StagedHost:
    """Stocks by node: shares of what is usable, and free pages at ``above`` the high marks (1: at them).

    What the rest is, the kernel holds.
    """
    machine = machine_of(bare_snapshot(host))
    assert machine is not None
    nodes = machine.nodes
    whole = sum(node.managed_pages for node in nodes)
    free = [round(node.high_pages * above) + 200 for node in nodes]
    return replace(
        host,
        free_pages=tuple(free),
        file_pages=tuple(int(usable * file * node.managed_pages / whole) for node in nodes),
        anon_pages=tuple(int(usable * anon * node.managed_pages / whole) for node in nodes),
    )


def _even(nodes: int) -> tuple[float, ...]:
    return tuple(1 / nodes for _ in range(nodes))


def _healthy(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> tuple[StagedHost, float]:
    """Memory left over, or a full page cache that is read once, slowly."""
    del strength
    shares = _even(nodes)
    if chance.random() < 0.5:
        filled = _filled(host, usable, file=0.3, anon=0.3, above=1.0)
        spare = int(usable * chance.uniform(0.1, 0.3))
        free = tuple(pages + spare // nodes for pages in filled.free_pages)
        calm = replace(IDLE, anon_alloc_pages=100.0, anon_free_pages=100.0, intended_ratio=shares)
        return replace(filled, free_pages=free, intervals=(calm,) * STEPS_COUNT), 0.0
    filled = _filled(host, usable, file=0.6, anon=0.3, above=1.05)
    gap = _gap(filled)
    reading = replace(IDLE, cold_read_pages=min(gap / 20, 1_000.0), intended_ratio=shares)
    return replace(filled, intervals=(reading,) * STEPS_COUNT, is_reuse_seen=False), 0.0


def _gap(host: StagedHost) -> float:
    machine = machine_of(bare_snapshot(host))
    assert machine is not None
    return float(sum(node.low_pages - node.min_pages for node in machine.nodes))


def _bursts(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> tuple[StagedHost, float]:
    """Every other quarter second memory is taken at once, several times the gap, and given back."""
    filled = _filled(host, usable, file=0.55, anon=0.35, above=1.02)
    burst = min(_gap(filled) * chance.uniform(2, 6) * strength, usable * 0.05)
    shares = _even(nodes)
    take = replace(IDLE, anon_alloc_pages=burst, cold_read_pages=burst / 10, intended_ratio=shares)
    give = replace(IDLE, anon_free_pages=burst, cold_read_pages=burst / 2, intended_ratio=shares)
    turns = (take, give) * (STEPS_COUNT // 2)
    return replace(filled, intervals=turns, is_reuse_seen=False), burst / 0.05


def _reserve(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> tuple[StagedHost, float]:
    """min_free_kbytes of a sixth to a third of memory, and files in use that would fit without it."""
    del usable
    managed = sum(zone.managed_pages for zone in host.zones if zone.name not in _USER_LESS)
    part = chance.uniform(0.15, 0.3)
    kib = int(managed * part) * host.page_size_bytes // 1024
    host = replace(host, huge_pool_pages=0, sysctl=replace(host.sysctl, min_free_kib=kib))
    whole = sum(zone.managed_pages for zone in host.zones)
    filled = _filled(host, whole, file=0.28, anon=0.2, above=1.02)
    cached, more = sum(filled.file_pages), _gap(filled) * 2.5 * strength
    again = replace(
        IDLE,
        reread_pages_per_s=min(cached / 2, 60_000.0),
        working_set_pages=cached + more,
        intended_ratio=_even(nodes),
    )
    loading = replace(again, cold_read_pages=more / 4, reread_pages_per_s=0.0)
    return replace(filled, intervals=(loading,) * 4 + (again,) * (STEPS_COUNT - 4)), 0.0


def _holding(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> StagedHost:
    """Files in use that would fit if idle memory of processes went to swap."""
    filled = _filled(host, usable, file=0.3, anon=0.4, above=1.0)
    spare = int(usable * 0.22)
    free = tuple(pages + spare // nodes for pages in filled.free_pages)
    cached, idle = sum(filled.file_pages), sum(filled.anon_pages) * 0.9
    wanted = usable * min(chance.uniform(0.6, 0.68) * strength, WANTED_MAX_RATIO)
    shares = _even(nodes)
    loading = replace(
        IDLE, cold_read_pages=(wanted - cached) / 4, idle_anon_pages=idle, intended_ratio=shares
    )
    again = replace(
        IDLE,
        reread_pages_per_s=min(max(wanted / 3, 2_000.0), 100_000.0),
        working_set_pages=wanted,
        idle_anon_pages=idle,
        intended_ratio=shares,
    )
    turns = (loading,) * 4 + (again,) * (STEPS_COUNT // 2 - 4)
    slow = tuple(replace(one, seconds_s=LONG_STEP_S) for one in turns)
    return replace(filled, free_pages=free, intervals=slow)


def _swappiness(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> tuple[StagedHost, float]:
    """Swap that nobody may use."""
    sysctl = replace(host.sysctl, swappiness_count=0)
    host = replace(host, sysctl=sysctl, swap_pages=usable // 2)
    return _holding(chance, host, usable, nodes, strength), 0.0


def _no_swap(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> tuple[StagedHost, float]:
    """No swap at all."""
    return _holding(chance, replace(host, swap_pages=0), usable, nodes, strength), 0.0


def _node_reclaim(
    chance: Random, host: StagedHost, usable: int, nodes: int, strength: float
) -> tuple[StagedHost, float]:
    """zone_reclaim_mode on; one node's readers want more than it has, the others have memory free."""
    host = replace(host, sysctl=replace(host.sysctl, zone_reclaim_mode=1))
    filled = _filled(host, usable, file=0.1, anon=0.2, above=1.0)
    each = usable // nodes
    free = tuple(
        pages + (each // 20 if place == 0 else each // 2)
        for place, pages in enumerate(filled.free_pages)
    )
    shares = (1.0, *(0.0 for _ in range(nodes - 1)))
    wanted = each * chance.uniform(0.35, 0.5) * strength
    loading = replace(IDLE, cold_read_pages=wanted / 4, intended_ratio=shares)
    again = replace(
        IDLE,
        reread_pages_per_s=min(max(wanted / 3, 2_000.0), 100_000.0),
        working_set_pages=sum(filled.file_pages) + wanted,
        intended_ratio=shares,
    )
    turns = (loading,) * 4 + (again,) * (STEPS_COUNT - 4)
    return replace(filled, free_pages=free, intervals=turns), 0.0


_BUILDERS = {
    "healthy": _healthy, "bursts": _bursts, "reserve": _reserve, "swappiness": _swappiness,
    "node_reclaim": _node_reclaim, "no_swap": _no_swap,
}  # fmt: skip


def staged(host: StagedHost, physics: Physics, *, seed: int = 1) -> Staged:
    """The host as it would be read."""
    return stage(host, seed=seed, physics=physics)


def settled(host: StagedHost, physics: Physics) -> Staged:
    """The same host read as long, once its load has gone on for as long as it takes to move what is idle."""
    intervals = host.intervals
    part = intervals[len(intervals) // 2 :]
    seconds_s = sum(one.seconds_s for one in part)
    moving_s = 4 * part[-1].idle_anon_pages * physics.anon_cost_ratio / physics.kswapd_pages_per_s
    repeats = 2 + round(min(moving_s, SETTLED_MAX_S) / seconds_s)
    found = staged(replace(host, intervals=intervals + part * repeats), physics)
    count = len(intervals) + 1
    return replace(found, snapshots=found.snapshots[-count:], moments=found.moments[-count:])
