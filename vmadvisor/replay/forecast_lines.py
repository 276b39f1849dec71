"""Forecasts as lines of JSON, one for each recording, instant, event, horizon and scope.

{"recording": "001-leak", "time_s": 13.41, "event": "oom", "scope": "host", "horizon_s": 10,
 "probability": 0.02, "low": 0.004, "high": 0.07}

One line in the file; ``null`` where no probability was said.
"""

import json

from vmadvisor.model.backtest.trial import Trial


def line(recording: str, trial: Trial) -> str:
    """One line, with its end. A horizon of whole seconds is a whole number."""
    horizon_s = trial.horizon_s
    return (
        json.dumps(
            {
                "recording": recording,
                "time_s": trial.time_s,
                "event": trial.event,
                "scope": trial.scope,
                "horizon_s": int(horizon_s) if horizon_s == int(horizon_s) else horizon_s,
                "probability": trial.probability_ratio,
                "low": trial.low_ratio,
                "high": trial.high_ratio,
            },
            allow_nan=False,
        )
        + "\n"
    )
