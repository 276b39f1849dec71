"""A forecast as JSON, the same in every format that has one."""

from vmadvisor.model.forecast import Forecast


def forecast_table(forecast: Forecast) -> dict[str, object]:
    """``probability`` is ``null`` where there is no calibrated one; ``reason`` then says why."""
    return {
        "event": forecast.event,
        "scope": forecast.scope,
        "horizon_s": forecast.horizon_s,
        "probability": forecast.probability_ratio,
        "low": forecast.low_ratio,
        "high": forecast.high_ratio,
        "reason": forecast.reason,
        "drivers": [driver.text for driver in forecast.drivers],
    }
