"""One event's own map: fitted on the host's instants, judged on those left out, kept if it does better.

The prior is the shipped map with the spread between hosts that it was shipped with: a host that has shown
little keeps it. ``spread`` is what the instants leave open of the map and by how much the host's own recordings
differ from one another; it narrows with what was seen.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.model import fitted
from vmadvisor.model.backtest.probabilities import Probabilities
from vmadvisor.model.backtest.resampling import Estimate, Resampling
from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.calibration import EventFit, Interval
from vmadvisor.model.calibration.instants import Instants, instants_of
from vmadvisor.model.calibration.recalibration import (
    FITTED_PRIOR,
    Prior,
    Recalibration,
    deviation,
    recalibrated,
)
from vmadvisor.records import dataclass, replace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_ONSETS_COUNT: Final = 5
"""Fewer tell less of a host than the prior does: five instants of even odds halve its variance."""

LEAST_GROUPS_COUNT: Final = 2


def prior_of(event: str) -> Prior:
    """The shift varies between hosts as the shipped fit found; the scale as it was allowed to there."""
    spread = fitted.MAPS[event]["grown"][2]
    return Prior(shift_spread=spread, scale_spread=FITTED_PRIOR.scale_spread)


def fit_event(event: str, recordings: Sequence[Trials]) -> EventFit:
    """The event's map, or why there is none."""
    return fit_instants(event, instants_of(recordings, event), prior_of(event))


def fit_instants(event: str, seen: Instants, prior: Prior) -> EventFit:
    """As ``fit_event``, of instants already gathered."""
    found = EventFit(
        event=event,
        instants_count=len(seen.odds),
        onsets_count=seen.onsets_count,
        groups_count=len(np.unique(seen.groups)),
    )
    reason = _too_little(found)
    if reason is not None:
        return replace(found, reason=reason)
    fit = recalibrated(seen.odds, seen.came, seen.parts, prior)
    found = replace(
        found,
        shift=fit.shift,
        shift_spread=fit.shift_variance**0.5,
        scale_ratio=fit.scale_ratio,
        scale_spread=fit.scale_variance**0.5,
        spread=_spread(fit, seen),
    )
    found = _judged(found, seen, _left_out_odds(seen, prior))
    return replace(found, reason=_no_better(found))


def _too_little(found: EventFit) -> str | None:
    if not found.instants_count:
        return "no instant with a forecast and a known outcome"
    if found.onsets_count < LEAST_ONSETS_COUNT:
        return f"{found.onsets_count} onsets: a map of its own takes {LEAST_ONSETS_COUNT} or more"
    if found.groups_count < LEAST_GROUPS_COUNT:
        return "all instants lie together: none can be left out to judge by"
    return None


def _no_better(found: EventFit) -> str | None:
    """A map that may well do worse than the shipped one is not used."""
    gain = found.gain_ratio
    if gain.value is None:
        return "how it does on instants left out cannot be told"
    if gain.value > 0 and gain.low is not None and gain.low >= 0:
        return None
    if gain.value > 0:
        return "no better than the shipped map on instants left out, within what they can tell"
    return "no better than the shipped map on instants left out"


def _spread(fit: Recalibration, seen: Instants) -> float:
    """What is open of the map at a usual instant, and between the host's own recordings."""
    between = deviation(fit.shift + fit.scale_ratio * seen.odds, seen.came, seen.groups, seen.parts)
    open_ = float(np.mean(fit.variance(seen.odds)))
    return float((open_ + between**2) ** 0.5)


def _left_out_odds(seen: Instants, prior: Prior) -> "Floats":
    """What a map says of each instant that was fitted without its recording."""
    odds = seen.odds.copy()
    for fold in np.unique(seen.folds):
        chosen = seen.seen_without(int(fold))
        fit = recalibrated(seen.odds[chosen], seen.came[chosen], seen.parts[chosen], prior)
        left_out = seen.folds == fold
        odds[left_out] = fit.shift + fit.scale_ratio * seen.odds[left_out]
    return odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two forecasts of the same instants: Brier scores, skills on the base rate, the second's gain."""

    brier_before: Interval
    brier_after: Interval
    skill_before_ratio: Interval
    skill_after_ratio: Interval
    gain_ratio: Interval


def compared(before_odds: "Floats", after_odds: "Floats", seen: Instants) -> Comparison:
    """Intervals are from draws of whole groups."""
    resampling = Resampling(seen.groups.tolist())
    came = [bool(one) for one in seen.came]
    before, after = (
        Probabilities(probabilities(odds).tolist(), came, resampling)
        for odds in (before_odds, after_odds)
    )

    def told(figure: "Callable[[Floats], Floats]") -> Interval:
        return interval_of(resampling.estimate(figure))

    return Comparison(
        brier_before=told(before.brier),
        brier_after=told(after.brier),
        skill_before_ratio=told(before.skill),
        skill_after_ratio=told(after.skill),
        gain_ratio=told(lambda weights: 1 - after.brier(weights) / before.brier(weights)),
    )


def _judged(found: EventFit, seen: Instants, after_odds: "Floats") -> EventFit:
    both = compared(seen.odds, after_odds, seen)
    return replace(
        found,
        brier_before=both.brier_before,
        brier_after=both.brier_after,
        skill_before_ratio=both.skill_before_ratio,
        skill_after_ratio=both.skill_after_ratio,
        gain_ratio=both.gain_ratio,
    )


def probabilities(odds: "Floats") -> "Floats":
    """Of log-odds."""
    found: Floats = 1 / (1 + np.exp(-odds))
    return found


def interval_of(estimate: Estimate) -> Interval:
    """The same figure for records that know no arrays."""
    return Interval(value=estimate.value, low=estimate.low, high=estimate.high)
