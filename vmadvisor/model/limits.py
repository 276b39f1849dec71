"""Cgroups at a limit of their own: pressure that is theirs, not the host's.

Reclaim at a cgroup's limit shows in host PSI and hardly anywhere else (``mm/memcontrol.c:try_charge_memcg``):
``allocstall`` never counts it, ``pgscan_direct`` only since 7.x. A host whose PSI is high while allocstall
stands still and memory is there has a capped group, not a memory shortage.

``memory.events`` counts a group's own events and those of all groups below it; ``memory.events.local``
(5.2+) its own only. Without the latter the innermost group whose counters rose is taken for the one
that met its limit.
"""

from collections.abc import Callable

from vmadvisor.model.rates import pressure_rise_ratio, rise
from vmadvisor.records import dataclass
from vmadvisor.snapshot import CgroupScan, Snapshot
from vmadvisor.sources.cgroup import CgroupMemory

AT_LIMIT_MIN_RATIO = 0.95
"""A group reclaims at its limit only when a charge would pass it; 5 % covers charge batching (64 pages
per CPU) on groups of a few MiB and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedCgroup:
    """One cgroup with a limit; counts are rises over ``interval_s``, ``None`` where unknown.

    ``limit_hit_count`` (charges that met memory.max or memory.high; v1: failcnt) and ``oom_count``
    are this group's own; ``oom_kill_count`` is that of its subtree (v1: of the group alone).
    """

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
    """The lower of memory.max and memory.high in bytes, and its file; ``None`` without either.

    A limit of 0 (a group that may hold nothing) has no share that is used: it is left out.
    """
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


def _sum(*values: int | None) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


Rise = Callable[[CgroupMemory, CgroupMemory], int | None]


def _own_hits(old: CgroupMemory, new: CgroupMemory) -> int | None:
    return _sum(
        rise(old.events_local_max_total, new.events_local_max_total),
        rise(old.events_local_high_total, new.events_local_high_total),
    )


def _hits_of_subtree(old: CgroupMemory, new: CgroupMemory) -> int | None:
    return _sum(
        rise(old.events_max_total, new.events_max_total),
        rise(old.events_high_total, new.events_high_total),
    )


def _own_ooms(old: CgroupMemory, new: CgroupMemory) -> int | None:
    return rise(old.events_local_oom_total, new.events_local_oom_total)


def _ooms_of_subtree(old: CgroupMemory, new: CgroupMemory) -> int | None:
    return rise(old.events_oom_total, new.events_oom_total)


def _is_below(path: str, above: str) -> bool:
    """Whether the group ``path`` lies in the subtree of ``above``.

    >>> _is_below("/a/b", "/a"), _is_below("/ab", "/a"), _is_below("/a", "/")
    (True, False, True)
    """
    return path != above and path.startswith(above.rstrip("/") + "/")


class _Pairs:
    """Both readings of every group, to tell a group's own events from those below it."""

    def __init__(self, earlier: CgroupScan | None, scan: CgroupScan) -> None:
        seconds_s = scan.time_s - earlier.time_s if earlier is not None else 0.0
        self.interval_s = seconds_s if seconds_s > 0 else None
        self.new = scan.groups
        self.old = earlier.groups if earlier is not None and self.interval_s else {}

    def _own(self, path: str, own: Rise, of_subtree: Rise) -> int | None:
        """This group's own events, or its subtree's unless a limited group below it had some."""
        old, new = self.old.get(path), self.new[path]
        if old is None:
            return None
        count = own(old, new)
        if count is not None:
            return count
        count = of_subtree(old, new)
        if not count or new.version == 1:  # v1 counts are each group's own
            return count
        is_from_below = any(
            of_subtree(self.old[other], group)
            for other, group in self.new.items()
            if _is_below(other, path) and other in self.old and limit_of(group) is not None
        )
        return 0 if is_from_below else count

    def limited(self, path: str) -> LimitedCgroup | None:
        """The fact about one group; ``None`` without a limit or a size."""
        old, group = self.old.get(path), self.new[path]
        limit = limit_of(group)
        if limit is None or group.current_bytes is None:
            return None
        size_bytes, name = limit
        ratio = group.current_bytes / size_bytes
        full = group.pressure.full if group.pressure is not None else None
        kills = rise(old.events_oom_kill_total, group.events_oom_kill_total) if old else None
        return LimitedCgroup(
            path=path,
            interval_s=self.interval_s,
            current_bytes=group.current_bytes,
            limit_bytes=size_bytes,
            limit_file=name,
            usage_ratio=ratio,
            is_at_limit=ratio >= AT_LIMIT_MIN_RATIO,
            limit_hit_count=self._own(path, _own_hits, _hits_of_subtree),
            oom_count=self._own(path, _own_ooms, _ooms_of_subtree),
            oom_kill_count=kills,
            memory_full_ratio=pressure_rise_ratio(
                old.pressure if old else None, group.pressure, self.interval_s, "full"
            ),
            full_avg10_ratio=None if full is None else full.avg10_pct / 100,
        )


def cgroup_limits(before: Snapshot | None, after: Snapshot) -> CgroupLimits | None:
    """``None`` without a cgroup scan."""
    if after.cgroups is None:
        return None
    pairs = _Pairs(before.cgroups if before is not None else None, after.cgroups)
    found = [limited for path in pairs.new if (limited := pairs.limited(path)) is not None]
    found.sort(key=lambda group: (-group.usage_ratio, group.path))
    return CgroupLimits(groups=tuple(found), is_complete=after.cgroups.is_complete)
