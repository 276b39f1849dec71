"""What a workload asked for between two moments, told apart from what reclaim did about it.

    anonymous   Δpgalloc less page-ins is what was taken, Δ(anonymous + swapped) what stayed of it
    file        page-ins that refault are read again, the rest for the first time
    kernel      what is neither free nor file nor anonymous, as a difference

Read again are the pages of the working set that are not in memory (``working_set``).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from vmadvisor.model.simulate.flow import Flow, flow_of
from vmadvisor.model.simulate.observed import NodeLists, Observed, idle_pages
from vmadvisor.model.simulate.working_set import REFAULTS_MIN_PAGES, typical_pace, working_sets
from vmadvisor.records import dataclass

_FITS_RATIO = 0.9
"""A working set of which this much is in memory and that misses nothing may be read at any pace unseen."""

_NUMA_LAG_S = 1.0
"""Counters of numa_foreign and its like are folded once a second (``vm.stat_interval``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Demand between two moments. ``intended_ratio`` is by node, in the machine's order.

    ``reread_pages_per_s`` is the pace at which the working set would be read were none of it there.
    """

    seconds_s: float
    anon_alloc_pages: float
    anon_free_pages: float
    kernel_pages: float
    cold_read_pages: float
    written_pages: float
    dropped_pages: float
    reread_pages_per_s: float
    working_set_pages: float
    idle_anon_pages: float
    intended_ratio: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The stocks that a run begins with, by node where they are a node's."""

    usable_pages: tuple[float, ...]
    reserved_free_pages: tuple[float, ...]
    file_pages: tuple[float, ...]
    anon_pages: tuple[float, ...]
    swapped_pages: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A workload over time, from where it began."""

    start: Start
    intervals: tuple[Interval, ...]
    is_reuse_seen: bool
    largest_anon_pages: float

    @property
    def seconds_s(self) -> float:
        """How long it lasts."""
        return sum(interval.seconds_s for interval in self.intervals)


def start_of(moment: Observed) -> Start:
    """A host's stocks as they stand."""
    sample = moment.sample
    return Start(
        usable_pages=tuple(float(node.usable_pages) for node in moment.nodes),
        reserved_free_pages=tuple(
            float(node.free_pages - node.usable_pages) for node in moment.nodes
        ),
        file_pages=tuple(float(node.file_pages) for node in moment.nodes),
        anon_pages=tuple(float(node.anon_pages) for node in moment.nodes),
        swapped_pages=float((sample.swap_total_pages or 0) - (sample.swap_free_pages or 0)),
    )


def demand_of(moments: Sequence[Observed]) -> Demand | None:
    """The demand of a recording; ``None`` with fewer than two moments."""
    if len(moments) < 2:  # noqa: PLR2004 - a difference takes two
        return None
    flows = [flow_of(before, after) for before, after in pairwise(moments)]
    is_reuse_seen = sum(flow.refault_pages for flow in flows) > REFAULTS_MIN_PAGES
    sets = working_sets(moments, flows, is_reuse_seen=is_reuse_seen)
    pace = typical_pace(flows)
    intervals = []
    shares = tuple(1 / len(moments[0].nodes) for _ in moments[0].nodes)
    times = [moment.sample.time_s for moment in moments]
    for (before, after), flow, set_pages in zip(pairwise(moments), flows, sets, strict=True):
        if len(shares) > 1:
            first = max(bisect_right(times, before.sample.time_s - _NUMA_LAG_S) - 1, 0)
            last = min(bisect_left(times, after.sample.time_s + _NUMA_LAG_S), len(times) - 1)
            shares = _intended(moments[first], moments[last], shares)
        cached = sum(node.file_pages for node in before.nodes)
        fits = cached >= _FITS_RATIO * set_pages and flow.refault_pages <= flow.seconds_s
        own_pace = flow.refault_pages / flow.seconds_s
        intervals.append(
            _interval(
                (before, after),
                flow,
                set_pages=set_pages,
                pace=max(own_pace, pace if fits else 0.0),
                idle=idle_pages(before, moments[-1]),
                shares=shares,
            )
        )
    return Demand(
        start=start_of(moments[0]),
        intervals=tuple(intervals),
        is_reuse_seen=is_reuse_seen or any(s > 0 for s in sets),
        largest_anon_pages=max(
            (use.anon_pages for m in moments for use in m.uses.values()), default=0
        ),
    )


def _intended(before: Observed, after: Observed, last: tuple[float, ...]) -> tuple[float, ...]:
    """Share of the requests that was meant for each node, whoever served it.

    A foreign page was meant for the tightest node; what was reclaimed came from there too.
    """
    flow = flow_of(before, after)
    slack = [node.slack_pages for node in after.sample.nodes]
    tight = slack.index(min(slack))
    weights = []
    for place, (old, new) in enumerate(zip(before.nodes, after.nodes, strict=True)):
        used = new.file_pages + new.anon_pages - old.file_pages - old.anon_pages
        elsewhere = flow.foreign_pages + flow.steal_pages
        moved = elsewhere if place == tight else -flow.foreign_pages
        weights.append(max(0.0, used + moved))
    total = sum(weights)
    return tuple(weight / total for weight in weights) if total > 32 else last  # noqa: PLR2004 - one batch


def _stock(nodes: Sequence[NodeLists], name: str) -> float:
    return float(sum(getattr(node, name) for node in nodes))


def _interval(
    pair: tuple[Observed, Observed],
    flow: Flow,
    *,
    set_pages: float,
    pace: float,
    idle: float,
    shares: tuple[float, ...],
) -> Interval:
    before, after = pair
    anon = _stock(after.nodes, "anon_pages") - _stock(before.nodes, "anon_pages")
    file = _stock(after.nodes, "file_pages") - _stock(before.nodes, "file_pages")
    free = _stock(after.nodes, "free_pages") - _stock(before.nodes, "free_pages")
    kernel = -(free + file + anon)
    grown = anon + flow.swap_out_pages - flow.swap_in_pages
    # Between page-in and cache lie reclaim, writes and what someone dropped.
    beside = file - flow.page_in_pages + flow.steal_file_pages
    taken = flow.page_in_pages + flow.swap_in_pages + max(0.0, kernel) + max(0.0, beside)
    gross = max(grown, 0.0)
    if flow.alloc_pages is not None:
        gross = max(gross, flow.alloc_pages - taken)
    return Interval(
        seconds_s=flow.seconds_s,
        anon_alloc_pages=gross,
        anon_free_pages=gross - grown,
        kernel_pages=kernel,
        cold_read_pages=max(0.0, flow.page_in_pages - flow.refault_pages),
        written_pages=max(0.0, beside),
        dropped_pages=max(0.0, -beside),
        reread_pages_per_s=pace,
        working_set_pages=set_pages,
        idle_anon_pages=idle,
        intended_ratio=shares,
    )
