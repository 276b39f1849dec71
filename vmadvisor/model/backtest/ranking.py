"""AUC: how often an instant before the event had a higher score than one before nothing; ties count half."""

from typing import TYPE_CHECKING

import numpy as np

from vmadvisor.model.backtest.resampling import Estimate, Resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def auc(scores: "Floats", came: "NDArray[np.bool_]", resampling: Resampling) -> Estimate:
    """0.5 is chance; not told without both kinds of instants."""
    wins = _wins(scores, came, resampling)
    positives = resampling.sums(came.astype(np.float64))
    negatives = resampling.sums((~came).astype(np.float64))

    def figure(weights: "Floats") -> "Floats":
        won = np.einsum("di,ij,dj->d", weights, wins, weights, optimize=True)
        values: Floats = won / ((weights @ positives) * (weights @ negatives))
        return values

    return resampling.estimate(figure)


def _wins(scores: "Floats", came: "NDArray[np.bool_]", resampling: Resampling) -> "Floats":
    """[i, j]: pairs of a positive of recording i and a negative of j that are in order."""
    count = resampling.count
    wins = np.zeros((count, count))
    positives, owners = scores[came], resampling.index[came]
    for other in range(count):
        negatives = np.sort(scores[~came & (resampling.index == other)])
        below = np.searchsorted(negatives, positives, side="left")
        up_to = np.searchsorted(negatives, positives, side="right")
        wins[:, other] = np.bincount(owners, weights=(below + up_to) / 2, minlength=count)
    return wins
