"""One moment of one host: records by type, each with its own time, and what could not be read."""

from collections.abc import Mapping
from typing import TypeVar

from vmadvisor.records import dataclass, field
from vmadvisor.sources.cgroup import CgroupMemory
from vmadvisor.sources.pid_stat import PidStat
from vmadvisor.sources.pid_statm import PidStatm
from vmadvisor.sources.pid_status import PidStatus

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that could not be read: where, why, and what therefore cannot be told."""

    path: str
    reason: str
    cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process in detail; a file that could not be read is ``None``."""

    pid_id: int
    stat: PidStat
    status: PidStatus | None
    statm: PidStatm | None
    oom_score: int | None
    oom_score_adj: int | None
    cgroup_path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessScan:
    """All processes of one moment.

    ``rss_pages`` holds every process that has user memory; ``details`` holds all of them too when
    ``is_complete``, else kswapd and those that can matter: the top of the OOM killer's order and the
    largest. ``unread_count`` counts processes that exist but could not be read. Of a recording that
    kept so many by the killer's order, and as many by size, ``leading_count`` are surely the first;
    ``rss_pages`` then holds those alone. ``None``: no such limit is known.
    """

    time_s: float
    age_s: float
    seen_count: int
    vanished_count: int
    unread_count: int
    is_complete: bool
    sees_kernel_threads: bool
    rss_pages: Mapping[int, int]
    details: Mapping[int, Process]
    leading_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopKills:
    """``memory.events`` of v2's groups below the root, read just before vmstat counted ``kills_total`` OOM kills.

    ``counts`` are (``oom``, ``oom_kill``) by path, of groups where either is not 0. ``mark`` changes with
    the set of these groups. They count for all below them, or there is no such record.
    """

    kills_total: int
    mark: str
    counts: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupScan:
    """Memory controllers by cgroup path (``/`` is the root group); shortlisted groups only.

    ``seen_count`` counts all groups seen, with or without a limit; ``is_complete`` is false when
    the deadline or the count limit cut the walk short.
    """

    time_s: float
    seen_count: int
    is_complete: bool
    groups: Mapping[str, CgroupMemory]
    top_kills: TopKills | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """What no kernel file of the tree says: read from the running system, or guessed and said so.

    ``reader_pid_id`` is the process that read the tree: this one of a live host, the recorder's of a recording.
    """

    hostname: str | None
    arch: str | None
    boot_id: str | None
    page_size_bytes: int | None
    clock_hz: int | None
    is_live: bool
    reader_pid_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A record and when it was read, in seconds of its root's clock."""

    time_s: float
    record: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """``time_s`` is the newest reading's; each record keeps its own, for rates.

    ``has_configuration``: among the records is one of the host's files of settings.
    """

    time_s: float
    host: HostFacts
    records: Mapping[type, Timed] = field(default_factory=dict)
    families: Mapping[type, Mapping[str, Timed]] = field(default_factory=dict)
    processes: ProcessScan | None = None
    cgroups: CgroupScan | None = None
    gaps: tuple[Gap, ...] = ()
    has_configuration: bool = False

    def get(self, kind: type[R]) -> R | None:
        """The record of this type, or ``None`` where it could not be read."""
        timed = self.records.get(kind)
        return timed.record if timed is not None and isinstance(timed.record, kind) else None

    def time_of_s(self, kind: type) -> float | None:
        """When the record of this type was read."""
        timed = self.records.get(kind)
        return None if timed is None else timed.time_s

    def each(self, kind: type[R]) -> dict[str, R]:
        """The records of a family (one per node, per zram device) by their key."""
        return {
            key: timed.record
            for key, timed in self.families.get(kind, {}).items()
            if isinstance(timed.record, kind)
        }
