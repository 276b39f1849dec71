"""What is said about the future: probabilities by event, scope and horizon, times, and what drives them."""

from typing import Final

from vmadvisor.records import dataclass

HOST: Final = "host"
HORIZONS_S: Final = (60.0, 600.0, 3600.0)
CHECK_HORIZONS_S: Final = (10.0, 20.0, 30.0, *HORIZONS_S)
"""The default horizons, after those that recordings back with a calibrated probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One quantity that moved the forecast, in the model's terms; ``weight_ratio`` is its log-odds."""

    name: str
    value: float
    unit: str
    text: str
    weight_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One event, one scope (``host`` or a cgroup's path), one horizon.

    ``probability_ratio`` is calibrated; ``None`` where backtests do not hold 20 onsets of this event at
    this horizon, or where the model cannot know: ``reason`` says which. ``low_ratio`` and ``high_ratio``
    are a 90 % interval that widens with how little is known.
    """

    event: str
    scope: str
    horizon_s: float
    probability_ratio: float | None
    low_ratio: float | None
    high_ratio: float | None
    reason: str | None
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles:
    """Seconds until something, ``None`` where that quantile lies beyond what can be foreseen.

    ``scope`` is the host, or the cgroup whose limit it is.
    """

    what: str
    p10_s: float | None
    p50_s: float | None
    p90_s: float | None
    is_extrapolated: bool
    scope: str = HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """All that is foreseen at one instant, of so many samples. ``refusal`` says why there is nothing, where so."""

    time_s: float
    span_s: float
    samples_count: int
    forecasts: tuple[Forecast, ...]
    times: tuple[Quantiles, ...]
    full_stall_s_by_horizon: tuple[tuple[float, float | None], ...]
    refusal: str | None
