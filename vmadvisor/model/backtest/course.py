"""A recording's counters from beginning to end: asked afterwards what came, never shown to a forecast."""

from vmadvisor.model.backtest.kill_scopes import KillScopes
from vmadvisor.model.backtest.series import UNTOLD, Outcome, Series
from vmadvisor.model.events import DIRECT_RECLAIM, MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.forecast import HOST
from vmadvisor.model.rates import rise
from vmadvisor.model.sample import GroupSample, Sample


class Course:
    """Fed with every sample of one recording, in time order; a few numbers of each are kept."""

    __slots__ = ("_global", "_groups", "_host", "_kill_scopes", "_own_kills", "_read")

    def __init__(self) -> None:
        self._host = Series()
        self._kill_scopes = KillScopes()
        self._global: Series | None = None
        self._groups: dict[str, Series] = {}
        self._read: dict[str, GroupSample] = {}
        self._own_kills: dict[str, int] = {}

    def add(self, sample: Sample) -> None:
        """Takes the next sample in."""
        self._global = None
        self._kill_scopes.add(sample)
        self._host.add(
            sample.time_s,
            {
                DIRECT_RECLAIM: sample.vmstat.allocstall_total,
                MEMORY_STALL: sample.memory_full_us_total,
                OOM: sample.vmstat.oom_kill_total,
            },
        )
        for group in sample.groups:
            old = self._read.get(group.path)
            if old is None or group.time_s > old.time_s:
                self._add_group(old, group)

    def _add_group(self, old: GroupSample | None, group: GroupSample) -> None:
        """A group's own kills are those with which its ``oom`` rose, that is at its limit."""
        self._read[group.path] = group
        own_count = self._own_kills.get(group.path, 0)
        if old is not None and rise(old.oom_total, group.oom_total):
            own_count += rise(old.oom_kill_total, group.oom_kill_total) or 0
        self._own_kills[group.path] = own_count
        is_told = group.oom_total is not None and group.oom_kill_total is not None
        self._groups.setdefault(group.path, Series()).add(
            group.time_s,
            {MEMORY_STALL: group.full_us_total, OOM: own_count if is_told else None},
        )

    def outcome(self, event: str, scope: str, time_s: float, horizon_s: float) -> Outcome:
        """What came in the horizon after the instant; asked once every sample is in.

        An instant counts only if the recording lasts the whole horizon after it, whatever came.
        """
        if not self._host.reaches(time_s + horizon_s):
            return UNTOLD
        series = self._series(event, scope)
        return UNTOLD if series is None else series.outcome(event, time_s, horizon_s)

    def _series(self, event: str, scope: str) -> Series | None:
        if scope != HOST:
            return self._groups.get(scope)
        if event != OOM_GLOBAL:
            return self._host
        if self._global is None:
            self._global = Series()
            totals = self._kill_scopes.global_totals()
            for time_s, total in zip(self._host.times_s, totals, strict=True):
                self._global.add(time_s, {OOM_GLOBAL: total})
        return self._global
