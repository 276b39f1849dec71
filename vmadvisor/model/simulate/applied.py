"""A change laid over machine and demand: limits of cgroups and processes cut what the workload gets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from vmadvisor.model.simulate.demand import Demand, Interval
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.simulate.settings import (
    GROUP_HIGH,
    GROUP_LIMIT,
    PROCESS_LIMIT,
    Change,
    SettingError,
    settled_with_notes,
    size_bytes,
)
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

_ENDS = {
    GROUP_LIMIT: "the OOM killer would strike in it",
    GROUP_HIGH: "its tasks would be slowed until they fit, none killed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """Machine and demand under a change; ``notes`` says what the model leaves out of it.

    ``is_group_only``: the change is about a cgroup's own reclaim, which host counters do not show.
    """

    machine: Machine
    demand: Demand
    notes: tuple[str, ...]
    is_group_only: bool = False


def applied(
    change: Change, snapshot: Snapshot, moments: Sequence[Observed], demand: Demand
) -> Applied:
    """The machine and demand under a change; raises ``SettingError`` where the kernel would refuse."""
    machine, notes = settled_with_notes(change, snapshot)
    found = Applied(machine=machine, demand=demand, notes=notes)
    page_bytes = machine.page_size_bytes
    for key, value in change.pairs:
        limit_pages = (size_bytes(value) or 0) // page_bytes
        if key.startswith((GROUP_LIMIT, GROUP_HIGH)):
            found = _limit_group(found, key, limit_pages, moments)
            found = replace(found, is_group_only=len(change.pairs) == 1)
        elif key.startswith(PROCESS_LIMIT):
            found = _limit_process(found, key.removeprefix(PROCESS_LIMIT), limit_pages, moments)
    return found


def _limit_group(
    found: Applied, key: str, limit_pages: int, moments: Sequence[Observed]
) -> Applied:
    """A cgroup at ``memory.max`` or ``memory.high``: what it holds beyond page cache does not pass the limit.

    At ``max`` someone in it is killed; at ``high`` whoever asks for more is put to sleep
    (``mem_cgroup_handle_over_high``), in the end for as long as it stays above.
    """
    kind, _, path = key.partition(":")

    def kept(moment: Observed) -> float:
        for group in moment.sample.groups:
            if group.path == path:
                return float(group.current_pages if group.kept_pages is None else group.kept_pages)
        return 0.0

    if not any(group.path == path for moment in moments for group in moment.sample.groups):
        raise SettingError(f"no cgroup {path!r} with a limit in what was recorded")
    most = max(kept(moment) for moment in moments)
    if most <= limit_pages:
        return replace(
            found, notes=(*found.notes, f"{path} never held more than the limit beside page cache")
        )
    end = _ENDS[f"{kind}:"]
    note = f"{path} held up to {most:.0f} pages that are no page cache: {end}"
    return replace(
        found,
        demand=_without_excess(found.demand, moments, kept, limit_pages),
        notes=(*found.notes, note),
    )


def _limit_process(
    found: Applied, pid: str, limit_pages: int, moments: Sequence[Observed]
) -> Applied:
    """A process that is refused memory beyond a limit (RLIMIT_AS, RLIMIT_DATA): it keeps what fits."""

    def held(moment: Observed) -> float:
        use = moment.uses.get(int(pid)) if pid.isascii() and pid.isdigit() else None
        return float(use.anon_pages + use.swap_pages) if use else 0.0

    if not any(held(moment) for moment in moments):
        raise SettingError(f"no process {pid!r} with memory in what was recorded")
    note = "what a process does once memory is refused is not known: it is taken to go on without"
    return replace(
        found,
        demand=_without_excess(found.demand, moments, held, limit_pages),
        notes=(*found.notes, note),
    )


def _without_excess(
    demand: Demand,
    moments: Sequence[Observed],
    held: Callable[[Observed], float],
    limit_pages: int,
) -> Demand:
    """The demand less what someone holds beyond a limit."""
    excess = [max(0.0, held(moment) - limit_pages) for moment in moments]
    intervals: list[Interval] = []
    for interval, (before, after) in zip(demand.intervals, pairwise(excess), strict=True):
        grown = after - before
        intervals.append(
            replace(
                interval,
                anon_alloc_pages=max(0.0, interval.anon_alloc_pages - max(grown, 0.0)),
                anon_free_pages=max(0.0, interval.anon_free_pages - max(-grown, 0.0)),
            )
        )
    start = demand.start
    total = sum(start.anon_pages) or 1.0
    kept = tuple(max(0.0, pages - excess[0] * pages / total) for pages in start.anon_pages)
    freed = tuple(
        usable + old - new
        for usable, old, new in zip(start.usable_pages, start.anon_pages, kept, strict=True)
    )
    return replace(
        demand,
        start=replace(start, anon_pages=kept, usable_pages=freed),
        intervals=tuple(intervals),
    )
