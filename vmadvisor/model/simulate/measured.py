"""What a recording counted over its whole length: the figures that a what-if is anchored on."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.records import dataclass

BLOCKS_COUNT = 8
"""A rate's spread is that between so many parts of the recording."""

_Z_90 = 1.645


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Per second over the whole recording, and the standard error that its parts suggest."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """The lower end of a 90 % interval."""
        return max(0.0, self.value - _Z_90 * self.error)

    @property
    def high(self) -> float:
        """The upper end of it."""
        return self.value + _Z_90 * self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``None`` where this kernel does not count."""

    seconds_s: float
    stalls: Rate | None
    full_stall: Rate | None
    node_scan_pages: Rate | None
    refault_anon_pages: Rate | None
    refault_file_pages: Rate | None
    swap_in_pages: Rate | None
    kswapd_cpu: Rate | None
    mean_free_pages: Rate
    kills_count: int


def measured(moments: Sequence[Observed], *, zone_reclaim_mode: int) -> Measured:
    """Rates of a recording of at least two moments."""

    def rate(name: str) -> Rate | None:
        return _rate(moments, lambda m: getattr(m.sample.vmstat, name))

    full = _rate(moments, lambda m: m.sample.memory_full_us_total)
    first, last = moments[0].sample, moments[-1].sample
    return Measured(
        seconds_s=last.time_s - first.time_s,
        stalls=rate("allocstall_total"),
        full_stall=None
        if full is None
        else Rate(value=full.value / US_PER_S, error=full.error / US_PER_S),
        node_scan_pages=_node_scan(moments) if zone_reclaim_mode else Rate(value=0.0, error=0.0),
        refault_anon_pages=rate("workingset_refault_anon_pages_total"),
        refault_file_pages=rate("workingset_refault_file_pages_total"),
        swap_in_pages=rate("pswpin_pages_total"),
        kswapd_cpu=_kswapd(moments),
        mean_free_pages=_mean_free(moments),
        kills_count=rise(first.vmstat.oom_kill_total, last.vmstat.oom_kill_total) or 0,
    )


def _rate(moments: Sequence[Observed], counter: Callable[[Observed], int | None]) -> Rate | None:
    found = [(m.sample.time_s, counter(m)) for m in moments]
    known = [(time_s, float(value)) for time_s, value in found if value is not None]
    return _rate_of(known)


def _rate_of(known: Sequence[tuple[float, float]]) -> Rate | None:
    if len(known) < 2 or known[-1][1] < known[0][1]:  # noqa: PLR2004 - a rate takes two
        return None
    seconds = known[-1][0] - known[0][0]
    value = (known[-1][1] - known[0][1]) / seconds
    step = max(1, (len(known) - 1) // BLOCKS_COUNT)
    marks = known[::step]
    parts = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(marks)]
    return Rate(value=value, error=_error(parts))


def _error(parts: Sequence[float]) -> float:
    count = len(parts)
    if count < 2:  # noqa: PLR2004 - one part has no spread
        return float(parts[0]) if parts else 0.0
    mean = sum(parts) / count
    return float((sum((part - mean) ** 2 for part in parts) / (count - 1) / count) ** 0.5)


def _node_scan(moments: Sequence[Observed]) -> Rate | None:
    """Pages that node_reclaim scanned: what ``pgscan_direct`` counts where no one stalled."""
    total, known = 0.0, [(moments[0].sample.time_s, 0.0)]
    for before, after in pairwise(moments):
        old, new = before.sample.vmstat, after.sample.vmstat
        scanned = rise(old.pgscan_direct_pages_total, new.pgscan_direct_pages_total)
        if scanned is None:
            return None
        if not rise(old.allocstall_total, new.allocstall_total):
            total += scanned
        known.append((after.sample.time_s, total))
    return _rate_of(known)


def _kswapd(moments: Sequence[Observed]) -> Rate | None:
    known = [
        (m.sample.kswapd_time_s, m.sample.kswapd_s_total)
        for m in moments
        if m.sample.kswapd_s_total is not None and m.sample.kswapd_time_s is not None
    ]
    steps = [known[0], *(b for a, b in pairwise(known) if b[0] > a[0])] if known else []
    return _rate_of(steps)


def _mean_free(moments: Sequence[Observed]) -> Rate:
    parts = [sum(node.free_pages for node in moment.nodes) for moment in moments]
    step = max(1, len(parts) // BLOCKS_COUNT)
    blocks = [
        sum(parts[i : i + step]) / len(parts[i : i + step]) for i in range(0, len(parts), step)
    ]
    return Rate(value=sum(parts) / len(parts), error=_error(blocks))
