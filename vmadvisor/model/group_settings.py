"""What control groups were told beside their limit: what reclaim may not take of them, where they sleep.

``memory.min`` is never reclaimed, not even before the OOM killer; ``memory.low`` last. Only what a group
uses is protected, and only within what the groups above it have (``mm/page_counter.c``).
"""

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.cgroup import CgroupMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSetting:
    """One v2 group that has memory.min, memory.low or memory.high, or dies as one (memory.oom.group, 4.19+)."""

    path: str
    current_bytes: int
    min_bytes: int
    low_bytes: int
    high_bytes: int | None
    max_bytes: int | None
    anon_bytes: int | None
    swap_max_bytes: int | None
    full_avg10_ratio: float | None
    oom_group: bool = False

    @property
    def kept_bytes(self) -> int:
        """What of it reclaim may never take."""
        return min(self.current_bytes, self.min_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """Sorted by path; ``kept_bytes`` counts what lies below a protected group once."""

    groups: tuple[GroupSetting, ...]

    @property
    def kept_bytes(self) -> int:
        """At most this much is out of reach of the host's own reclaim."""
        total_bytes, above = 0, ""
        for group in self.groups:
            if above and group.path.startswith(above):
                continue
            if group.kept_bytes:
                total_bytes, above = total_bytes + group.kept_bytes, group.path.rstrip("/") + "/"
        return total_bytes


def _setting(path: str, group: CgroupMemory) -> GroupSetting | None:
    if group.version == 1 or group.current_bytes is None or path == "/":
        return None
    has_marks = group.min_bytes or group.low_bytes or group.high_bytes is not None
    if not (has_marks or group.oom_group):
        return None
    full = group.pressure.full if group.pressure is not None else None
    return GroupSetting(
        path=path,
        current_bytes=group.current_bytes,
        min_bytes=group.min_bytes or 0,
        low_bytes=group.low_bytes or 0,
        high_bytes=group.high_bytes,
        max_bytes=group.max_bytes,
        anon_bytes=group.anon_bytes,
        swap_max_bytes=group.swap_max_bytes,
        full_avg10_ratio=None if full is None else full.avg10_pct / 100,
        oom_group=bool(group.oom_group),
    )


def group_settings(snapshot: Snapshot) -> GroupSettings | None:
    """``None`` without a cgroup scan."""
    if snapshot.cgroups is None:
        return None
    found = [
        setting
        for path, group in sorted(snapshot.cgroups.groups.items())
        if (setting := _setting(path, group)) is not None
    ]
    return GroupSettings(groups=tuple(found))
