"""What a metric is: a name in base units, what it means and where it comes from, its samples of a report.

    vmadvisor_zone_free_bytes{node="0",zone="Normal"} 8.6016e+07

Names follow Prometheus: ``_bytes``, ``_seconds``, ``_ratio`` (0 to 1), ``_total`` for counters since boot.
A value of ``None`` is no sample: what is missing is absent, never 0. Text is ASCII, for any locale.
"""

from collections.abc import Callable, Iterable, Iterator

from vmadvisor.records import dataclass

PREFIX = "vmadvisor_"

Value = float | None
Sample = tuple[tuple[str, ...], Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``samples`` gives label values in the order of ``labels``, the most important first."""

    name: str
    help: str
    samples: Callable[..., Iterable[Sample]]
    labels: tuple[str, ...] = ()

    @property
    def is_counter(self) -> bool:
        """As the name says."""
        return self.name.endswith("_total")


def one(value: Value) -> Iterator[Sample]:
    """The only sample of a metric without labels.

    >>> list(one(2.5))
    [((), 2.5)]
    """
    yield (), value


def bytes_of(pages: int | None, page_size_bytes: int | None) -> int | None:
    """Pages in bytes; ``None`` where either is not known.

    >>> bytes_of(3, 4096), bytes_of(3, None)
    (12288, None)
    """
    return None if pages is None or page_size_bytes is None else pages * page_size_bytes
