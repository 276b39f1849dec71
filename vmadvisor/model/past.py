"""A host's past as it is kept and shown: points in time, what was said of the future, what came of it.

One vocabulary for all who fill it (checks, the timer's samples, recordings, other programs' archives) and
all who read it (reports, the live view, calibration). A name that a point lacks was not known then; it is
never 0.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.sample import Sample, sample_of
from vmadvisor.records import dataclass, field
from vmadvisor.snapshot import Snapshot, TopKills
from vmadvisor.sources.sysctl_vm import FIELDS, VmSysctl
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePoint:
    """Free memory of one node against its marks, summed over its zones; bytes."""

    node_id: int
    free_bytes: int
    min_bytes: int
    low_bytes: int
    high_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One moment of one boot.

    ``time_utc_s`` is seconds since 1970; of a recording whose start is not known, since its start.
    ``gauges`` are by ``GAUGES``, ``counters`` (since boot) by ``COUNTERS``, ``rates`` by ``RATES``: means over
    the time before this point, for archives that tell no counters. ``top_kills`` only where they stand beside
    these counters with no kill in between. ``origin``: check, sample, follow,
    recording, sar, pcp.
    """

    time_utc_s: float
    boot_id: str | None
    origin: str
    gauges: Mapping[str, float] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    nodes: tuple[NodePoint, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    top_kills: TopKills | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One forecast, and whether it came true: ``None`` where that is not known, or not known yet.

    ``shipped_ratio`` is what the shipped map alone said where this host's own was used, else ``None``.
    """

    time_utc_s: float
    event: str
    scope: str
    horizon_s: float
    probability_ratio: float
    low_ratio: float
    high_ratio: float
    came: bool | None
    shipped_ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A forecast that was made afterwards, of what was read then: ``said.came`` is the last word.

    ``is_unsure``: it may have come in time or too late.
    """

    said: Said
    is_unsure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVerdict:
    """A verdict as it was given: ``status`` by name, the findings that made it, the first one's title."""

    time_utc_s: float
    status: str
    finding_ids: tuple[str, ...]
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """A setting that differed between two points; ``time_utc_s`` is when that was first seen."""

    time_utc_s: float
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastKill:
    """OOM kills, and the last forecast made before them: ``None`` where none was made near enough.

    ``victim`` only from a kernel log; counters tell how many, and between which two points.
    """

    time_utc_s: float
    count: int
    victim: str | None
    scope: str
    foreseen: Said | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that is known of a stretch of time, each part oldest first."""

    hostname: str | None
    points: tuple[Point, ...] = ()
    said: tuple[Said, ...] = ()
    verdicts: tuple[PastVerdict, ...] = ()
    changes: tuple[SettingChange, ...] = ()
    kills: tuple[PastKill, ...] = ()


_PAGE_GAUGES: Mapping[str, Callable[[Sample], int | None]] = {
    "total_bytes": lambda s: s.total_pages or None,
    "available_bytes": lambda s: s.available_pages,
    "free_bytes": lambda s: sum(node.free_pages for node in s.nodes),
    "min_bytes": lambda s: sum(node.min_pages for node in s.nodes),
    "low_bytes": lambda s: sum(node.min_pages + node.gap_pages for node in s.nodes),
    "high_bytes": lambda s: sum(node.high_pages for node in s.nodes),
    "file_bytes": lambda s: s.file_pages,
    "anon_bytes": lambda s: s.anon_pages,
    "shmem_bytes": lambda s: s.shmem_pages,
    "slab_reclaimable_bytes": lambda s: s.slab_reclaimable_pages,
    "slab_unreclaimable_bytes": lambda s: s.slab_unreclaimable_pages,
    "swap_total_bytes": lambda s: s.swap_total_pages,
    "swap_free_bytes": lambda s: s.swap_free_pages,
}
GAUGES = tuple(_PAGE_GAUGES)
"""What stands at a moment. ``low`` and ``high`` as the model sums them: zones that serve user pages."""

_VMSTAT_COUNTERS: Mapping[str, Callable[[Vmstat], int | None]] = {
    "allocstall_total": lambda v: v.allocstall_total,
    "scan_kswapd_pages_total": lambda v: v.pgscan_kswapd_pages_total,
    "scan_direct_pages_total": lambda v: v.pgscan_direct_pages_total,
    "steal_kswapd_pages_total": lambda v: v.pgsteal_kswapd_pages_total,
    "steal_direct_pages_total": lambda v: v.pgsteal_direct_pages_total,
    "refault_anon_pages_total": lambda v: v.workingset_refault_anon_pages_total,
    "refault_file_pages_total": lambda v: v.workingset_refault_file_pages_total,
    "swapin_pages_total": lambda v: v.pswpin_pages_total,
    "swapout_pages_total": lambda v: v.pswpout_pages_total,
    "majfault_total": lambda v: v.pgmajfault_total,
    "compact_stall_total": lambda v: v.compact_stall_total,
    "oom_kill_total": lambda v: v.oom_kill_total,
}
_STALL_COUNTERS: Mapping[str, Callable[[Sample], int | None]] = {
    "memory_some_us_total": lambda s: s.memory_some_us_total,
    "memory_full_us_total": lambda s: s.memory_full_us_total,
    "io_full_us_total": lambda s: s.io_full_us_total,
}
COUNTERS = (*_VMSTAT_COUNTERS, *_STALL_COUNTERS)
"""Since boot; the rate of ``NAME_total`` is ``NAME_per_s``, that of ``NAME_us_total`` is ``NAME_ratio``."""


def counters_of(vmstat: Vmstat) -> dict[str, int]:
    """Those of ``COUNTERS`` that vmstat tells."""
    found = {name: of(vmstat) for name, of in _VMSTAT_COUNTERS.items()}
    return {name: count for name, count in found.items() if count is not None}


def rate_name(counter: str) -> str:
    """The name of a counter's rate.

    >>> rate_name("allocstall_total"), rate_name("memory_full_us_total")
    ('allocstall_per_s', 'memory_full_ratio')
    """
    if counter.endswith("_us_total"):
        return counter.removesuffix("_us_total") + "_ratio"
    return counter.removesuffix("_total") + "_per_s"


RATES = tuple(map(rate_name, COUNTERS))


def _settings(vm: VmSysctl | None) -> dict[str, str]:
    """Every vm.* that is one number, as it stands in its file."""
    if vm is None:
        return {}
    known = {name: getattr(vm, field_name) for name, field_name in FIELDS.items()}
    return {f"vm.{name}": str(value) for name, value in known.items() if value is not None}


def node_points(zoneinfo: Zoneinfo, page_bytes: int) -> tuple[NodePoint, ...]:
    """Every node, summed over its zones."""
    zones = zoneinfo.zones
    found = []
    for node_id in dict.fromkeys(zone.node_id for zone in zones):
        own = [zone for zone in zones if zone.node_id == node_id]
        found.append(
            NodePoint(
                node_id=node_id,
                free_bytes=sum(zone.free_pages for zone in own) * page_bytes,
                min_bytes=sum(zone.min_pages for zone in own) * page_bytes,
                low_bytes=sum(zone.low_pages for zone in own) * page_bytes,
                high_bytes=sum(zone.high_pages for zone in own) * page_bytes,
            )
        )
    return tuple(found)


def _top_kills(snapshot: Snapshot, sample: Sample) -> TopKills | None:
    """Of a live host, where vmstat was read once more after the groups; a recording's may be of another moment."""
    scan = snapshot.cgroups
    found = None if scan is None or not snapshot.host.is_live else scan.top_kills
    is_same = found is not None and found.kills_total == sample.vmstat.oom_kill_total
    return found if is_same else None


def point_of(snapshot: Snapshot, *, time_utc_s: float, origin: str) -> Point | None:
    """What is kept of a snapshot; ``None`` where it holds too little for the model (``sample_of``)."""
    sample, page_bytes = sample_of(snapshot), page_size_bytes(snapshot)
    if sample is None or not page_bytes:
        return None
    zoneinfo = snapshot.get(Zoneinfo)
    gauges = {name: of(sample) for name, of in _PAGE_GAUGES.items()}
    stalls_us = {name: of(sample) for name, of in _STALL_COUNTERS.items()}
    return Point(
        time_utc_s=time_utc_s,
        boot_id=snapshot.host.boot_id,
        origin=origin,
        gauges={name: pages * page_bytes for name, pages in gauges.items() if pages is not None},
        counters=counters_of(sample.vmstat)
        | {n: us for n, us in stalls_us.items() if us is not None},
        nodes=node_points(zoneinfo, page_bytes) if zoneinfo is not None else (),
        settings=_settings(snapshot.get(VmSysctl)),
        top_kills=_top_kills(snapshot, sample),
    )


def rates_between(before: Point, after: Point) -> dict[str, float]:
    """Rates and shares of time by ``RATES``; none across a reboot, or for a counter that went back."""
    if after.rates:
        return dict(after.rates)
    seconds_s = after.time_utc_s - before.time_utc_s
    if seconds_s <= 0 or before.boot_id != after.boot_id:
        return {}
    found = {}
    for counter, end in after.counters.items():
        risen = rise(before.counters.get(counter), end)
        if risen is None:
            continue
        is_time = counter.endswith("_us_total")
        rate = risen / (US_PER_S if is_time else 1) / seconds_s
        found[rate_name(counter)] = min(rate, 1.0) if is_time else rate
    return found


def gauge_series(points: Iterable[Point], name: str) -> list[tuple[float, float]]:
    """(time, value) of one gauge, where it was known."""
    return [(p.time_utc_s, p.gauges[name]) for p in points if name in p.gauges]


def rate_series(points: Iterable[Point], name: str) -> list[tuple[float, float]]:
    """(time, rate over the time before it) of one of ``RATES``, where it can be told."""
    return [(time_s, rates[name]) for time_s, rates in _rates(points) if name in rates]


def _rates(points: Iterable[Point]) -> Iterator[tuple[float, dict[str, float]]]:
    for before, after in pairwise(points):
        yield after.time_utc_s, rates_between(before, after)


def setting_changes(points: Iterable[Point]) -> list[SettingChange]:
    """Every setting that differs from the last point that knew it."""
    last: dict[str, str] = {}
    found = []
    for point in points:
        for key, value in point.settings.items():
            if key in last and last[key] != value:
                found.append(
                    SettingChange(
                        time_utc_s=point.time_utc_s, key=key, before=last[key], after=value
                    )
                )
            last[key] = value
    return found
