"""Trials with known outcomes."""

from collections.abc import Callable

import pytest

from vmadvisor.model.backtest.series import Outcome
from vmadvisor.model.backtest.trial import Trial


@pytest.fixture
def trial() -> Callable[..., Trial]:
    """``trial(14.0, came=True, was_absent=True, lead_s=3.5)``, a second after the one before."""

    def build(time_s: float, **known: object) -> Trial:
        outcome = {"came": False, "was_absent": True, "lead_s": None}
        outcome |= {name: known.pop(name) for name in list(known) if name in outcome}
        fields: dict[str, object] = {
            "step_s": 1.0,
            "event": "oom",
            "scope": "host",
            "horizon_s": 10.0,
            "probability_ratio": None,
            "low_ratio": None,
            "high_ratio": None,
            "guesses": (),
        }
        return Trial(time_s=time_s, outcome=Outcome(**outcome), **(fields | known))

    return build
