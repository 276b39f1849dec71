"""The reading itself: of when it is, how long it took, what it could not read."""

from collections import Counter
from collections.abc import Iterator

from vmadvisor.advise.report import Report
from vmadvisor.render.metrics._metric import Metric, Sample, one
from vmadvisor.render.metrics.forecasts import unix_s


def _gaps_by_path(report: Report) -> Iterator[Sample]:
    for path, count in Counter(gap.path for gap in report.gaps).most_common():
        yield (path,), count


METRICS = (
    Metric(
        name="vmadvisor_reading_timestamp_seconds",
        help="When the host was read: time() less this is how stale all of it is.",
        samples=lambda report: one(unix_s(report.time_utc)),
    ),
    Metric(
        name="vmadvisor_reading_duration_seconds",
        help="From the first file read to the last.",
        samples=lambda report: one(report.reading_s),
    ),
    Metric(
        name="vmadvisor_reading_partial",
        help="1 where time did not suffice for more than a first look.",
        samples=lambda _: one(0.0),
    ),
    Metric(
        name="vmadvisor_processes",
        help="Processes seen.",
        samples=lambda report: one(report.processes_seen_count),
    ),
    Metric(
        name="vmadvisor_gaps",
        help="What could not be read or told, in all.",
        samples=lambda report: one(len(report.gaps)),
    ),
    Metric(
        name="vmadvisor_path_gaps",
        help="What could not be read or told, by the path, or the rule that needs it.",
        labels=("path",),
        samples=_gaps_by_path,
    ),
    Metric(
        name="vmadvisor_build_info",
        help="1; the version of vmadvisor.",
        labels=("version",),
        samples=lambda report: [((report.tool_version,), 1)],
    ),
)
