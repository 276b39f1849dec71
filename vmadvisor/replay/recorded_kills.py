"""The OOM kills of a recording: when, how many, whose limit it was, and what had been said just before."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from vmadvisor.model.backtest.kill_scopes import KillScopes
from vmadvisor.model.events import OOM, OOM_GLOBAL
from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import PastKill, Said
from vmadvisor.model.rates import rise
from vmadvisor.model.sample import Sample

CGROUP = "a cgroup"
"""The scope of a kill at a limit that no group's own count tells."""


class RecordedKills:
    """Fed with samples in time order; ``kills`` is asked at the end."""

    __slots__ = ("_group_counts", "_group_rises", "_scopes", "_times_s", "_totals")

    def __init__(self) -> None:
        self._scopes = KillScopes()
        self._times_s: list[float] = []
        self._totals: list[int | None] = []
        self._group_counts: dict[str, int | None] = {}
        self._group_rises: list[tuple[float, str]] = []

    def add(self, sample: Sample) -> None:
        """Takes the next sample in."""
        self._scopes.add(sample)
        self._times_s.append(sample.time_s)
        self._totals.append(sample.vmstat.oom_kill_total)
        for group in sample.groups:
            if rise(self._group_counts.get(group.path), group.oom_kill_total):
                self._group_rises.append((sample.time_s, group.path))
            self._group_counts[group.path] = group.oom_kill_total

    def kills(self, said: Sequence[Said], first_s: float) -> tuple[PastKill, ...]:
        """Times are counted from ``first_s``, as those of ``said`` are."""
        found = []
        own_totals = self._scopes.global_totals()
        rows = zip(self._times_s, self._totals, own_totals, strict=True)
        for (_, before, own_before), (time_s, after, own_after) in pairwise(rows):
            count = rise(before, after)
            if not count:
                continue
            is_own = own_after is None or bool(rise(own_before, own_after))
            scope = HOST if is_own else self._group_at(time_s)
            found.append(
                PastKill(
                    time_utc_s=time_s - first_s,
                    count=count,
                    victim=None,
                    scope=scope,
                    foreseen=last_said_before(said, time_s - first_s, scope),
                )
            )
        return tuple(found)

    def _group_at(self, time_s: float) -> str:
        """Groups are read within a tick after the host; the deepest path is the one that was struck."""
        rises = [(when_s, path) for when_s, path in self._group_rises if when_s >= time_s]
        if not rises:
            return CGROUP
        first_s = rises[0][0]
        return max((path for when_s, path in rises if when_s == first_s), key=len)


def last_said_before(said: Iterable[Said], time_s: float, scope: str) -> Said | None:
    """The newest forecast that reached so far, of its horizons the shortest; ``None`` where none did."""
    events = {OOM_GLOBAL} if scope == HOST else {OOM}
    near = [
        one
        for one in said
        if one.event in events
        and one.scope in {scope, HOST}
        and one.time_utc_s < time_s <= one.time_utc_s + one.horizon_s
    ]
    return max(
        near,
        key=lambda one: (one.time_utc_s, one.scope == scope, -one.horizon_s),
        default=None,
    )
