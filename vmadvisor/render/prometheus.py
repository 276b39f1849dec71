r"""``check --format prometheus``: Prometheus' text format, by its own client library.

    # HELP vmadvisor_verdict 1 for the verdict in force, 0 for the others.
    # TYPE vmadvisor_verdict gauge
    vmadvisor_verdict{status="WARNING"} 1.0

Names of cgroups come from anyone: a label's value is one line of ASCII of bounded length, and a metric has
a bounded number of series; how many were left out is a metric too. Two names that would look the same are
one series, for a scrape with a series twice is refused whole.
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from vmadvisor.advise.report import Report
from vmadvisor.render.escape import terminal
from vmadvisor.render.metrics import METRICS
from vmadvisor.render.metrics._metric import Metric
from vmadvisor.render.style import Style

SERIES_MAX_COUNT = 128
"""Of one metric. Zones of a host of 16 nodes are 48 to 80, forecasts of the host 20."""

VALUE_MAX_CHARS = 160
_CUT = "..."
LEFT_OUT = "vmadvisor_series_left_out"

Family = GaugeMetricFamily | CounterMetricFamily


def label_value(text: str) -> str:
    r"""One line of ASCII; of a long one the beginning and the end, which tells cgroups apart.

    >>> label_value('a\x1b[2J"b'), len(label_value("x" * 5000))
    ('a\\x1b[2J"b', 160)
    """
    shown = terminal(text, is_unicode=False)
    if len(shown) <= VALUE_MAX_CHARS:
        return shown
    half = (VALUE_MAX_CHARS - len(_CUT)) // 2
    return shown[: VALUE_MAX_CHARS - len(_CUT) - half] + _CUT + shown[-half:]


def families(metrics: Iterable[Metric], subject: object) -> Iterator[Family]:
    """Each metric that has a sample, and last how many series were left out."""
    left_out = GaugeMetricFamily(
        LEFT_OUT, "Series of the metric beyond the bound, or with a name like another's.",
        labels=("metric",),
    )  # fmt: skip
    for metric in metrics:
        family, left_out_count = _family(metric, subject)
        if family.samples:
            yield family
        if left_out_count:
            left_out.add_metric((metric.name,), left_out_count)
    if left_out.samples:
        yield left_out


def _family(metric: Metric, subject: object) -> tuple[Family, int]:
    kind = CounterMetricFamily if metric.is_counter else GaugeMetricFamily
    family: Family = kind(metric.name, metric.help, labels=metric.labels)
    seen: set[tuple[str, ...]] = set()
    left_out_count = 0
    for values, value in metric.samples(subject):
        if value is None:
            continue
        labels = tuple(map(label_value, values))
        if labels in seen or len(seen) == SERIES_MAX_COUNT:
            left_out_count += 1
            continue
        seen.add(labels)
        family.add_metric(labels, value)
    return family, left_out_count


class ReportCollector(Collector):
    """One report, as the library asks for it."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def collect(self) -> Iterator[Family]:
        """The families of the report."""
        return families(METRICS, self._report)


def exposition(collector: Collector) -> str:
    """What the collector holds, in the text format 0.0.4."""
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry).decode("ascii")


def render(report: Report, style: Style) -> str:
    """The text format; ``style`` does not change it."""
    del style
    return exposition(ReportCollector(report))
