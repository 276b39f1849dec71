"""A column of forecasts beside what came, as sums over recordings: what Brier score, skill and ECE need.

Where no probability was said the base rate counts, in each draw of recordings that draw's own: a column
without any probability is the base rate's forecast, and its skill 0 in every draw.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vmadvisor.model.backtest.resampling import Resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


class Probabilities:
    """``filled`` has the base rate where nothing was said. Methods take draws, a row of weights each."""

    def __init__(
        self, said: Sequence[float | None], outcomes: Sequence[bool], resampling: Resampling
    ) -> None:
        self.came: Bools = np.asarray(outcomes, dtype=np.bool_)
        self.is_said: Bools = np.array([value is not None for value in said], dtype=np.bool_)
        rate = float(self.came.mean()) if len(self.came) else 0.0
        self.filled: Floats = np.array([rate if one is None else one for one in said], dtype=float)
        self._resampling = resampling
        self._counts = resampling.sums(np.ones(len(self.came)))
        self._positives = resampling.sums(self.came.astype(float))
        self._errors = self.sums_said((self.filled - self.came) ** 2)
        self._unsaid = resampling.sums((~self.is_said).astype(float))
        self._unsaid_positives = resampling.sums((~self.is_said & self.came).astype(float))

    def sums_said(self, values: "Floats") -> "Floats":
        """Sums over recordings of those with a probability."""
        return self._resampling.sums(np.where(self.is_said, values, 0.0))

    def counts(self, weights: "Floats") -> "Floats":
        """Instants of each draw."""
        return weights @ self._counts

    def rate(self, weights: "Floats") -> "Floats":
        """Base rate of each draw."""
        return (weights @ self._positives) / self.counts(weights)

    def brier(self, weights: "Floats") -> "Floats":
        """Mean squared distance from what came; of the unsaid, Σ (r − y)² = n r² − 2 r Σy + Σy."""
        rate, positives = self.rate(weights), weights @ self._unsaid_positives
        unsaid = (weights @ self._unsaid) * rate**2 - 2 * rate * positives + positives
        return (weights @ self._errors + unsaid) / self.counts(weights)

    def skill(self, weights: "Floats") -> "Floats":
        """1 − Brier / (r (1 − r)): that product is the Brier score of always saying the base rate."""
        rate = self.rate(weights)
        return 1 - self.brier(weights) / (rate * (1 - rate))

    def unsaid_excess(self, weights: "Floats") -> "Floats":
        """Σ (r − y) over the unsaid."""
        return self.rate(weights) * (weights @ self._unsaid) - weights @ self._unsaid_positives
