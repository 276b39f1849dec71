"""One forecast of one instant, beside what came: the row that all figures are made of."""

from vmadvisor.model.backtest.guess import Guess
from vmadvisor.model.backtest.series import Outcome
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """``scope`` is ``host`` or a cgroup's path; a probability of ``None`` was not said.

    ``step_s`` is the time to the recording's next instant, which this one stands for. ``guesses`` are
    those of ``BASELINES``, in their order; none for a cgroup.
    """

    time_s: float
    step_s: float
    event: str
    scope: str
    horizon_s: float
    probability_ratio: float | None
    low_ratio: float | None
    high_ratio: float | None
    outcome: Outcome
    guesses: tuple[Guess, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """All trials of one recording, in time order. ``name`` is its file's, without endings."""

    name: str
    trials: tuple[Trial, ...]
