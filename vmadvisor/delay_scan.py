"""One moment of what tasks have waited for; apart from ``snapshot``, which every ``check`` loads."""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources.pid_stat import PidStat
from vmadvisor.sources.pressure import Pressure
from vmadvisor.sources.taskstats import TaskStats


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedProcess:
    """What a process has waited for since it was started; its group is known of those who waited."""

    pid_id: int
    stat: PidStat
    stats: TaskStats
    cgroup_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayScan:
    """Delays of one moment: by process id (none where taskstats cannot be had), and PSI by cgroup path.

    ``boottime_s`` is the same moment on the clock that processes' starts are told by.
    """

    time_s: float
    boottime_s: float
    processes: Mapping[int, DelayedProcess]
    host: Pressure | None
    groups: Mapping[str, Pressure]
