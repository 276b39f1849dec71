"""What an alarm is worth in time: how long before an onset it came, and how often it came for nothing."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from vmadvisor.model.backtest.resampling import Estimate, Resampling
from vmadvisor.model.backtest.trial import Trial
from vmadvisor.records import dataclass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

S_PER_H: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Onsets are counted once, however many instants lie before each.

    ``warned_ratio`` is the share of onsets with an alarm at any instant within the horizon before;
    ``lead_s`` the median time from the first such alarm to the event. A healthy instant has the event
    neither in the last horizon nor in the next; ``false_alarms_per_h`` counts alarms that begin at one.
    """

    onsets_count: int
    healthy_h: float
    warned_ratio: Estimate
    lead_s: Estimate
    false_alarms_per_h: Estimate


def timing(trials: Sequence[Trial], recording_ids: Sequence[int], alarms: Sequence[bool]) -> Timing:
    """Of trials of one event and horizon, those of a recording and scope together, in time order."""
    resampling = Resampling(recording_ids)
    onsets = list(_onsets(trials, recording_ids))
    first_alarms = [next((i for i in onset if alarms[i]), None) for onset in onsets]
    is_onset, is_warned = np.zeros(len(trials)), np.zeros(len(trials))
    is_onset[[onset[0] for onset in onsets]] = 1
    is_warned[
        [onset[0] for onset, at in zip(onsets, first_alarms, strict=True) if at is not None]
    ] = 1
    healthy_h = np.array([t.step_s / S_PER_H if _is_healthy(t) else 0.0 for t in trials])
    return Timing(
        onsets_count=len(onsets),
        healthy_h=float(healthy_h.sum()),
        warned_ratio=resampling.ratio(is_warned, is_onset),
        lead_s=_median_lead(trials, [at for at in first_alarms if at is not None], resampling),
        false_alarms_per_h=resampling.ratio(
            np.array(list(_false_starts(trials, recording_ids, alarms)), dtype=float), healthy_h
        ),
    )


def _is_onset(trial: Trial) -> bool:
    return bool(trial.outcome.came and trial.outcome.was_absent)


def _is_healthy(trial: Trial) -> bool:
    return trial.outcome.came is False and trial.outcome.was_absent is True


def _follows(trials: Sequence[Trial], recording_ids: Sequence[int], index: int) -> bool:
    """Whether the trial before is of the same recording and scope."""
    return (
        index > 0
        and recording_ids[index - 1] == recording_ids[index]
        and trials[index - 1].scope == trials[index].scope
    )


def _onsets(trials: Sequence[Trial], recording_ids: Sequence[int]) -> Iterator[list[int]]:
    """Runs of instants that all have the same onset ahead of them."""
    run: list[int] = []
    for index, trial in enumerate(trials):
        if run and not (_is_onset(trial) and _follows(trials, recording_ids, index)):
            yield run
            run = []
        if _is_onset(trial):
            run.append(index)
    if run:
        yield run


def _false_starts(
    trials: Sequence[Trial], recording_ids: Sequence[int], alarms: Sequence[bool]
) -> Iterator[bool]:
    for index, trial in enumerate(trials):
        was_on = _follows(trials, recording_ids, index) and alarms[index - 1]
        yield alarms[index] and not was_on and _is_healthy(trial)


def _median_lead(
    trials: Sequence[Trial], first_alarms: Sequence[int], resampling: Resampling
) -> Estimate:
    """The median over warned onsets; in a draw each counts as often as its recording."""
    leads = np.array([trials[at].outcome.lead_s or 0.0 for at in first_alarms])
    order = np.argsort(leads)
    leads, owners = leads[order], resampling.index[np.asarray(first_alarms, dtype=int)][order]

    def figure(weights: "Floats") -> "Floats":
        if not len(leads):
            return np.full(len(weights), np.nan)
        reached = weights[:, owners].cumsum(axis=1)
        half = reached[:, -1:] / 2
        lower = leads[(reached >= half).argmax(axis=1)]
        upper = leads[(reached > half).argmax(axis=1)]
        return np.where(half[:, 0] > 0, (lower + upper) / 2, np.nan)

    return resampling.estimate(figure)
