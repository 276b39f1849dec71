"""From a track to the numbers that a forecast weighs: dimensionless, so that they mean the same anywhere.

Each is a ratio on the path from demand to stall (``__alloc_pages_slowpath``, ``balance_pgdat`` in mm/):
demand over the horizon against what is left before the next mark; the largest step against the gap; what
reclaim yields for its scanning; what came back after eviction; how much time was lost, and how often.
Windows of 1 to 60 s end at the last sample; on a shorter track all of it is one window.

A host's own name, its processes' names, its uptime and the place in a recording are not among them.
"""

import itertools
from collections.abc import Callable, Sequence
from math import log, log1p

from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.sample import Sample
from vmadvisor.model.stock import Stock
from vmadvisor.model.track import Track
from vmadvisor.sources.vmstat import Vmstat

Signals = dict[str, float | None]

DEMAND_WINDOWS_S = (1.0, 3.0, 10.0, 30.0)
FLOW_WINDOWS_S = (1.0, 5.0, 30.0)
RECURRENCE_S = 60.0
_RATIO_MIN, _RATIO_MAX = -3.0, 6.0
_STALL_FLOOR_RATIO = 0.003  # below this a share of stalled time is noise
_HARM_RATIO = 0.05
_SCALE_PAGES = 1e5  # rates are given as of a host of 400 MiB, in pages of 4 KiB


def squash(ratio: float) -> float:
    """Demand over stock, signed logarithm: ±1 matters, whether it is 50 or 100 does not.

    >>> [round(squash(x), 2) for x in (-50, -1, 0, 1, 50)]
    [-3.0, -0.69, 0.0, 0.69, 3.93]
    """
    size = log1p(abs(ratio))
    return max(_RATIO_MIN, min(_RATIO_MAX, size if ratio >= 0 else -size))


def _rate(track: Track, counter: Callable[[Vmstat], int | None], window_s: float) -> float | None:
    """Rise per second over the window; ``None`` where the kernel does not count it."""
    start, end = track.before(window_s), track.last
    seconds_s = end.time_s - start.time_s
    count = rise(counter(start.vmstat), counter(end.vmstat))
    return None if count is None or seconds_s <= 0 else count / seconds_s


def _share(track: Track, counter: Callable[[Sample], int | None], window_s: float) -> float | None:
    """Share of the window that a PSI total grew by."""
    start, end = track.before(window_s), track.last
    seconds_s = end.time_s - start.time_s
    stalled_us = rise(counter(start), counter(end))
    if stalled_us is None or seconds_s <= 0:
        return None
    return min(stalled_us / US_PER_S / seconds_s, 1.0)


def stall_size(share: float | None) -> float | None:
    """Logarithm of a stalled share over the 5 % from which on it is harm."""
    return None if share is None else log((share + _STALL_FLOOR_RATIO) / _HARM_RATIO)


def gone_pages_per_s(stocks: Sequence[Stock], size: Callable[[Stock], int]) -> float:
    """Pages per second that went, by least squares over the window; 0 for a single moment."""
    start_s, n = stocks[0].time_s, len(stocks)
    times = [stock.time_s - start_s for stock in stocks]
    sizes = [size(stock) for stock in stocks]
    mean_t, mean_x = sum(times) / n, sum(sizes) / n
    square = sum((t - mean_t) ** 2 for t in times)
    if square <= 0:
        return 0.0
    return -sum((t - mean_t) * (x - mean_x) for t, x in zip(times, sizes, strict=True)) / square


def _demand(track: Track, horizon_s: float) -> Signals:
    """What will be wanted over the horizon against what is left, by each window's slope."""
    found: Signals = {}
    for window_s in DEMAND_WINDOWS_S:
        stocks, name = track.stocks_since(window_s), f"{window_s:g}s"
        now = stocks[-1]
        for what, size in (
            ("stock", _stock_pages),
            ("easy", _easy_pages),
            ("slack", _slack_pages),
        ):
            wanted = gone_pages_per_s(stocks, size) * horizon_s
            found[f"{what}_demand_{name}"] = squash(wanted / (size(now) + 1))
    return found


def _stock_pages(stock: Stock) -> int:
    return stock.stock_pages


def _easy_pages(stock: Stock) -> int:
    return stock.easy_pages


