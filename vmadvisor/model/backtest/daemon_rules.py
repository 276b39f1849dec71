"""The rules by which daemons act, asked about the host as a whole; killing and tuning are left out."""

from functools import partial
from typing import Final

from vmadvisor.model.backtest.guess import SILENT, Guess
from vmadvisor.model.backtest.trend import SAMPLES_COUNT, line_through, recent
from vmadvisor.model.rates import rise
from vmadvisor.model.sample import NodeSample, Sample
from vmadvisor.model.track import Track

CATCH_UP_FACTOR: Final = 3.0
"""``predict()`` asks for ``time_taken <= 3 * time_to_catchup`` (adaptivemm, ``predict.c``)."""

EARLYOOM_MIN_RATIO: Final = 0.10
"""earlyoom's ``-m 10 -s 10``, below which it sends SIGTERM (``main.c:lowmem_sig``)."""

OOMD_USED_MAX_RATIO: Final = 0.90
OOMD_FULL_AVG10_MAX_PCT: Final = 60.0
OOMD_DURATION_S: Final = 30.0
"""systemd-oomd's ``SwapUsedLimit=``, ``DefaultMemoryPressureLimit=`` and ``...DurationSec=``."""


def adaptivemmd(track: Track, horizon_s: float) -> Guess:
    """Free pages of a node fall, and stand at the high marks or get there before kswapd can catch up.

    ``t_high <= 3 * t_catchup`` with both over the same ``free - high`` is ``rate <= 3 * |slope|``. With
    the units that it documents: its own slope is 100 times too steep, its rate whole pages per ms. As
    there, no verdict while kswapd frees nothing, nor before the window of eight is full. Its rule for
    compaction needs ``buddyinfo``, which is left out.
    """
    del horizon_s
    samples = recent(track)
    if len(samples) < SAMPLES_COUNT:
        return SILENT
    before, last = samples[-2], samples[-1]
    stolen = rise(before.vmstat.pgsteal_kswapd_pages_total, last.vmstat.pgsteal_kswapd_pages_total)
    if stolen is None:
        return SILENT
    rate = stolen / (last.time_s - before.time_s)
    is_alarm = rate > 0 and any(_runs_out(node, samples, rate) for node in last.nodes)
    return Guess(score=float(is_alarm), is_alarm=is_alarm)


def _runs_out(node: NodeSample, samples: list[Sample], reclaim_pages_per_s: float) -> bool:
    line = line_through(samples, partial(_free_pages, node_id=node.node_id))
    if line is None or line.slope_pages_per_s >= 0:
        return False
    is_faster = reclaim_pages_per_s <= CATCH_UP_FACTOR * -line.slope_pages_per_s
    return node.free_pages <= node.high_pages or is_faster


def _free_pages(sample: Sample, node_id: int) -> int | None:
    return next((node.free_pages for node in sample.nodes if node.node_id == node_id), None)


def earlyoom(track: Track, horizon_s: float) -> Guess:
    """MemAvailable of what users can have (itself and AnonPages) and free swap both at 10 % or below.

    Without swap, free swap is 0 % (``meminfo.c:parse_meminfo``).
    """
    del horizon_s
    last = track.last
    anon_pages = last.vmstat.nr_anon_pages
    if last.available_pages is None or anon_pages is None or last.swap_free_pages is None:
        return SILENT
    memory = last.available_pages / max(1, last.available_pages + anon_pages)
    swap = last.swap_free_pages / last.swap_total_pages if last.swap_total_pages else 0.0
    left = max(memory, swap)
    return Guess(score=-left, is_alarm=left <= EARLYOOM_MIN_RATIO)


def systemd_oomd(track: Track, horizon_s: float) -> Guess:
    """Memory and swap both used above 90 %, or ``full`` avg10 above 60 % for 30 s.

    The first never without swap (``oomd-util.c:oomd_swap_free_below``); the second is asked of the host,
    whose slices the daemon would watch. The score is the nearer of the two, as a share of its limit.
    """
    del horizon_s
    used, pressure = _used_ratio(track.last), _lasting_full_pct(track)
    shares = [
        value / limit
        for value, limit in ((used, OOMD_USED_MAX_RATIO), (pressure, OOMD_FULL_AVG10_MAX_PCT))
        if value is not None
    ]
    if not shares:
        return SILENT
    is_pressed = pressure is not None and pressure > OOMD_FULL_AVG10_MAX_PCT
    is_used = used is not None and used > OOMD_USED_MAX_RATIO
    return Guess(
        score=max(shares), is_alarm=is_used or (is_pressed and track.span_s >= OOMD_DURATION_S)
    )


def _used_ratio(sample: Sample) -> float | None:
    if sample.available_pages is None or not sample.total_pages:
        return None
    if sample.swap_free_pages is None or not sample.swap_total_pages:
        return None
    return min(
        1 - sample.available_pages / sample.total_pages,
        1 - sample.swap_free_pages / sample.swap_total_pages,
    )


def _lasting_full_pct(track: Track) -> float | None:
    """What avg10 did not fall below in the last 30 s."""
    values = [sample.memory_full_avg10_pct for sample in track.since(OOMD_DURATION_S)]
    known = [value for value in values if value is not None]
    return min(known) if len(known) == len(values) else None
