"""Rows of one event as arrays, and what its forests are fitted to."""

import numpy as np
from forecast_rows import GROUP_STALL, Row

from vmadvisor.model.events import MEMORY_STALL, STALL_MIN_RATIO

_NOISE_RATIO = 0.002
_LOGISTIC = 1.7  # a logistic curve as steep as the normal distribution's
_REPEAT_LOG = 0.35
"""How far the share that stalls differs between repeats of one load, as a logarithm's standard deviation."""


class Data:
    """All rows of one event as arrays."""

    def __init__(self, event: str, rows: list[Row], known: tuple[str, ...] = ()) -> None:
        chosen = [row for row in rows if row.outcomes.get(event) is not None]
        self.event = event
        self.rows = chosen
        found = (name for row in chosen for name in row.signals)
        self.names = list(dict.fromkeys((*known, *found)))
        self.values = np.array(
            [[_number(row.signals.get(name)) for name in self.names] for row in chosen]
        )
        self.came = np.array([float(bool(row.outcomes[event])) for row in chosen])
        self.targets = _targets(event, chosen, self.came)
        self.was = np.array([row.past[event] for row in chosen])
        self.scopes = np.array([row.scope for row in chosen])
        self.recordings = np.array([row.recording for row in chosen])
        self.horizons = np.array([row.horizon_s for row in chosen])
        self.is_whole = np.array([row.observer == "whole" for row in chosen])
        self.observers = np.array([row.observer for row in chosen])
        self.weights = np.where(self.is_whole, 1.0, 0.5)


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _targets(event: str, rows: list[Row], came: np.ndarray) -> np.ndarray:
    """What the forests are fitted to: the outcome; of a share against a limit, how surely it lies above.

    4.9 and 5.1 % of ten seconds are one load, and which of them it is is chance. Judged is what came.
    """
    if event not in (MEMORY_STALL, GROUP_STALL):
        return came
    shares = np.array([np.nan if row.stalled_ratio is None else row.stalled_ratio for row in rows])
    beyond = np.log((shares + _NOISE_RATIO) / (STALL_MIN_RATIO + _NOISE_RATIO)) / _REPEAT_LOG
    return np.where(np.isnan(beyond), came, 1 / (1 + np.exp(-_LOGISTIC * beyond)))