def _slack_pages(stock: Stock) -> int:
    return stock.slack_pages


def _extremes(track: Track, window_s: float) -> Signals:
    """The largest step of demand, how low it went, how far the stock swung."""
    stocks, name = track.stocks_since(window_s), f"{window_s:g}s"
    now = stocks[-1]
    steps = [b.taken_pages - a.taken_pages for a, b in itertools.pairwise(stocks)]
    sizes = [stock.stock_pages for stock in stocks]
    least_slack = min(stock.slack_pages for stock in stocks)
    least_above_min = min(stock.above_min_pages for stock in stocks)
    return {
        f"burst_{name}": log1p(max(0, *steps, 0) / (now.gap_pages + 1)),
        f"least_slack_{name}": log((least_slack + 1) / (now.gap_pages + 1)),
        f"least_above_min_{name}": log((least_above_min + 1) / (now.min_pages + 1)),
        f"stock_swing_{name}": squash((max(sizes) - min(sizes)) / (now.stock_pages + 1)),
    }


_EVENT_COUNTERS: tuple[tuple[str, Callable[[Vmstat], int | None]], ...] = (
    ("allocstall", lambda v: v.allocstall_total),
    ("throttle", lambda v: v.pgscan_direct_throttle_total),
    ("hit_quickly", lambda v: v.kswapd_low_wmark_hit_quickly_total),
    ("kswapd_runs", lambda v: v.pageoutrun_total),
    ("compact_stall", lambda v: v.compact_stall_total),
)
_PAGE_COUNTERS: tuple[tuple[str, Callable[[Vmstat], int | None]], ...] = (
    ("kswapd_scan", lambda v: v.pgscan_kswapd_pages_total),
    ("direct_scan", lambda v: v.pgscan_direct_pages_total),
    ("refault_anon", lambda v: v.workingset_refault_anon_pages_total),
    ("refault_file", lambda v: v.workingset_refault_file_pages_total),
    ("restore", lambda v: v.workingset_restore_pages_total),
    ("swapin", lambda v: v.pswpin_pages_total),
    ("swapout", lambda v: v.pswpout_pages_total),
    ("majfault", lambda v: v.pgmajfault_total),
)


def _scanned(v: Vmstat) -> int | None:
    kswapd, direct = v.pgscan_kswapd_pages_total, v.pgscan_direct_pages_total
    return None if kswapd is None or direct is None else kswapd + direct


def _stolen(v: Vmstat) -> int | None:
    kswapd, direct = v.pgsteal_kswapd_pages_total, v.pgsteal_direct_pages_total
    return None if kswapd is None or direct is None else kswapd + direct


def _flow(track: Track, window_s: float) -> Signals:
    """What reclaim did and what it cost, per second of the window."""
    name = f"{window_s:g}s"
    scale = max(track.stocks_since(0.0)[-1].managed_pages, 1) / _SCALE_PAGES
    found: Signals = {}
    for what, counter in _EVENT_COUNTERS:
        rate = _rate(track, counter, window_s)
        found[f"{what}_{name}"] = None if rate is None else log1p(rate * 10)
    for what, counter in _PAGE_COUNTERS:
        rate = _rate(track, counter, window_s)
        found[f"{what}_{name}"] = None if rate is None else log1p(rate / scale)
    scanned, stolen = _rate(track, _scanned, window_s), _rate(track, _stolen, window_s)
    # Nothing scanned: reclaim has not failed. 1 stands for "gets what it asks for".
    idle = None if scanned is None else 1.0
    found[f"yield_{name}"] = min(stolen / scanned, 1.0) if scanned and stolen is not None else idle
    found[f"full_{name}"] = stall_size(_share(track, lambda s: s.memory_full_us_total, window_s))
    found[f"some_{name}"] = stall_size(_share(track, lambda s: s.memory_some_us_total, window_s))
    found[f"io_full_{name}"] = _share(track, lambda s: s.io_full_us_total, window_s)
    return found


_RECURRING: tuple[tuple[str, Callable[[Vmstat], int | None]], ...] = (
    ("allocstall", lambda v: v.allocstall_total),
    ("oom_kill", lambda v: v.oom_kill_total),
    ("throttle", lambda v: v.pgscan_direct_throttle_total),
    ("kswapd", lambda v: v.pageoutrun_total),
)


