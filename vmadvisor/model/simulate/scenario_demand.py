"""A scenario's workloads as demand, tick by tick."""

from collections.abc import Sequence
from itertools import pairwise

from vmadvisor.model.simulate.demand import Demand, Interval, Start
from vmadvisor.model.simulate.scenario import TICK_S, TICKS_MAX_COUNT, Scenario, Workload
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Want:
    """What one workload holds, has read and bursts in an interval, in pages."""

    anon_pages: float
    burst_pages: float
    read_pages: float
    again_pages_per_s: float
    set_pages: float
    idle_pages: float


def demand_of(scenario: Scenario, start: Start, page_bytes: int, nodes_count: int) -> Demand:
    """The workloads' demand, tick by tick (long scenarios have longer ones), upon the stocks that are there."""
    count = max(1, min(round(scenario.seconds_s / TICK_S), TICKS_MAX_COUNT))
    ticks = [scenario.seconds_s * i / count for i in range(count + 1)]
    wants = [[_want(w, t, page_bytes, ticks[1]) for w in scenario.workloads] for t in ticks]
    cached = sum(start.file_pages)
    reads_again = any(w.reads_again and w.read_bytes for w in scenario.workloads)
    return Demand(
        start=start,
        intervals=tuple(
            _interval(before, after, ticks[1], cached if reads_again else 0.0, nodes_count)
            for before, after in pairwise(wants)
        ),
        is_reuse_seen=reads_again,
        largest_anon_pages=max(w.anon_bytes // page_bytes for w in scenario.workloads),
    )


def _want(workload: Workload, time_s: float, page_bytes: int, tick_s: float) -> _Want:
    running_s = time_s - workload.start_s
    if running_s <= 0 or time_s > workload.end_s:
        return _Want(
            anon_pages=0,
            burst_pages=0,
            read_pages=0,
            again_pages_per_s=0,
            set_pages=0,
            idle_pages=0,
        )
    anon = _reached(workload.anon_bytes, workload.anon_bytes_per_s, running_s) / page_bytes
    rate = workload.read_bytes_per_s or workload.read_bytes
    read = min(workload.read_bytes, rate * running_s) / page_bytes
    is_through = workload.reads_again and rate * running_s >= workload.read_bytes
    every = workload.burst_every_s or tick_s
    bursts = int(running_s / every) - int(max(0.0, running_s - tick_s) / every)
    return _Want(
        anon_pages=anon,
        burst_pages=bursts * workload.burst_bytes / page_bytes,
        read_pages=read,
        again_pages_per_s=rate / page_bytes if is_through else 0.0,
        set_pages=read if workload.reads_again else 0.0,
        idle_pages=anon if workload.is_idle else 0.0,
    )


def _reached(size: int, per_s: int, running_s: float) -> float:
    return min(float(size), per_s * running_s) if per_s else float(size)


def _interval(
    before: Sequence[_Want], after: Sequence[_Want], tick_s: float, cached: float, nodes_count: int
) -> Interval:
    grown = [new.anon_pages - old.anon_pages for old, new in zip(before, after, strict=True)]
    bursts = sum(want.burst_pages for want in after)
    read = [new.read_pages - old.read_pages for old, new in zip(before, after, strict=True)]
    return Interval(
        seconds_s=tick_s,
        anon_alloc_pages=bursts + sum(pages for pages in grown if pages > 0),
        anon_free_pages=bursts - sum(pages for pages in grown if pages < 0),
        kernel_pages=0.0,
        cold_read_pages=sum(pages for pages in read if pages > 0),
        written_pages=0.0,
        dropped_pages=0.0,
        reread_pages_per_s=sum(want.again_pages_per_s for want in before),
        working_set_pages=cached + sum(want.set_pages for want in after),
        idle_anon_pages=sum(want.idle_pages for want in after),
        intended_ratio=tuple(1 / nodes_count for _ in range(nodes_count)),
    )
