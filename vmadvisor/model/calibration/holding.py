"""A stored calibration held against what then happened: what it said, what came, what to do about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.model.backtest.probabilities import Probabilities
from vmadvisor.model.backtest.reliability import Bin, reliability
from vmadvisor.model.backtest.resampling import Resampling
from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.calibration import Calibration, EventFit, Interval
from vmadvisor.model.calibration.fit_event import (
    LEAST_ONSETS_COUNT,
    compared,
    prior_of,
    probabilities,
)
from vmadvisor.model.calibration.instants import Instants, instants_of
from vmadvisor.model.calibration.recalibration import FITTED_PRIOR, Prior, recalibrated
from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HOLDS: Final = "holds"
REFIT: Final = "refit"
THROW_AWAY: Final = "throw away"
UNKNOWN: Final = "too little to tell"

_CHI2_90: Final = 4.605
"""Of two numbers together: a distance beyond it has a chance of 10 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One event. ``advice`` is one of the four words above, ``reason`` says why.

    ``said_ratio`` and ``came_ratio`` are means over the instants. Figures named ``before`` are the shipped
    forecast's, ``after`` the stored map's, ``gain_ratio`` the latter's against the former's.
    """

    event: str
    is_mapped: bool
    instants_count: int
    onsets_count: int
    said_ratio: float | None = None
    came_ratio: float | None = None
    brier_before: Interval = Interval()
    brier_after: Interval = Interval()
    skill_before_ratio: Interval = Interval()
    skill_after_ratio: Interval = Interval()
    gain_ratio: Interval = Interval()
    reliability: tuple[Bin, ...] = ()
    advice: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """All events. ``seen_again`` names recordings that it was fitted on: they prove nothing."""

    calibration: Calibration
    recordings_count: int
    seen_again: tuple[str, ...]
    events: tuple[Held, ...]


def holding(calibration: Calibration, recordings: Sequence[Trials]) -> Holding:
    """Scores the stored maps on these recordings' instants."""
    known = set(calibration.recordings)
    return Holding(
        calibration=calibration,
        recordings_count=len(recordings),
        seen_again=tuple(one.name for one in recordings if one.name in known),
        events=tuple(_held(one, instants_of(recordings, one.event)) for one in calibration.events),
    )


def _held(stored: EventFit, seen: Instants) -> Held:
    is_mapped = stored.reason is None
    if not len(seen.odds):
        return Held(
            event=stored.event, is_mapped=is_mapped, instants_count=0, onsets_count=0,
            advice=UNKNOWN, reason="no instant with a forecast and a known outcome",
        )  # fmt: skip
    odds = stored.shift + stored.scale_ratio * seen.odds if is_mapped else seen.odds
    both = compared(seen.odds, odds, seen)
    said = probabilities(odds)
    came = [bool(one) for one in seen.came]
    column = Probabilities(said.tolist(), came, Resampling(seen.groups.tolist()))
    advice, reason = _advice(stored, seen, odds, both.gain_ratio)
    return Held(
        event=stored.event,
        is_mapped=is_mapped,
        instants_count=len(came),
        onsets_count=seen.onsets_count,
        said_ratio=float(said.mean()),
        came_ratio=float(seen.came.mean()),
        brier_before=both.brier_before,
        brier_after=both.brier_after,
        skill_before_ratio=both.skill_before_ratio,
        skill_after_ratio=both.skill_after_ratio,
        gain_ratio=both.gain_ratio,
        reliability=reliability(column),
        advice=advice,
        reason=reason,
    )


def _advice(stored: EventFit, seen: Instants, odds: "Floats", gain: Interval) -> tuple[str, str]:
    is_mapped = stored.reason is None
    if seen.onsets_count < LEAST_ONSETS_COUNT:
        return UNKNOWN, f"{seen.onsets_count} onsets, {LEAST_ONSETS_COUNT} would tell"
    if is_mapped and gain.high is not None and gain.high < 0:
        return THROW_AWAY, "the shipped map does better here"
    off = _distance(odds, seen, FITTED_PRIOR if is_mapped else prior_of(stored.event))
    if off > _CHI2_90:
        what = "the stored map" if is_mapped else "the shipped map, which stands for this event,"
        return REFIT, f"{what} is off by more than chance: a new fit would move it"
    if is_mapped and (gain.value or 0.0) < 0:
        return REFIT, "the shipped map does better here, within what these recordings can tell"
    return HOLDS, "what was said came as often as said, within what these recordings can tell"


def _distance(odds: "Floats", seen: Instants, prior: Prior) -> float:
    """How far a further map of what was said lies from (0, 1), in its own uncertainty."""
    fit = recalibrated(odds, seen.came, seen.parts, prior)
    away = np.array([fit.shift, fit.scale_ratio - 1])
    open_ = np.array([[fit.shift_variance, fit.covariance], [fit.covariance, fit.scale_variance]])
    return float(away @ np.linalg.solve(open_, away))
