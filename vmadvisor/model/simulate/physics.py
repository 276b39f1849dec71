"""What no kernel file tells: how late kswapd comes, how fast bursts and reclaim are.

Rates are estimated from the recording itself where it shows them; the rest are defaults, fitted on
recordings of the lab (``tests/bench/whatif.py --fit`` names which).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from vmadvisor.model.rates import rise
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.records import dataclass
from vmadvisor.sources.vmstat import Vmstat

BURST_MIN_PAGES_PER_S = 2_000.0
KSWAPD_MIN_S = 0.1
"""Less CPU time of kswapd than this tells nothing of its rate: it is counted in ticks of 10 ms."""

REFAULTS_MIN_PAGES = 256

HARD_PRIOR_PAGES = 1_000.0
"""So many pages freed while little was cached weigh as much as the default."""

LITTLE_FILE_PAGES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Physics:
    """A host's tempers.

    ``wake_delay_s`` is the scale of the time from wake-up to kswapd's first page, ``wake_shape_count`` the
    shape of its Weibull distribution. ``kswapd_pages_per_s`` is for clean page cache; an anonymous page
    written to swap costs ``anon_cost_ratio`` as much. ``hard_file_pages``: as little page cache (beyond
    ``floor_file_pages``, which no one can take) as halves the yield of reclaim. ``miss_count``: the sharpness
    of the working set's edge. A reader whose every page costs a node_reclaim keeps ``node_pace_ratio`` of
    its pace. ``recent_refault_ratio``: of all refaults, those that MGLRU counts as recent, i.e. activates.
    ``busy_idle_ratio``: of the busy processes' memory, what is idle. Pages in use that were swapped out
    come back within ``hot_return_s``; a kill follows ``oom_after_s`` without a page freed. kswapd gives up
    after ``hopeless_after_s`` with less page cache than ``hopeless_file_pages``, for ``hopeless_s``.
    """

    wake_delay_s: float = 0.0025
    wake_shape_count: float = 0.4
    kswapd_pages_per_s: float = 110_000.0
    anon_cost_ratio: float = 8.0
    burst_pages_per_s: float = 40_000.0
    stall_batch_pages: float = 64.0
    stall_s: float = 0.0005
    hard_file_pages: float = 400.0
    floor_file_pages: float = 30.0
    node_pace_ratio: float = 0.4
    miss_count: float = 16.0
    recent_refault_ratio: float = 0.0
    busy_idle_ratio: float = 0.2
    hot_return_s: float = 0.3
    oom_after_s: float = 0.1
    hopeless_file_pages: float = 1_500.0
    hopeless_after_s: float = 0.1
    hopeless_s: float = 20.0


def estimated(moments: Sequence[Observed], default: Physics) -> Physics:
    """The defaults, with what the recording shows in their place."""
    found = default
    first, last = moments[0].sample, moments[-1].sample
    stolen = rise(first.vmstat.pgsteal_kswapd_pages_total, last.vmstat.pgsteal_kswapd_pages_total)
    swapped = rise(first.vmstat.pswpout_pages_total, last.vmstat.pswpout_pages_total) or 0
    if stolen and first.kswapd_s_total is not None and last.kswapd_s_total is not None:
        cpu_s = last.kswapd_s_total - first.kswapd_s_total
        cost = max(stolen - swapped, 0) + swapped * default.anon_cost_ratio
        if cpu_s >= KSWAPD_MIN_S:
            found = replace(found, kswapd_pages_per_s=cost / cpu_s)
    refaults = rise(
        first.vmstat.workingset_refault_pages_total, last.vmstat.workingset_refault_pages_total
    )
    activated = rise(
        first.vmstat.workingset_activate_pages_total, last.vmstat.workingset_activate_pages_total
    )
    if refaults and activated is not None and refaults >= REFAULTS_MIN_PAGES:
        found = replace(found, recent_refault_ratio=min(1.0, activated / refaults))
    stalls = rise(first.vmstat.allocstall_total, last.vmstat.allocstall_total)
    direct = rise(first.vmstat.pgsteal_direct_pages_total, last.vmstat.pgsteal_direct_pages_total)
    if stalls and direct and stalls >= 10:  # noqa: PLR2004 - fewer are no mean
        found = replace(found, stall_batch_pages=max(1.0, direct / stalls))
    return replace(found, burst_pages_per_s=_burst(moments, default.burst_pages_per_s))


def hard_file_pages(moments: Sequence[Observed], default: float) -> float:
    """``hard`` of a yield of ``easy / (easy + hard)``: what was scanned in vain while little was cached.

    Unlike the others it comes of every moment. Only stretches in which no page was swapped out tell of page cache alone.
    """
    missed, freed = HARD_PRIOR_PAGES * default, HARD_PRIOR_PAGES
    for before, after in pairwise(moments):
        cached = min(sum(node.file_pages for node in each.nodes) for each in (before, after))
        old, new = before.sample.vmstat, after.sample.vmstat
        if cached > LITTLE_FILE_PAGES or rise(old.pswpout_pages_total, new.pswpout_pages_total):
            continue
        scanned = _both(old, new, "pgscan")
        stolen = _both(old, new, "pgsteal")
        if scanned is None or stolen is None:
            continue
        missed += max(0, scanned - stolen) * cached
        freed += stolen
    return missed / freed


def _both(old: Vmstat, new: Vmstat, kind: str) -> int | None:
    """By kswapd and by those who stall."""
    found = [
        rise(getattr(old, name), getattr(new, name))
        for name in (f"{kind}_kswapd_pages_total", f"{kind}_direct_pages_total")
    ]
    return None if None in found else sum(each for each in found if each is not None)


def _burst(moments: Sequence[Observed], default: float) -> float:
    """As fast as pages were ever taken between two moments, at least."""
    most = BURST_MIN_PAGES_PER_S
    for before, after in pairwise(moments):
        taken = rise(
            before.sample.vmstat.pgalloc_pages_total, after.sample.vmstat.pgalloc_pages_total
        )
        if taken is not None:
            most = max(most, taken / (after.sample.time_s - before.sample.time_s))
    return max(most, default)
