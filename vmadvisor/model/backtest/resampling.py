"""How far a figure would move with other recordings: a bootstrap that draws whole recordings.

Instants of one recording resemble each other, so that intervals over instants would be far too narrow.
Every figure here is a function of sums over recordings, hence of how often each is drawn: 1,000 draws
are one product of matrices.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Figure = Callable[[Floats], Floats]

DRAWS_COUNT: Final = 1000
QUANTILES: Final = (0.05, 0.95)
SEED: Final = 20
DEFINED_MIN_RATIO: Final = 0.5
"""Draws in which a figure exists (a precision needs an alarm) below which its interval is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 90 % interval, in the unit of the field that holds it; ``None``: not to be told.

    One recording alone has no interval.
    """

    value: float | None
    low: float | None
    high: float | None


class Resampling:
    """Draws of the recordings that ``recording_ids`` name, one entry for each trial; always the same."""

    def __init__(self, recording_ids: Sequence[int] | Sequence[str]) -> None:
        found, index = np.unique(np.asarray(recording_ids), return_inverse=True)
        self.count = len(found)
        self.index = index
        self._once: Floats = np.ones((1, self.count))
        self._draws: Floats = np.zeros((DRAWS_COUNT, self.count))
        if self.count:
            chances = np.full(self.count, 1 / self.count)
            random = np.random.default_rng(SEED)
            self._draws += random.multinomial(self.count, chances, size=DRAWS_COUNT)

    def sums(self, values: "Floats") -> "Floats":
        """The values' sum over each recording."""
        return np.bincount(self.index, weights=values, minlength=self.count).astype(np.float64)

    def estimate(self, figure: "Figure") -> Estimate:
        """``figure`` maps draws (a row of weights each) to its values; not a number: undefined there."""
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(figure(self._once)[0]) if self.count else np.nan
            values = figure(self._draws) if self.count > 1 else np.empty(0)
        defined = values[np.isfinite(values)]
        if not np.isfinite(value):
            return Estimate(value=None, low=None, high=None)
        if len(defined) < DEFINED_MIN_RATIO * DRAWS_COUNT:
            return Estimate(value=value, low=None, high=None)
        low, high = np.quantile(defined, QUANTILES)
        return Estimate(value=value, low=float(low), high=float(high))

    def ratio(self, above: "Floats", below: "Floats") -> Estimate:
        """The sum of one column over that of another."""
        upper, lower = self.sums(above), self.sums(below)
        return self.estimate(lambda weights: (weights @ upper) / (weights @ lower))
