"""Cgroups at a limit of their own: pressure that is theirs, not the host's.

Reclaim at a cgroup's limit shows in no host counter but PSI (``mm/memcontrol.c:try_charge``): it is in
none of allocstall, pgscan_direct, pgscan_kswapd. A host whose PSI is high while those stand still has
a capped group, not a memory shortage.
"""

from vmadvisor.model.rates import pressure_rise_ratio, rise
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.cgroup import CgroupMemory

AT_LIMIT_MIN_RATIO = 0.95
"""A group reclaims at its limit only when a charge would pass it; 5 % covers charge batching (64 pages
per CPU) on groups of a few MiB and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedCgroup:
    """One cgroup with a limit; counts are rises over ``interval_s``, ``None`` where unknown."""

    path: str
    interval_s: float | None
    current_bytes: int
    limit_bytes: int
    limit_file: str
    usage_ratio: float
    is_at_limit: bool
    limit_hit_count: int | None
    oom_count: int | None
    oom_kill_count: int | None
    memory_full_ratio: float | None
    full_avg10_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupLimits:
    """Groups with a limit, fullest first; ``is_complete`` false when not every group was looked at."""

    groups: tuple[LimitedCgroup, ...]
    is_complete: bool

    @property
    def at_limit(self) -> tuple[LimitedCgroup, ...]:
        """Those that are at their limit now, or hit it in the interval."""
        return tuple(group for group in self.groups if group.is_at_limit or group.limit_hit_count)


def limit_of(group: CgroupMemory) -> tuple[int, str] | None:
    """The lower of memory.max and memory.high in bytes, and its file; ``None`` without either."""
    names = (
        ("memory.limit_in_bytes", "memory.high")
        if group.version == 1
        else ("memory.max", "memory.high")
    )
    found = [
        (size, name)
        for size, name in zip((group.max_bytes, group.high_bytes), names, strict=True)
        if size
    ]
    return min(found, default=None)


def _limited(
    path: str, old: CgroupMemory | None, group: CgroupMemory, seconds_s: float | None
) -> LimitedCgroup | None:
    limit = limit_of(group)
    if limit is None or group.current_bytes is None:
        return None
    size_bytes, name = limit
    ratio = group.current_bytes / size_bytes
    full = group.pressure.full if group.pressure is not None else None
    hits = [
        rise(old.events_max_total, group.events_max_total) if old else None,
        rise(old.events_high_total, group.events_high_total) if old else None,
    ]
    known = [hit for hit in hits if hit is not None]
    return LimitedCgroup(
        path=path,
        interval_s=seconds_s,
        current_bytes=group.current_bytes,
        limit_bytes=size_bytes,
        limit_file=name,
        usage_ratio=ratio,
        is_at_limit=ratio >= AT_LIMIT_MIN_RATIO,
        limit_hit_count=sum(known) if known else None,
        oom_count=rise(old.events_oom_total, group.events_oom_total) if old else None,
        oom_kill_count=rise(old.events_oom_kill_total, group.events_oom_kill_total)
        if old
        else None,
        memory_full_ratio=pressure_rise_ratio(
            old.pressure if old else None, group.pressure, seconds_s, "full"
        ),
        full_avg10_ratio=None if full is None else full.avg10_pct / 100,
    )


def cgroup_limits(before: Snapshot | None, after: Snapshot) -> CgroupLimits | None:
    """``None`` without a cgroup scan."""
    scan = after.cgroups
    if scan is None:
        return None
    earlier = before.cgroups if before is not None else None
    seconds_s = scan.time_s - earlier.time_s if earlier is not None else None
    pairs = [
        _limited(
            path,
            earlier.groups.get(path) if earlier is not None and seconds_s else None,
            group,
            seconds_s or None,
        )
        for path, group in scan.groups.items()
    ]
    groups = [group for group in pairs if group is not None]
    groups.sort(key=lambda group: (-group.usage_ratio, group.path))
    return CgroupLimits(groups=tuple(groups), is_complete=scan.is_complete)
