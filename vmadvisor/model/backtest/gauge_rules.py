"""Rules that look at one gauge now, or follow it along a straight line: alert files, and common sense."""

from functools import partial
from typing import Final

from vmadvisor.model.backtest.guess import SILENT, Guess
from vmadvisor.model.backtest.trend import line_through, recent
from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.sample import Sample
from vmadvisor.model.track import Track

AVAILABLE_MIN_RATIO: Final = 0.10
"""``NodeMemoryHighUtilization`` of node-exporter's mixin: used above 90 %, that is available below 10 %."""

SOME_MAX_RATIO: Final = 0.10
SOME_WINDOW_S: Final = 10.0
"""psi-notify: memory ``some`` avg10 above 10 %; here from ``total`` over the same ten seconds."""

FULL_AVG10_MAX_PCT: Final = 40.0
"""nohang's soft threshold for ``full_avg10``, without the 30 s for which it must last."""


def available(track: Track, horizon_s: float) -> Guess:
    """MemAvailable as a share of MemTotal."""
    del horizon_s
    last = track.last
    if last.available_pages is None or not last.total_pages:
        return SILENT
    share = last.available_pages / last.total_pages
    return Guess(score=-share, is_alarm=share < AVAILABLE_MIN_RATIO)


def psi_some(track: Track, horizon_s: float) -> Guess:
    """Share of the last ten seconds in which some task waited for memory."""
    del horizon_s
    before, last = track.before(SOME_WINDOW_S), track.last
    stalled_us = rise(before.memory_some_us_total, last.memory_some_us_total)
    if stalled_us is None or last.time_s <= before.time_s:
        return SILENT
    share = stalled_us / US_PER_S / (last.time_s - before.time_s)
    return Guess(score=share, is_alarm=share > SOME_MAX_RATIO)


def psi_full(track: Track, horizon_s: float) -> Guess:
    """PSI memory ``full`` avg10."""
    del horizon_s
    avg10_pct = track.last.memory_full_avg10_pct
    if avg10_pct is None:
        return SILENT
    return Guess(score=avg10_pct, is_alarm=avg10_pct > FULL_AVG10_MAX_PCT)


def free_below_low(track: Track, horizon_s: float) -> Guess:
    """Free pages against the low marks, where kswapd wakes; the worst node counts."""
    del horizon_s
    nodes = [node for node in track.last.nodes if node.managed_pages]
    if not nodes:
        return SILENT
    score = max(-node.slack_pages / node.managed_pages for node in nodes)
    return Guess(score=score, is_alarm=any(node.slack_pages == 0 for node in nodes))


def line_through_available(track: Track, horizon_s: float) -> Guess:
    """A straight line through MemAvailable: alarms if it meets zero within the horizon."""
    line = line_through(recent(track), lambda sample: sample.available_pages)
    if line is None or not track.last.total_pages:
        return SILENT
    left_pages = line.after_pages(horizon_s)
    return Guess(score=-left_pages / track.last.total_pages, is_alarm=left_pages <= 0)


def line_through_free(track: Track, horizon_s: float) -> Guess:
    """A straight line through free pages: alarms if it meets the min marks, where tasks reclaim."""
    samples, shares = recent(track), []
    for node in track.last.nodes:
        line = line_through(samples, partial(_above_min_pages, node_id=node.node_id))
        if line is not None and node.managed_pages:
            shares.append(line.after_pages(horizon_s) / node.managed_pages)
    if not shares:
        return SILENT
    return Guess(score=-min(shares), is_alarm=min(shares) <= 0)


def _above_min_pages(sample: Sample, node_id: int) -> int | None:
    return next((n.above_min_pages for n in sample.nodes if n.node_id == node_id), None)
