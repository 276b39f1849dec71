"""A host's instants of one event as arrays: what the shipped forecast said, what came, what belongs together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.model.backtest.timing import timing
from vmadvisor.model.backtest.trial import Trial, Trials
from vmadvisor.model.forecast import HOST
from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

BLOCKS_COUNT: Final = 5
"""A single recording is cut into so many stretches of time, each left out in turn."""

FOLDS_MAX_COUNT: Final = 10
_LEAST_RATIO: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """One entry for each instant and horizon. ``odds`` are the log-odds said.

    ``groups`` numbers the recordings, or the stretches of a single one. Instants nearer to each other than
    the horizon see the same future: each counts as ``parts`` of one.
    """

    odds: "Floats"
    came: "Floats"
    parts: "Floats"
    groups: "NDArray[np.int64]"
    times_s: "Floats"
    horizons_s: "Floats"
    onsets_count: int
    is_single: bool

    def seen_without(self, fold: int) -> "Bools":
        """Entries to fit on when ``folds == fold`` is left out: none whose future reaches into that."""
        left_out: Bools = self.folds == fold
        if not self.is_single or not left_out.any():
            kept: Bools = ~left_out
            return kept
        first_s, last_s = self.times_s[left_out].min(), self.times_s[left_out].max()
        reach_s = float(self.horizons_s.max())
        ends_s = self.times_s + self.horizons_s
        apart: Bools = (ends_s < first_s) | (self.times_s > last_s + reach_s)
        return apart

    @property
    def folds(self) -> "NDArray[np.int64]":
        """The part of the recordings that each entry is left out with."""
        return self.groups % FOLDS_MAX_COUNT


def instants_of(recordings: Sequence[Trials], event: str) -> Instants:
    """Entries with a probability of the host's and a known outcome, by recording and time."""
    found: list[tuple[int, Trial]] = [
        (number, trial)
        for number, recording in enumerate(recordings)
        for trial in recording.trials
        if trial.event == event
        and trial.scope == HOST
        and trial.probability_ratio is not None
        and trial.outcome.came is not None
    ]
    numbers = np.array([number for number, _ in found], dtype=np.int64)
    times_s = np.array([trial.time_s for _, trial in found])
    horizons_s = np.array([trial.horizon_s for _, trial in found])
    steps_s = np.array([trial.step_s for _, trial in found])
    is_single = len(np.unique(numbers)) < 2  # noqa: PLR2004 - nothing else to leave out
    return Instants(
        odds=log_odds([trial.probability_ratio or 0.0 for _, trial in found]),
        came=np.array([float(bool(trial.outcome.came)) for _, trial in found]),
        parts=np.minimum(1.0, steps_s / horizons_s) / max(1, len(np.unique(horizons_s))),
        groups=_blocks(times_s) if is_single else np.unique(numbers, return_inverse=True)[1],
        times_s=times_s,
        horizons_s=horizons_s,
        onsets_count=_onsets_count(found),
        is_single=is_single,
    )


def log_odds(probabilities: Sequence[float]) -> "Floats":
    """Kept finite, at one in a million."""
    p = np.clip(np.asarray(probabilities, dtype=float), _LEAST_RATIO, 1 - _LEAST_RATIO)
    found: Floats = np.log(p / (1 - p))
    return found


def _blocks(times_s: "Floats") -> "NDArray[np.int64]":
    if not len(times_s):
        return np.zeros(0, dtype=np.int64)
    first_s, span_s = times_s.min(), max(float(np.ptp(times_s)), 1e-9)
    blocks = ((times_s - first_s) / span_s * BLOCKS_COUNT).astype(np.int64)
    capped: NDArray[np.int64] = np.minimum(blocks, BLOCKS_COUNT - 1)
    return capped


def _onsets_count(found: Sequence[tuple[int, Trial]]) -> int:
    """Distinct onsets, at the horizon that shows most of them."""
    counts = [0]
    for horizon_s in {trial.horizon_s for _, trial in found}:
        own = [(number, trial) for number, trial in found if trial.horizon_s == horizon_s]
        trials = [trial for _, trial in own]
        counts.append(
            timing(trials, [number for number, _ in own], [False] * len(own)).onsets_count
        )
    return max(counts)
