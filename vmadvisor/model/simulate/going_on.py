"""The load that was watched, taken to go on: what a setting comes to once what it moves has moved.

Idle memory goes to swap once, no faster than kswapd writes it. A watch of some seconds shows what that costs
and nothing of what it buys. So the second half of what was watched is repeated until kswapd could have moved
all that is idle four times (it goes through page cache as well), and counted is one half more. What grew or shrank meanwhile is left as it stood: a
load that grows does not go on.
"""

from collections.abc import Sequence
from dataclasses import replace

from vmadvisor.model.simulate.applied import Applied
from vmadvisor.model.simulate.calibrate import Member
from vmadvisor.model.simulate.demand import Demand, Interval
from vmadvisor.model.simulate.figures import means_of_end
from vmadvisor.model.simulate.measured import measured
from vmadvisor.model.simulate.whatif import VARIED_SEEDS, Prepared, present_of

SETTLED_MAX_S = 150.0
MOVED_COUNT = 4.0
GROWTH_MAX_RATIO = 0.05
"""Of memory, what may have grown in the second half: more is a load on its way somewhere."""

LIKELY_COUNT = 1
VARIED_COUNT = 3
"""Of the possible hosts, the likeliest and those that differ in what no count tells (``whatif``)."""


def going_on(found: Prepared) -> Prepared | None:
    """What is the same whatever is changed, for the same load going on; ``None`` where it would not."""
    demand = found.own.demand
    first = _second_half(demand.intervals)
    part = demand.intervals[first:]
    seconds_s = sum(one.seconds_s for one in part)
    if not part or seconds_s <= 0 or _grows(found.own, part):
        return None
    repeats = _repeats(found, part[-1].idle_anon_pages, seconds_s)
    steady = tuple(map(_steady, part))
    longer: Demand = replace(demand, intervals=(*demand.intervals, *steady * repeats))
    own = replace(found.own, demand=longer)
    skipped_count = len(longer.intervals) - len(part)
    hosts = _members(found.hosts, own, skipped_count)
    counted = measured(found.moments[first:], zone_reclaim_mode=own.machine.zone_reclaim_mode)
    return replace(
        found,
        own=own,
        counted=counted,
        hosts=hosts,
        present=present_of(own, counted, hosts[0].base),
        skipped_count=skipped_count,
    )


def _second_half(intervals: Sequence[Interval]) -> int:
    left_s = sum(one.seconds_s for one in intervals) / 2
    for place, one in enumerate(intervals):
        if left_s <= 0:
            return place
        left_s -= one.seconds_s
    return max(len(intervals) - 1, 0)


def _grows(own: Applied, part: Sequence[Interval]) -> bool:
    pages = sum(one.anon_alloc_pages - one.anon_free_pages + one.kernel_pages for one in part)
    return pages > GROWTH_MAX_RATIO * sum(node.managed_pages for node in own.machine.nodes)


def _steady(one: Interval) -> Interval:
    """The same requests, and as much given back."""
    return replace(one, anon_free_pages=one.anon_alloc_pages, kernel_pages=0.0)


def _repeats(found: Prepared, idle_pages: float, seconds_s: float) -> int:
    physics = found.hosts[0].physics
    moving_s = MOVED_COUNT * idle_pages * physics.anon_cost_ratio / physics.kswapd_pages_per_s
    return 1 + max(1, round(min(moving_s, SETTLED_MAX_S) / seconds_s))


def _members(hosts: Sequence[Member], own: Applied, skipped_count: int) -> list[Member]:
    kept = [*hosts[:LIKELY_COUNT], *hosts[max(LIKELY_COUNT, len(hosts) - VARIED_COUNT) :]]
    total = sum(one.weight_ratio for one in kept)
    return [
        replace(
            one,
            weight_ratio=one.weight_ratio / total,
            seeds=VARIED_SEEDS,
            base=means_of_end(own, one.physics, VARIED_SEEDS, skipped_count=skipped_count),
        )
        for one in kept
    ]