def _recurrence(track: Track, horizon_s: float) -> Signals:
    """How often an event came, in seconds that had it, and how long ago last.

    Of n seconds k had the event: (k + 0.3) / (n + 1) a second, times the horizon, is what is expected of
    the next. Thousands of stalls within one second are one bad second.
    """
    samples = track.since(RECURRENCE_S)
    now_s = samples[-1].time_s
    span_s = now_s - samples[0].time_s
    found: Signals = {}
    for name, counter in _RECURRING:
        rises_s = [
            new.time_s
            for old, new in itertools.pairwise(samples)
            if rise(counter(old.vmstat), counter(new.vmstat))
        ]
        seconds_count = len({int(now_s - time_s) for time_s in rises_s})
        ago_s = now_s - rises_s[-1] if rises_s else span_s + horizon_s
        found[f"{name}_expected"] = log((seconds_count + 0.3) / (span_s + 1.0) * horizon_s)
        found[f"{name}_ago"] = squash((ago_s + 0.2) / horizon_s)
    shares = _full_shares(samples, horizon_s)
    found["full_peak"] = stall_size(max(shares, default=None))
    found["full_least"] = stall_size(min(shares, default=None))
    found["full_last"] = stall_size(shares[0] if shares else None)
    found["full_mean"] = stall_size(sum(shares) / len(shares) if shares else None)
    return found


def _full_shares(samples: Sequence[Sample], horizon_s: float) -> list[float]:
    """PSI ``full`` share of each whole window of the horizon's length, newest first; else of all there is."""
    found: list[float] = []
    end = samples[-1]
    for sample in reversed(samples[:-1]):
        is_all = not found and sample is samples[0]
        if end.time_s - sample.time_s < horizon_s - 0.05 and not is_all:
            continue
        stalled_us = rise(sample.memory_full_us_total, end.memory_full_us_total)
        if stalled_us is not None:
            found.append(min(stalled_us / US_PER_S / (end.time_s - sample.time_s), 1.0))
        end = sample
    return found


def _level(track: Track) -> Signals:
    now, sample = track.stocks_since(0.0)[-1], track.last
    managed, vmstat = max(now.managed_pages, 1), sample.vmstat
    swap_total, swap_free = sample.swap_total_pages, sample.swap_free_pages
    used = None if swap_total is None or swap_free is None else swap_total - swap_free
    dirty, writeback = vmstat.nr_dirty_pages, vmstat.nr_writeback_pages
    waiting = None if dirty is None or writeback is None else dirty + writeback
    mapped, inactive = vmstat.nr_mapped_pages, vmstat.nr_inactive_file_pages
    return {
        "stock": now.stock_pages / managed,
        "easy": now.easy_pages / managed,
        "file": now.file_pages / managed,
        "swap_room": now.swap_room_pages / managed,
        "swap_used": None if used is None else used / managed,
        "anon": sample.anon_pages / managed,
        "gap": log((now.gap_pages + 1) / managed),
        "slack": log((now.slack_pages + 1) / (now.gap_pages + 1)),
        "above_min": log((now.above_min_pages + 1) / (now.min_pages + 1)),
        "lowest_node": log1p(now.lowest_node_ratio),
        "boost": sum(node.boost_pages for node in sample.nodes) / (now.min_pages + 1),
        "dirty": None if waiting is None else waiting / (now.file_pages + 1),
        "mapped": None if mapped is None else log1p(mapped / (now.file_pages + 1)),
        "inactive_file": None if inactive is None else inactive / (now.file_pages + 1),
        "span": log1p(min(track.span_s, RECURRENCE_S)),
    }


def state_signals(track: Track) -> Signals:
    """The signals of the track's last instant that hold for every horizon."""
    found = _level(track)
    for window_s in DEMAND_WINDOWS_S:
        found |= _extremes(track, window_s)
    for window_s in FLOW_WINDOWS_S:
        found |= _flow(track, window_s)
    return found


def horizon_signals(track: Track, horizon_s: float) -> Signals:
    """The signals that set what is to come within ``horizon_s`` against what is left."""
    return {
        **_demand(track, horizon_s),
        **_recurrence(track, horizon_s),
        "horizon": log(horizon_s),
    }
