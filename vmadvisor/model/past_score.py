"""What was said of a host's future, held against what came: how far its forecasts can be trusted there.

Neighbouring forecasts look at overlapping time, so their number is no number of independent trials.
"""

from collections.abc import Iterable
from itertools import pairwise

from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import PastKill, Said
from vmadvisor.records import dataclass

ALARM_MIN_RATIO = 0.5
"""From here on a forecast is an alarm, as in the README's tables."""

EDGES = (0.0, 0.1, 0.5, 0.9, 1.0)
"""Classes of what was said; the last holds its upper edge too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmScore:
    """Alarms whose outcome is known, how many were right, and how often it came without one."""

    alarm_count: int
    right_count: int
    missed_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidClass:
    """Forecasts from ``low_ratio`` up to ``high_ratio``: what they said on average, how many came."""

    low_ratio: float
    high_ratio: float
    count: int
    said_mean_ratio: float
    came_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KillScore:
    """Kills by whether an alarm reached them; ``unasked_count``: no forecast reached so far."""

    foreseen_count: int
    unforeseen_count: int
    unasked_count: int


def _known(said: Iterable[Said], event: str, horizon_s: float) -> list[Said]:
    """The host's forecasts of one event and horizon whose outcome is known."""
    return [
        one
        for one in said
        if (one.event, one.horizon_s, one.scope) == (event, horizon_s, HOST)
        and one.came is not None
    ]


def alarm_score(said: Iterable[Said], event: str, horizon_s: float) -> AlarmScore:
    """The host's alarms of one event at one horizon."""
    known = _known(said, event, horizon_s)
    alarms = [one for one in known if one.probability_ratio >= ALARM_MIN_RATIO]
    right_count = sum(bool(one.came) for one in alarms)
    return AlarmScore(
        alarm_count=len(alarms),
        right_count=right_count,
        missed_count=sum(bool(one.came) for one in known) - right_count,
    )


def said_classes(said: Iterable[Said], event: str, horizon_s: float) -> list[SaidClass]:
    """The host's forecasts of an event by how likely they called it; empty classes are left out."""
    known = _known(said, event, horizon_s)
    found = []
    for low, high in pairwise(EDGES):
        own = [
            one
            for one in known
            if low <= one.probability_ratio < high or (high == EDGES[-1] == one.probability_ratio)
        ]
        if own:
            found.append(
                SaidClass(
                    low_ratio=low,
                    high_ratio=high,
                    count=len(own),
                    said_mean_ratio=sum(one.probability_ratio for one in own) / len(own),
                    came_count=sum(bool(one.came) for one in own),
                )
            )
    return found


def reaches(kill: PastKill) -> bool:
    """Whether the kill lies within the horizon of the last forecast before it."""
    said = kill.foreseen
    return said is not None and kill.time_utc_s <= said.time_utc_s + said.horizon_s


def kill_score(kills: Iterable[PastKill]) -> KillScore:
    """How many kills an alarm stood before."""
    told = list(kills)
    asked = [kill.foreseen for kill in told if kill.foreseen is not None and reaches(kill)]
    foreseen_count = sum(one.probability_ratio >= ALARM_MIN_RATIO for one in asked)
    return KillScore(
        foreseen_count=foreseen_count,
        unforeseen_count=len(asked) - foreseen_count,
        unasked_count=len(told) - len(asked),
    )
