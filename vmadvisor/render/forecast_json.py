"""A forecast as JSON, the same in every format that has one."""

from vmadvisor.model.forecast import Forecast, Outlook, Quantiles


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


def _time_table(found: Quantiles) -> dict[str, object]:
    return {
        "what": found.what,
        "scope": found.scope,
        "p10_s": found.p10_s,
        "p50_s": found.p50_s,
        "p90_s": found.p90_s,
        "extrapolated": found.is_extrapolated,
    }


def outlook_tables(found: Outlook | None) -> dict[str, object]:
    """``forecasts`` and what they rest on, ``times`` (seconds until something runs out), expected stalls."""
    if found is None:
        return {
            "forecast_basis": None, "forecasts": [], "times": [], "expected_full_stalls": [],
        }  # fmt: skip
    return {
        "forecast_basis": {"samples_count": found.samples_count, "span_s": found.span_s},
        "forecasts": [forecast_table(forecast) for forecast in found.forecasts],
        "times": [_time_table(one) for one in found.times],
        "expected_full_stalls": [
            {"horizon_s": horizon_s, "full_stall_s": lost_s}
            for horizon_s, lost_s in found.full_stall_s_by_horizon
        ],
    }
