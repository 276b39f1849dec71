"""What moved a forecast, in numbers a person can check: the signals with the largest part of its log-odds.

Signals of one kind (the same thing seen over several windows) are one driver.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from vmadvisor.model.forecast import Driver
from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.signals import gone_pages_per_s
from vmadvisor.model.stock import Stock
from vmadvisor.model.track import Track
from vmadvisor.model.trees import Tree, shares

MOST_COUNT = 3
_LEAST_ODDS = 0.15
_WINDOW_S = 10.0


def _mib(pages: float, track: Track) -> float:
    return pages * track.last.page_size_bytes / 2**20


def _now(track: Track) -> Stock:
    return track.stocks_since(0.0)[-1]


def _going(track: Track, size: Callable[[Stock], int], what: str) -> tuple[float, str, str]:
    loss = _mib(gone_pages_per_s(track.stocks_since(_WINDOW_S), size), track)
    left = _mib(size(_now(track)), track)
    if loss <= 0:
        return loss, "MiB/s", f"{what} of {left:.0f} MiB, not shrinking"
    return loss, "MiB/s", f"{what} of {left:.0f} MiB goes at {loss:.1f} MiB/s"


def _stock(track: Track) -> tuple[float, str, str]:
    return _going(track, lambda s: s.stock_pages, "what can still be reclaimed or swapped")


def _easy(track: Track) -> tuple[float, str, str]:
    return _going(track, lambda s: s.easy_pages, "free memory and page cache")


def _slack(track: Track) -> tuple[float, str, str]:
    return _going(track, lambda s: s.slack_pages, "free memory above the low marks")


def _burst(track: Track) -> tuple[float, str, str]:
    stocks = track.stocks_since(30.0)
    steps = [
        (b.taken_pages - a.taken_pages, b.time_s - a.time_s) for a, b in itertools.pairwise(stocks)
    ]
    size, seconds_s = max(steps, default=(0, 0.0))
    gap = _mib(_now(track).gap_pages, track)
    mib = _mib(max(size, 0), track)
    return (
        mib,
        "MiB",
        f"bursts of {mib:.0f} MiB in {seconds_s:.1f} s against a gap of {gap:.1f} MiB",
    )


def _full(track: Track) -> tuple[float, str, str]:
    start, end = track.before(30.0), track.last
    stalled_us = rise(start.memory_full_us_total, end.memory_full_us_total) or 0
    seconds_s = end.time_s - start.time_s
    pct = stalled_us / US_PER_S / seconds_s * 100 if seconds_s > 0 else 0.0
    return pct, "%", f"nobody could work in {pct:.1f} % of the last {seconds_s:.0f} s (PSI full)"


def _stalls(track: Track) -> tuple[float, str, str]:
    start, end = track.before(30.0), track.last
    count = rise(start.vmstat.allocstall_total, end.vmstat.allocstall_total) or 0
    seconds_s = end.time_s - start.time_s
    return float(count), "count", f"{count} direct reclaims in the last {seconds_s:.0f} s"


def _reclaim(track: Track) -> tuple[float, str, str]:
    start, end = track.before(30.0), track.last
    seconds_s = max(end.time_s - start.time_s, 1e-9)
    pages = rise(start.vmstat.pgscan_kswapd_pages_total, end.vmstat.pgscan_kswapd_pages_total) or 0
    direct = rise(start.vmstat.pgscan_direct_pages_total, end.vmstat.pgscan_direct_pages_total) or 0
    rate = _mib(pages + direct, track) / seconds_s
    return rate, "MiB/s", f"reclaim scans {rate:.1f} MiB/s"


def _refaults(track: Track) -> tuple[float, str, str]:
    start, end = track.before(30.0), track.last
    seconds_s = max(end.time_s - start.time_s, 1e-9)
    old, new = start.vmstat, end.vmstat
    pages = rise(old.workingset_refault_pages_total, new.workingset_refault_pages_total) or 0
    rate = _mib(pages, track) / seconds_s
    return rate, "MiB/s", f"evicted pages come back at {rate:.1f} MiB/s (refaults)"


def _swap(track: Track) -> tuple[float, str, str]:
    room = _mib(_now(track).swap_room_pages, track)
    return room, "MiB", f"swap can take {room:.0f} MiB more"


def _level(track: Track) -> tuple[float, str, str]:
    left = _mib(_now(track).stock_pages, track)
    total = _mib(_now(track).managed_pages, track)
    return left, "MiB", f"{left:.0f} of {total:.0f} MiB are free, reclaimable or can be swapped"


def _kills(track: Track) -> tuple[float, str, str]:
    start, end = track.before(60.0), track.last
    count = rise(start.vmstat.oom_kill_total, end.vmstat.oom_kill_total) or 0
    return float(count), "count", f"{count} OOM kills in the last {end.time_s - start.time_s:.0f} s"


def _limited(track: Track) -> tuple[float, str, str]:
    groups = track.last.groups
    use = max((group.current_pages / max(group.limit_pages, 1) for group in groups), default=0.0)
    return use * 100, "%", f"a cgroup stands at {min(use, 1.0) * 100:.0f} % of its limit"


_KINDS: tuple[tuple[tuple[str, ...], str, Callable[[Track], tuple[float, str, str]]], ...] = (
    (("stock_demand", "stock_swing"), "demand against all stock", _stock),
    (("easy_demand",), "demand against free and cache", _easy),
    (("slack_demand",), "demand against slack", _slack),
    (("burst",), "bursts", _burst),
    (("full_", "some_", "io_full"), "stalled time", _full),
    (("allocstall", "throttle", "direct_scan"), "direct reclaim", _stalls),
    (("kswapd", "hit_quickly", "yield", "boost", "compact"), "reclaim", _reclaim),
    (("refault", "restore", "majfault"), "refaults", _refaults),
    (("swap",), "swap", _swap),
    (("oom_kill",), "kills", _kills),
    (("limited",), "cgroups at their limits", _limited),
)


def _kind(name: str) -> tuple[str, Callable[[Track], tuple[float, str, str]]]:
    """The driver that a signal belongs to; what is not a flow is the level of what is left."""
    for prefixes, kind, describe in _KINDS:
        if name.startswith(prefixes):
            return kind, describe
    return "what is left", _level


def drivers(
    names: Sequence[str],
    forests: Sequence[Sequence[Tree]],
    values: Sequence[float | None],
    track: Track,
    horizon_s: float,
) -> tuple[Driver, ...]:
    """At most three that raised the forecast, the strongest first; none where nothing did."""
    del horizon_s  # the shares are those of the horizon's own signals
    by_index: dict[int, float] = {}
    for trees in forests:
        for tree in trees:
            shares(tree, values, by_index)
    by_kind: dict[str, float] = {}
    describe: dict[str, Callable[[Track], tuple[float, str, str]]] = {}
    for index, part in by_index.items():
        kind, how = _kind(names[index])
        by_kind[kind] = by_kind.get(kind, 0.0) + part / len(forests)
        describe[kind] = how
    told = (_driver(kind, by_kind[kind], describe[kind], track) for kind in _ranked(by_kind))
    # A flow of nothing raises the odds too, as the lack of a good sign; it is no driver to show.
    return tuple(islice((driver for driver in told if driver.value > 0), MOST_COUNT))


def _ranked(by_kind: Mapping[str, float]) -> list[str]:
    found = [kind for kind, odds in by_kind.items() if odds >= _LEAST_ODDS]
    return sorted(found, key=lambda kind: (-by_kind[kind], kind))


def _driver(
    kind: str, odds: float, how: Callable[[Track], tuple[float, str, str]], track: Track
) -> Driver:
    value, unit, text = how(track)
    return Driver(name=kind, value=value, unit=unit, text=text, weight_ratio=odds)
