"""Where the memory went: what holds it now, and what grew or shrank over the period."""

from collections.abc import Iterator

from vmadvisor.advise.report import Report
from vmadvisor.model.past import Past, gauge_series
from vmadvisor.render import quantities as q
from vmadvisor.render import sections as tables
from vmadvisor.render.layout import row, table
from vmadvisor.render.page import Block, Titled
from vmadvisor.render.parts import Grid
from vmadvisor.render.past_charts import PastCharts

_PARTS = {
    "available_bytes": "available",
    "free_bytes": "free",
    "anon_bytes": "anonymous",
    "shmem_bytes": "shmem and tmpfs",
    "file_bytes": "file cache",
    "slab_unreclaimable_bytes": "slab, unreclaimable",
    "slab_reclaimable_bytes": "slab, reclaimable",
    "swap_free_bytes": "swap free",
}


def use(report: Report, past: Past, charts: PastCharts) -> Iterator[Block]:
    """Tables of now and of the difference, and the course between."""
    now = list(tables.memory_use(report))
    if not now:
        yield "/proc/meminfo could not be read: where the memory is cannot be told."
    for grid in now:
        yield Titled(title="Now", grid=grid)
    difference = _difference(past)
    if difference.rows:
        yield Titled(title="Over the period", grid=difference)
    yield charts.use()


def _difference(past: Past) -> Grid:
    found = table("", "first", "last", "change", "least", "most", numbers=range(1, 6))
    for name, label in _PARTS.items():
        values = [value for _, value in gauge_series(past.points, name)]
        if len(values) > 1:
            change = values[-1] - values[0]
            sign = "+" if change > 0 else ""
            row(
                found,
                label,
                q.size(values[0]),
                q.size(values[-1]),
                sign + q.size(change),
                q.size(min(values)),
                q.size(max(values)),
            )
    return found
