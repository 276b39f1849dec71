"""What is foreseen, with its intervals, and whether this host's own calibration was in force."""

from collections.abc import Callable, Iterator
from datetime import datetime

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.report import Report
from vmadvisor.model.forecast import Forecast
from vmadvisor.render.metrics._metric import Metric, Sample, Value, one


def _forecasts(value: Callable[[Forecast], Value]) -> Callable[[Report], Iterator[Sample]]:
    """The host's first, then the cgroups by how likely: those in danger are never the ones left out."""

    def samples(report: Report) -> Iterator[Sample]:
        said = [] if report.outlook is None else report.outlook.forecasts
        for forecast in sorted(
            said, key=lambda f: (f.scope != HOST, -(f.probability_ratio or 0.0))
        ):
            labels = (forecast.event, forecast.scope, f"{forecast.horizon_s:g}s")
            yield labels, value(forecast)

    return samples


def _times(report: Report) -> Iterator[Sample]:
    for found in () if report.outlook is None else report.outlook.times:
        for percentile, seconds_s in (
            ("10", found.p10_s),
            ("50", found.p50_s),
            ("90", found.p90_s),
        ):
            yield (found.what, found.scope, percentile), seconds_s


def _extrapolated(report: Report) -> Iterator[Sample]:
    for found in () if report.outlook is None else report.outlook.times:
        yield (found.what, found.scope), float(found.is_extrapolated)


def _full_stall(report: Report) -> Iterator[Sample]:
    for horizon_s, seconds_s in (
        () if report.outlook is None else report.outlook.full_stall_s_by_horizon
    ):
        yield (f"{horizon_s:g}s",), seconds_s


def unix_s(time_utc: str) -> float | None:
    """Seconds since 1970; ``None`` where it is no date.

    >>> unix_s("2026-02-03T04:05:06Z"), unix_s("soon")
    (1770091506.0, None)
    """
    try:
        return datetime.fromisoformat(time_utc).timestamp()
    except ValueError:
        return None


_BY = ("event", "scope", "horizon")
_INTERVAL = "bound of the 90 % interval of vmadvisor_forecast_probability_ratio."

METRICS = (
    Metric(
        name="vmadvisor_forecast_probability_ratio",
        help="Calibrated probability of the event within the horizon; absent where no recordings back one. "
        "direct_reclaim: allocstall rises; memory_stall: PSI memory full for 5 % of the horizon; oom: oom_kill "
        "rises; oom_global: by the host's own shortage.",
        labels=_BY,
        samples=_forecasts(lambda f: f.probability_ratio),
    ),
    Metric(
        name="vmadvisor_forecast_low_ratio",
        help=f"Lower {_INTERVAL}",
        labels=_BY,
        samples=_forecasts(lambda f: f.low_ratio),
    ),
    Metric(
        name="vmadvisor_forecast_high_ratio",
        help=f"Upper {_INTERVAL}",
        labels=_BY,
        samples=_forecasts(lambda f: f.high_ratio),
    ),
    Metric(
        name="vmadvisor_forecast_refused",
        help="1 where nothing can be foreseen (one reading only, no zones), else 0.",
        samples=lambda report: one(
            None if report.outlook is None else float(report.outlook.refusal is not None)
        ),
    ),
    Metric(
        name="vmadvisor_exhaustion_seconds",
        help="Seconds until this stock (low mark, first stall, oom; a cgroup's room to its limit) is gone, at today's rates; "
        "absent where it does not shrink.",
        labels=("what", "scope", "percentile"),
        samples=_times,
    ),
    Metric(
        name="vmadvisor_exhaustion_extrapolated",
        help="1 where vmadvisor_exhaustion_seconds lies further ahead than recordings have shown straight lines.",
        labels=("what", "scope"),
        samples=_extrapolated,
    ),
    Metric(
        name="vmadvisor_forecast_full_stall_seconds",
        help="Expected seconds within the horizon in which no task can work for want of memory.",
        labels=("horizon",),
        samples=_full_stall,
    ),
    Metric(
        name="vmadvisor_calibration_own",
        help="1 where this host's own calibration was in force, 0 for the shipped one alone.",
        samples=lambda report: one(float(report.own_map is not None)),
    ),
    Metric(
        name="vmadvisor_calibration_timestamp_seconds",
        help="When this host's own calibration was fitted.",
        samples=lambda report: one(
            None if report.own_map is None else unix_s(report.own_map.fitted_utc)
        ),
    ),
    Metric(
        name="vmadvisor_calibration_skill_ratio",
        help="How much better than the shipped forecast the host's own calibration did on what it was not fitted on.",
        labels=("event",),
        samples=lambda report: (
            ((event,), own.skill_ratio)
            for event, own in ({} if report.own_map is None else report.own_map.events).items()
        ),
    ),
)
