"""All figures of a backtest: per event, scope and horizon, of our forecasts and of the simple rules."""

from collections.abc import Iterator, Sequence
from typing import Final

from vmadvisor.model.backtest.baselines import BASELINES
from vmadvisor.model.backtest.metrics import THRESHOLD_RATIO, Metrics, metrics
from vmadvisor.model.backtest.timing import Timing, timing
from vmadvisor.model.backtest.trial import Trial, Trials
from vmadvisor.model.events import EVENTS
from vmadvisor.model.forecast import HOST
from vmadvisor.records import dataclass

OURS: Final = "vmadvisor"
BASE_RATE: Final = "base rate"
PERSISTENCE: Final = "persistence"
CGROUP: Final = "cgroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One forecaster's figures: of all instants, and of those without the event in the last horizon."""

    name: str
    source: str
    all: Metrics
    onsets: Metrics
    timing: Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One event at one horizon; ``scope`` is ``host``, or ``cgroup`` for all limited ones together."""

    event: str
    scope: str
    horizon_s: float
    judged: tuple[Judged, ...]

    @property
    def ours(self) -> Judged:
        """What this program said."""
        return self.judged[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Sections that have any instant, in the order of ``EVENTS``."""

    recordings_count: int
    threshold_ratio: float
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forecasts:
    """One forecaster's column: a probability, a rank and an alarm for each trial."""

    name: str
    source: str
    probabilities: Sequence[float | None]
    scores: Sequence[float | None] | None
    alarms: Sequence[bool]


def evaluation(
    recordings: Sequence[Trials], *, threshold_ratio: float = THRESHOLD_RATIO
) -> Evaluation:
    """Scores the trials of all recordings; those whose outcome is not told do not count."""
    sections = []
    for event, scope, horizon_s in _kinds(recordings):
        trials, recording_ids = _column(recordings, event, scope, horizon_s)
        if trials:
            judged = tuple(
                _judged(column, trials, recording_ids, threshold_ratio)
                for column in _forecasters(trials, threshold_ratio)
            )
            sections.append(Section(event=event, scope=scope, horizon_s=horizon_s, judged=judged))
    return Evaluation(
        recordings_count=len(recordings),
        threshold_ratio=threshold_ratio,
        sections=tuple(sections),
    )


def _scope_of(trial: Trial) -> str:
    return HOST if trial.scope == HOST else CGROUP


def _kinds(recordings: Sequence[Trials]) -> list[tuple[str, str, float]]:
    found = {
        (trial.event, _scope_of(trial), trial.horizon_s)
        for recording in recordings
        for trial in recording.trials
    }
    return sorted(found, key=lambda kind: (kind[1] != HOST, EVENTS.index(kind[0]), kind[2]))


def _column(
    recordings: Sequence[Trials], event: str, scope: str, horizon_s: float
) -> tuple[list[Trial], list[int]]:
    """The trials that count, by recording, scope and time, and the number of each one's recording."""
    trials: list[Trial] = []
    recording_ids: list[int] = []
    for number, recording in enumerate(recordings):
        own = [
            trial
            for trial in recording.trials
            if trial.event == event
            and trial.horizon_s == horizon_s
            and _scope_of(trial) == scope
            and trial.outcome.came is not None
        ]
        trials += sorted(own, key=lambda trial: (trial.scope, trial.time_s))
        recording_ids += [number] * len(own)
    return trials, recording_ids


def _forecasters(trials: Sequence[Trial], threshold_ratio: float) -> Iterator[_Forecasts]:
    ours = [trial.probability_ratio for trial in trials]
    yield _Forecasts(
        name=OURS,
        source="",
        probabilities=ours,
        scores=None,
        alarms=[value is not None and value >= threshold_ratio for value in ours],
    )
    nothing = [None] * len(trials)
    yield _Forecasts(
        name=BASE_RATE,
        source="always the share of these instants",
        probabilities=nothing,
        scores=None,
        alarms=[False] * len(trials),
    )
    past = [trial.outcome.was_absent is False for trial in trials]
    yield _rule(PERSISTENCE, "it came in the last horizon", past, [float(on) for on in past])
    for number, baseline in enumerate(BASELINES):
        if all(trial.guesses for trial in trials):
            guesses = [trial.guesses[number] for trial in trials]
            alarms = [guess.is_alarm for guess in guesses]
            yield _rule(baseline.name, baseline.source, alarms, [guess.score for guess in guesses])


def _rule(
    name: str, source: str, alarms: Sequence[bool], scores: Sequence[float | None]
) -> _Forecasts:
    """A rule that says yes or no: 1 or 0 as a probability."""
    return _Forecasts(
        name=name,
        source=source,
        probabilities=[float(is_alarm) for is_alarm in alarms],
        scores=scores,
        alarms=alarms,
    )


def _judged(
    column: _Forecasts,
    trials: Sequence[Trial],
    recording_ids: Sequence[int],
    threshold_ratio: float,
) -> Judged:
    everywhere = range(len(trials))
    fresh = [index for index in everywhere if trials[index].outcome.was_absent is True]

    def figures(chosen: Sequence[int]) -> Metrics:
        scores = column.scores
        return metrics(
            [trials[index].outcome.came is True for index in chosen],
            [column.probabilities[index] for index in chosen],
            [recording_ids[index] for index in chosen],
            scores=None if scores is None else [scores[index] for index in chosen],
            threshold_ratio=threshold_ratio,
        )

    return Judged(
        name=column.name,
        source=column.source,
        all=figures(everywhere),
        onsets=figures(fresh),
        timing=timing(trials, recording_ids, column.alarms),
    )
