"""Whether 30 % means 30 %: forecasts in ten bins of equal width, beside how often the event came.

ECE, the expected calibration error, is the mean distance of the two, weighted by the bins' instants. It
cannot be below 0: of few recordings a part of it is chance, and its interval lies rather above it.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.model.backtest.probabilities import Probabilities
from vmadvisor.model.backtest.resampling import Estimate, Resampling
from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS_COUNT: Final = 10
_EDGE_SLACK: Final = 1e-9
"""0.3 is a shade less than 3 / 10: an edge belongs to the bin above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Instants with a forecast from ``low_ratio`` to below ``high_ratio`` (1 is in the last)."""

    low_ratio: float
    high_ratio: float
    instants_count: int
    forecast_ratio: float
    observed_ratio: float


def _bins_of(probabilities: "Floats") -> "NDArray[np.int64]":
    scaled = (probabilities * BINS_COUNT + _EDGE_SLACK).astype(np.int64)
    return np.minimum(scaled, BINS_COUNT - 1)


def reliability(column: Probabilities) -> tuple[Bin, ...]:
    """The bins that hold any instant."""
    bins = _bins_of(column.filled)
    return tuple(
        Bin(
            low_ratio=number / BINS_COUNT,
            high_ratio=(number + 1) / BINS_COUNT,
            instants_count=int(inside.sum()),
            forecast_ratio=float(column.filled[inside].mean()),
            observed_ratio=float(column.came[inside].mean()),
        )
        for number in range(BINS_COUNT)
        if (inside := bins == number).any()
    )


def ece(column: Probabilities, resampling: Resampling) -> Estimate:
    """Σ |forecast − observed| over the bins, by their share of the instants."""
    bins, excess = _bins_of(column.filled), column.filled - column.came
    sums = np.column_stack(
        [column.sums_said(np.where(bins == number, excess, 0.0)) for number in range(BINS_COUNT)]
    )

    def figure(weights: "Floats") -> "Floats":
        by_bin = weights @ sums
        of_unsaid = bins[~column.is_said][:1]
        by_bin[:, of_unsaid] += column.unsaid_excess(weights)[:, None]
        distance: Floats = np.abs(by_bin).sum(axis=1)
        return distance / column.counts(weights)

    return resampling.estimate(figure)
