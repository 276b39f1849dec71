"""The figures of a set of forecasts: how sharp, how well calibrated, how useful at one threshold.

    metrics(outcomes, probabilities, recording_ids)

serves any forecasts of any outcomes, cross-validated ones too: one entry each for every instant.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.model.backtest.probabilities import Probabilities
from vmadvisor.model.backtest.ranking import auc
from vmadvisor.model.backtest.reliability import Bin, ece, reliability
from vmadvisor.model.backtest.resampling import Estimate, Resampling
from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

THRESHOLD_RATIO: Final = 0.5
"""The operating threshold unless another is given: more likely than not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """``said_count`` instants had a probability; the others count as the base rate.

    ``skill_ratio`` is what the Brier score gains on that of the base rate of the same instants (of each
    draw's, in the interval): 0 is no better, 1 perfect.
    """

    recordings_count: int
    instants_count: int
    positives_count: int
    said_count: int
    base_rate_ratio: Estimate
    brier_ratio: Estimate
    skill_ratio: Estimate
    auc_ratio: Estimate
    ece_ratio: Estimate
    precision_ratio: Estimate
    recall_ratio: Estimate
    reliability: tuple[Bin, ...]


def metrics(
    outcomes: Sequence[bool],
    probabilities: Sequence[float | None],
    recording_ids: Sequence[int] | Sequence[str],
    *,
    scores: Sequence[float | None] | None = None,
    threshold_ratio: float = THRESHOLD_RATIO,
) -> Metrics:
    """Scores the forecasts. ``scores`` rank the instants for the AUC in the probabilities' place.

    A missing probability counts as the base rate and is no alarm, a missing score ranks last. Intervals
    are 90 %, from draws of whole recordings. Raises ``ValueError`` where the sequences differ in length.
    """
    if not len(outcomes) == len(probabilities) == len(recording_ids):
        raise ValueError("outcomes, probabilities and recording ids differ in length")
    resampling = Resampling(recording_ids)
    column = Probabilities(probabilities, outcomes, resampling)
    came, alarms = column.came, column.is_said & (column.filled >= threshold_ratio)
    hits = (alarms & came).astype(float)
    return Metrics(
        recordings_count=resampling.count,
        instants_count=len(came),
        positives_count=int(came.sum()),
        said_count=int(column.is_said.sum()),
        base_rate_ratio=resampling.estimate(column.rate),
        brier_ratio=resampling.estimate(column.brier),
        skill_ratio=resampling.estimate(column.skill),
        auc_ratio=auc(column.filled if scores is None else _ranks(scores), came, resampling),
        ece_ratio=ece(column, resampling),
        precision_ratio=resampling.ratio(hits, alarms.astype(float)),
        recall_ratio=resampling.ratio(hits, came.astype(float)),
        reliability=reliability(column),
    )


def _ranks(scores: Sequence[float | None]) -> "NDArray[np.float64]":
    return np.array([-np.inf if score is None else score for score in scores], dtype=float)
