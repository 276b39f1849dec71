"""How well forecasts did so far: what was said beside what came, where that is known."""

from collections.abc import Iterable

from vmadvisor.model.past import Said
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidScore:
    """One event at one horizon. ``said_ratio`` and ``brier`` are of the ``known_count`` alone.

    Outcomes that are unknown leave out what rose between two readings far apart: of rare events more of
    those that came than of those that did not. The score is then kinder than the truth.
    """

    event: str
    horizon_s: float
    known_count: int
    came_count: int
    unknown_count: int
    said_ratio: float | None
    came_ratio: float | None
    brier: float | None


def scores(said: Iterable[Said], scope: str) -> tuple[SaidScore, ...]:
    """By event and horizon, of forecasts of ``scope``."""
    kinds: dict[tuple[str, float], list[Said]] = {}
    for one in said:
        if one.scope == scope:
            kinds.setdefault((one.event, one.horizon_s), []).append(one)
    return tuple(_score(*kind, found) for kind, found in sorted(kinds.items()))


def _score(event: str, horizon_s: float, found: list[Said]) -> SaidScore:
    known = [one for one in found if one.came is not None]
    count = len(known)
    came_count = sum(bool(one.came) for one in known)
    missed = sum((one.probability_ratio - bool(one.came)) ** 2 for one in known)
    return SaidScore(
        event=event,
        horizon_s=horizon_s,
        known_count=count,
        came_count=came_count,
        unknown_count=len(found) - count,
        said_ratio=sum(one.probability_ratio for one in known) / count if count else None,
        came_ratio=came_count / count if count else None,
        brier=missed / count if count else None,
    )
