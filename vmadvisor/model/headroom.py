"""Where each zone's free pages stand between its marks, per node, and what kswapd is doing there.

The marks are the kernel's own (printed, boost included): the allocator compares with these.
"""

from vmadvisor.model.rates import interval_s, rise
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Process, ProcessScan, Snapshot
from vmadvisor.sources.proc_stat import ProcStat
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo

KSWAPD_SATURATED_MIN_RATIO = 0.95
"""Above this CPU share kswapd itself is the limit; a wider gap only delays (kernel-doc of
``kswapd_low_wmark_hit_quickly``; linux-mm 2018-04-02, one kswapd at 94-99 % when stalls begin)."""

_USER_HZ_KNOWN = (100, 1024)
"""``USER_HZ``: 100 on every architecture but alpha and ia64 (``include/uapi/asm-generic/param.h``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePosition:
    """One populated zone. ``protection_pages`` is kept from user (movable) requests (lowmem reserve).

    ``position`` is where ``free_pages`` less the protection stands for such a request: "below min",
    "min to low", "low to high" or "above high"; ``is_protected`` when protection and the high mark
    together exceed the zone: then it never serves user pages and never stalls them.
    """

    node_id: int
    zone: str
    managed_pages: int
    free_pages: int
    min_pages: int
    low_pages: int
    high_pages: int
    boost_pages: int | None
    protection_pages: int
    position: str
    is_protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeHeadroom:
    """One node with memory: slack before kswapd wakes, gap from there to the first stall.

    ``slack_pages`` = Σ max(0, free − low − protection); ``gap_pages`` = Σ (low − min), both over the
    zones that serve user pages. ``kswapd_state`` is "asleep", "running", "saturated", "hopeless" or
    "unknown"; ``kswapd_cpu_ratio`` is its share of one CPU over the interval.
    """

    node_id: int
    slack_pages: int
    gap_pages: int
    free_pages: int
    managed_pages: int
    position: str
    kswapd_state: str
    kswapd_cpu_ratio: float | None
    is_hopeless: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """Every populated zone and every node with memory, in the kernel's order."""

    zones: tuple[ZonePosition, ...]
    nodes: tuple[NodeHeadroom, ...]


def position_of(free_pages: int, min_pages: int, low_pages: int, high_pages: int) -> str:
    """Words for where ``free_pages`` stands; a zone passes a mark only when it is above it.

    >>> position_of(5, 5, 7, 9), position_of(6, 5, 7, 9), position_of(10, 5, 7, 9)
    ('below min', 'min to low', 'above high')
    """
    if free_pages <= min_pages:
        return "below min"
    if free_pages <= low_pages:
        return "min to low"
    return "low to high" if free_pages <= high_pages else "above high"


def _zone_position(zone: Zone) -> ZonePosition:
    protection = max(zone.protection_pages, default=0)
    return ZonePosition(
        node_id=zone.node_id,
        zone=zone.name,
        managed_pages=zone.managed_pages,
        free_pages=zone.free_pages,
        min_pages=zone.min_pages,
        low_pages=zone.low_pages,
        high_pages=zone.high_pages,
        boost_pages=zone.boost_pages,
        protection_pages=protection,
        position=position_of(
            zone.free_pages - protection, zone.min_pages, zone.low_pages, zone.high_pages
        ),
        is_protected=protection + zone.high_pages >= zone.managed_pages,
    )


_ORDER = ("below min", "min to low", "low to high", "above high")


def clock_hz(before: Snapshot | None, after: Snapshot) -> int | None:
    """USER_HZ: the running system's, else told by how many ticks the CPUs counted in the interval."""
    if after.host.clock_hz is not None or before is None:
        return after.host.clock_hz
    start, end = before.get(ProcStat), after.get(ProcStat)
    seconds_s = interval_s(before, after, ProcStat)
    if start is None or end is None or seconds_s is None or not end.cpus_count:
        return None
    ticks = rise(start.ticks_total, end.ticks_total)
    if not ticks:
        return None
    per_s = ticks / end.cpus_count / seconds_s
    return min(_USER_HZ_KNOWN, key=lambda hz: abs(hz - per_s))


