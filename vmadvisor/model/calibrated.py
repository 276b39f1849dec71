"""One calibrated probability: forests fitted on recordings, then a map from said to seen frequency.

A horizon has one only where the recordings hold onsets enough; what seen growth cannot reach is bounded
(``stock_bound``). Plain Python: no array library on the way of a ``check``.
"""

from collections.abc import Sequence

from vmadvisor.model import fitted
from vmadvisor.model.drivers import drivers
from vmadvisor.model.events import EVENTS
from vmadvisor.model.forecast import HOST, Forecast
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.signals import Signals
from vmadvisor.model.stock_bound import most_odds
from vmadvisor.model.track import Track
from vmadvisor.model.trees import probability, total

LEAST_ONSETS_COUNT = 20
"""A horizon with fewer onsets in the recordings behind the fit has no calibrated probability."""

YOUNG_S = 3.0
"""Tracks shorter than this have their own map: two readings know little."""

DRIVERS_LEAST_RATIO = 0.01
"""Below it nothing drives a forecast that anybody would ask about, and to find out takes most of the time."""

_CONFIDENCE = 1.645  # of a normal distribution: 90 % within


def unsaid(event: str, scope: str, horizon_s: float, reason: str) -> Forecast:
    """A forecast that there is none of, and why."""
    return Forecast(
        event=event,
        scope=scope,
        horizon_s=horizon_s,
        probability_ratio=None,
        low_ratio=None,
        high_ratio=None,
        reason=reason,
    )


def unbacked(event: str, horizon_s: float) -> str | None:
    """Why there is no calibrated probability at this horizon; ``None`` where there is one.

    Between two horizons that are backed a third is; the signals scale with it.
    """
    backed = fitted.BACKED.get(event, ())
    if backed and min(backed) <= horizon_s <= max(backed):
        return None
    if fitted.ONSETS.get(event, {}).get(horizon_s, 0) >= LEAST_ONSETS_COUNT:
        return f"at a horizon of {horizon_s:g} s forecasts were no better than the base rate on recordings"
    return (
        f"fewer than {LEAST_ONSETS_COUNT} onsets at a horizon of {horizon_s:g} s in the recordings"
    )


def backed_horizons(horizons_s: Sequence[float]) -> tuple[float, ...]:
    """Those at which any event has a calibrated probability."""
    return tuple(h for h in horizons_s if any(unbacked(event, h) is None for event in EVENTS))


def said(
    event: str,
    scope: str,
    horizon_s: float,
    signals: Signals,
    own: OwnMap | None,
    track: Track,
    drivers_min_ratio: float = DRIVERS_LEAST_RATIO,
) -> Forecast:
    """The probability with its interval; of the host's also what drives it."""
    names, forests = fitted.NAMES[event], fitted.FORESTS[event]
    values = [signals.get(name) for name in names]
    bases = fitted.BASES[event]
    raw = [base + total(trees, values) for base, trees in zip(bases, forests, strict=True)]
    shift, scale, spread = fitted.MAPS[event]["young" if track.span_s < YOUNG_S else "grown"]
    mean = sum(raw) / len(raw)
    most = most_odds(event, horizon_s, signals)
    bounded = mean if most is None else min(mean, (most - shift) / scale)
    if own is not None and scope == HOST:
        shift, scale, spread = own.joined(event, shift, scale, spread)
    odds = shift + scale * bounded
    # What leaving out a fifth of the recordings changes (delete-group jackknife), and how far hosts differ.
    count = len(raw)
    variance = (count - 1) / count * sum((scale * (one - mean)) ** 2 for one in raw) + spread**2
    width = _CONFIDENCE * variance**0.5
    likely = probability(odds)
    is_told = scope == HOST and likely >= drivers_min_ratio
    return Forecast(
        event=event,
        scope=scope,
        horizon_s=horizon_s,
        probability_ratio=likely,
        low_ratio=probability(odds - width),
        high_ratio=probability(odds + width),
        reason=None,
        drivers=drivers(names, forests, values, track, horizon_s) if is_told else (),
    )
