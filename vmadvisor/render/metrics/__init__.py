"""The metrics of a report, in the order in which they are printed: a new one is one line in its module."""

from vmadvisor.render.metrics import forecasts, reading, reclaim, verdict, zones

METRICS = (
    *verdict.METRICS,
    *forecasts.METRICS,
    *zones.METRICS,
    *reclaim.METRICS,
    *reading.METRICS,
)
