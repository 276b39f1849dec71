"""What the exporter says of itself, beside the report."""

import os
import resource
from collections.abc import Iterator

from prometheus_client.registry import Collector

from vmadvisor.monitoring.readings import Readings, State
from vmadvisor.render.metrics import METRICS
from vmadvisor.render.metrics._metric import Metric, one
from vmadvisor.render.prometheus import Family, families


def cpu_s() -> float:
    """Of this process and of the children it has waited for, since its start."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def resident_bytes() -> int | None:
    """This process's resident memory; ``None`` where it cannot be read."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - no Path for a file of /proc
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _state(name: str, help_: str, value: str) -> Metric:
    def samples(state: State) -> Iterator[tuple[tuple[str, ...], float | None]]:
        return one(getattr(state, value))

    return Metric(name=f"vmadvisor_exporter_{name}", help=help_, samples=samples)


OWN_METRICS = (
    _state("reading_age_seconds", "How long ago the reading ended that is served here.", "age_s"),
    _state("readings_total", "Readings of the host since the exporter's start.", "readings_count"),
    _state("reading_failures_total", "Readings that failed; the last good one is served.", "failures_count"),
    _state("track_samples", "Samples that the forecast looks back at.", "samples_count"),
    Metric(
        name="vmadvisor_exporter_cpu_seconds_total",
        help="CPU time of the exporter and its children.",
        samples=lambda _: one(cpu_s()),
    ),
    Metric(
        name="vmadvisor_exporter_resident_memory_bytes",
        help="Resident memory of the exporter.",
        samples=lambda _: one(resident_bytes()),
    ),
)  # fmt: skip


class ScrapeCollector(Collector):
    """Asks for a reading each time that the library collects."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Family]:
        """The report's families and the exporter's own."""
        state = self._readings.latest()
        if state.report is not None:
            yield from families(METRICS, state.report)
        yield from families(OWN_METRICS, state)
