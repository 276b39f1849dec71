"""Forecasts of a history as the trials that a calibration is fitted on: a day is what a recording is.

What rose between two readings further apart than the forecast reached came in time or too late. Such
outcomes are left out, and they are those of the bursts: where they are more than the ones known to have
come, a map fitted on the rest would learn that the event never comes, so the event is left out whole.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from vmadvisor.model.backtest.series import Outcome
from vmadvisor.model.backtest.trial import Trial, Trials
from vmadvisor.model.events import COUNTER_OF, OOM_GLOBAL, least_rise
from vmadvisor.model.forecast import HOST
from vmadvisor.model.kill_scope import was_host_short
from vmadvisor.model.past import Point, Said
from vmadvisor.model.rates import rise
from vmadvisor.records import dataclass

DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOutcomes:
    """One event: how many outcomes are known, how many of them came, how many are unknown.

    ``unsure_count`` of the unknown may have come in time or too late.
    """

    event: str
    known_count: int
    came_count: int
    unknown_count: int
    unsure_count: int

    @property
    def is_lopsided(self) -> bool:
        """Too much of what came is among the unknown."""
        return self.unsure_count > self.came_count


def outcomes_by_event(found: Iterable[tuple[Said, bool]]) -> tuple[EventOutcomes, ...]:
    """Of the host's forecasts; the second of each pair is whether it may have come too late."""
    by_event: dict[str, list[tuple[Said, bool]]] = {}
    for said, is_unsure in found:
        if said.scope == HOST:
            by_event.setdefault(said.event, []).append((said, is_unsure))
    return tuple(
        EventOutcomes(
            event=event,
            known_count=sum(said.came is not None for said, _ in own),
            came_count=sum(bool(said.came) for said, _ in own),
            unknown_count=sum(said.came is None for said, _ in own),
            unsure_count=sum(is_unsure for _, is_unsure in own),
        )
        for event, own in sorted(by_event.items())
    )


def past_trials(said: Sequence[Said], points: Sequence[Point]) -> list[Trials]:
    """Trials of the host's forecasts with a known outcome, by day; both in time order."""
    times_s = [point.time_utc_s for point in points]
    by_kind: dict[tuple[str, float], list[Said]] = {}
    for one in said:
        if one.scope == HOST:
            by_kind.setdefault((one.event, one.horizon_s), []).append(one)
    by_day: dict[int, list[Trial]] = {}
    for own in by_kind.values():
        ends_s = [one.time_utc_s for one in own[1:]]
        ends_s.append(own[-1].time_utc_s + own[-1].horizon_s)
        for one, end_s in zip(own, ends_s, strict=True):
            if one.came is not None:
                trial = _trial(one, end_s - one.time_utc_s, _was_absent(one, points, times_s))
                by_day.setdefault(int(one.time_utc_s // DAY_S), []).append(trial)
    return [
        Trials(
            name=f"day {day} since 1970",
            trials=tuple(sorted(trials, key=lambda trial: trial.time_s)),
        )
        for day, trials in sorted(by_day.items())
    ]


def _trial(one: Said, step_s: float, was_absent: bool | None) -> Trial:
    shipped = one.probability_ratio if one.shipped_ratio is None else one.shipped_ratio
    return Trial(
        time_s=one.time_utc_s,
        step_s=step_s,
        event=one.event,
        scope=one.scope,
        horizon_s=one.horizon_s,
        probability_ratio=shipped,
        low_ratio=None,
        high_ratio=None,
        outcome=Outcome(came=one.came, was_absent=was_absent, lead_s=None),
        guesses=(),
    )


def _was_absent(one: Said, points: Sequence[Point], times_s: Sequence[float]) -> bool | None:
    """Whether the event had not come in the last horizon, or since the last reading before it."""
    now = bisect_right(times_s, one.time_utc_s) - 1
    before = max(0, bisect_right(times_s, one.time_utc_s - one.horizon_s) - 1)
    counter = COUNTER_OF.get(one.event)
    if counter is None or now <= before or points[now].boot_id != points[before].boot_id:
        return None
    risen = rise(points[before].counters.get(counter), points[now].counters.get(counter))
    if risen is None:
        return None
    if risen < least_rise(one.event, one.horizon_s):
        return True
    if one.event == OOM_GLOBAL:
        was_short = was_host_short(points[before].top_kills, points[now].top_kills)
        if not was_short:
            return None if was_short is None else True
    is_all_within = times_s[before] >= one.time_utc_s - one.horizon_s
    return False if is_all_within else None
