"""What was said of a host's future, held against what came: how far its forecasts can be trusted there.

Neighbouring forecasts look at overlapping time, so their number is no number of independent trials.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import PastKill, Said
from vmadvisor.records import dataclass

ALARM_MIN_RATIO = 0.5
"""From here on a forecast is an alarm, as in the README's tables."""

EDGES = (0.0, 0.1, 0.5, 0.9, 1.0)
"""Classes of what was said; the last holds its upper edge too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidScore:
    """Forecasts of one event and horizon whose outcome is known, and how many are not known yet.

    ``missed_count``: those that were no alarm and came.
    """

    event: str
    horizon_s: float
    known_count: int
    unknown_count: int
    said_mean_ratio: float | None
    came_count: int
    alarm_count: int
    alarm_came_count: int
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


def _host_by_kind(said: Iterable[Said]) -> dict[tuple[str, float], list[Said]]:
    found: dict[tuple[str, float], list[Said]] = {}
    for one in said:
        if one.scope == HOST:
            found.setdefault((one.event, one.horizon_s), []).append(one)
    return found


def said_scores(said: Iterable[Said]) -> list[SaidScore]:
    """One score for each event and horizon of the host's, in order of first mention."""
    return [_score(event, h, found) for (event, h), found in _host_by_kind(said).items()]


def _score(event: str, horizon_s: float, found: Sequence[Said]) -> SaidScore:
    known = [one for one in found if one.came is not None]
    alarms = [one for one in known if one.probability_ratio >= ALARM_MIN_RATIO]
    came_count = sum(bool(one.came) for one in known)
    right_count = sum(bool(one.came) for one in alarms)
    return SaidScore(
        event=event,
        horizon_s=horizon_s,
        known_count=len(known),
        unknown_count=len(found) - len(known),
        said_mean_ratio=_mean(known),
        came_count=came_count,
        alarm_count=len(alarms),
        alarm_came_count=right_count,
        missed_count=came_count - right_count,
    )


def _mean(known: Sequence[Said]) -> float | None:
    return sum(one.probability_ratio for one in known) / len(known) if known else None


def said_classes(said: Iterable[Said], event: str, horizon_s: float) -> list[SaidClass]:
    """The host's forecasts of an event by how likely they called it; empty classes are left out."""
    known = [one for one in _host_by_kind(said).get((event, horizon_s), []) if one.came is not None]
    found = []
    for low, high in pairwise(EDGES):
        own = [
            one
            for one in known
            if low <= one.probability_ratio < high or (high == EDGES[-1] == one.probability_ratio)
        ]
        mean = _mean(own)
        if mean is not None:
            found.append(
                SaidClass(
                    low_ratio=low,
                    high_ratio=high,
                    count=len(own),
                    said_mean_ratio=mean,
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