def _kswapd(scan: ProcessScan | None, node_id: int) -> Process | None:
    if scan is None:
        return None
    name = f"kswapd{node_id}"
    for process in scan.details.values():
        if process.stat.is_kernel_thread and process.stat.comm == name:
            return process
    return None


def _cpu_ratio(before: Snapshot | None, after: Snapshot, node_id: int) -> float | None:
    """kswapd's CPU share between two process scans."""
    hz = clock_hz(before, after)
    if before is None or before.processes is None or after.processes is None or hz is None:
        return None
    seconds_s = after.processes.time_s - before.processes.time_s
    start, end = _kswapd(before.processes, node_id), _kswapd(after.processes, node_id)
    if start is None or end is None or start.pid_id != end.pid_id or seconds_s <= 0:
        return None
    ticks = rise(
        start.stat.utime_ticks_total + start.stat.stime_ticks_total,
        end.stat.utime_ticks_total + end.stat.stime_ticks_total,
    )
    return None if ticks is None else min(ticks / hz / seconds_s, 1.0)


def _kswapd_state(process: Process | None, ratio: float | None, is_hopeless: bool | None) -> str:
    if is_hopeless:
        return "hopeless"
    if ratio is not None and ratio >= KSWAPD_SATURATED_MIN_RATIO:
        return "saturated"
    if process is None:
        return "unknown"
    return "running" if ratio or process.stat.state in {"R", "D"} else "asleep"


def _node(
    node_id: int,
    zones: list[ZonePosition],
    before: Snapshot | None,
    after: Snapshot,
    *,
    hopeless: bool | None,
) -> NodeHeadroom:
    serving = [zone for zone in zones if not zone.is_protected] or zones
    ratio = _cpu_ratio(before, after, node_id)
    return NodeHeadroom(
        node_id=node_id,
        slack_pages=sum(
            max(0, zone.free_pages - zone.low_pages - zone.protection_pages) for zone in serving
        ),
        gap_pages=sum(zone.low_pages - zone.min_pages for zone in serving),
        free_pages=sum(zone.free_pages for zone in zones),
        managed_pages=sum(zone.managed_pages for zone in zones),
        position=max((zone.position for zone in serving), key=_ORDER.index),
        kswapd_state=_kswapd_state(_kswapd(after.processes, node_id), ratio, hopeless),
        kswapd_cpu_ratio=ratio,
        is_hopeless=hopeless,
    )


def _is_hopeless(pairs: list[tuple[Zone, ZonePosition]]) -> bool | None:
    """Whether kswapd gave up. The node's flag stands in each zone; before 4.12 each has its own.

    Then those count that serve user pages: nothing ever scans a small protected zone to its end.
    """
    serving = [zone for zone, position in pairs if not position.is_protected]
    flags = [
        zone.unreclaimable
        for zone in serving or [zone for zone, _ in pairs]
        if zone.unreclaimable is not None
    ]
    return all(flags) if flags else None


def headroom(before: Snapshot | None, after: Snapshot) -> Headroom | None:
    """Positions of all populated zones; ``None`` without zoneinfo.

    A node's position is that of its best zone: a request falls through to any zone that passes.
    """
    zoneinfo = after.get(Zoneinfo)
    if zoneinfo is None:
        return None
    populated = [zone for zone in zoneinfo.zones if zone.managed_pages > 0]
    positions = [_zone_position(zone) for zone in populated]
    nodes = []
    for node_id in dict.fromkeys(zone.node_id for zone in populated):
        pairs = [
            (zone, position)
            for zone, position in zip(populated, positions, strict=True)
            if zone.node_id == node_id
        ]
        nodes.append(
            _node(
                node_id,
                [position for _, position in pairs],
                before,
                after,
                hopeless=_is_hopeless(pairs),
            )
        )
    return Headroom(zones=tuple(positions), nodes=tuple(nodes))
