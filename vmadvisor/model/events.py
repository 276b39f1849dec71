"""The events that are forecast, and how to tell afterwards whether they came.

- ``direct_reclaim``: the sum of the allocstall counters rises; a diagnostic, hundreds may cost nothing.
- ``memory_stall``: PSI memory ``full`` grows by 5 % of the horizon or more: nobody worked meanwhile.
- ``oom``: ``oom_kill`` rises, by the host's shortage or at a cgroup's own limit.
- ``oom_global``: it rises by more than the kills that cgroups had at their own limits.

Counters of the host's tell all four but the last, which needs the groups' ``memory.events``.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.sample import Sample

DIRECT_RECLAIM: Final = "direct_reclaim"
MEMORY_STALL: Final = "memory_stall"
OOM: Final = "oom"
OOM_GLOBAL: Final = "oom_global"
EVENTS: Final = (DIRECT_RECLAIM, MEMORY_STALL, OOM, OOM_GLOBAL)

COUNTER_OF: Final[Mapping[str, str]] = {
    DIRECT_RECLAIM: "allocstall_total",
    MEMORY_STALL: "memory_full_us_total",
    OOM: "oom_kill_total",
    OOM_GLOBAL: "oom_kill_total",
}
"""The host's counter that each shows in, by its name in ``model.past``."""

STALL_MIN_RATIO: Final = 0.05
"""Share of the horizon in PSI memory ``full`` from which on it is harm and not noise."""


def least_rise(event: str, horizon_s: float) -> float:
    """How much the event's counter must grow in the horizon: by one; PSI's by its share, in us.

    >>> least_rise("oom", 10.0), least_rise("memory_stall", 10.0)
    (1.0, 500000.0)
    """
    return STALL_MIN_RATIO * horizon_s * US_PER_S if event == MEMORY_STALL else 1.0


def full_stall_s(before: Sample, after: Sample) -> float | None:
    """Seconds in which no task could work for want of memory; ``None`` without PSI."""
    stalled_us = rise(before.memory_full_us_total, after.memory_full_us_total)
    return None if stalled_us is None else stalled_us / US_PER_S


def cgroup_kills_count(before: Sample, after: Sample) -> int:
    """Kills at cgroups' own limits between two samples: ``oom`` and ``oom_kill`` rose together.

    ``memory.events`` is hierarchical, so of nested groups only the topmost counts.
    """
    earlier = {group.path: group for group in before.groups}
    struck: dict[str, int] = {}
    for group in after.groups:
        old = earlier.get(group.path)
        ooms = rise(old.oom_total if old else 0, group.oom_total)
        kills = rise(old.oom_kill_total if old else 0, group.oom_kill_total)
        if ooms and kills:
            struck[group.path] = kills
    return sum(
        count
        for path, count in struck.items()
        if not any(path.startswith(other.rstrip("/") + "/") for other in struck if other != path)
    )


def happened(event: str, before: Sample, after: Sample) -> bool | None:
    """Whether the event came between two samples; ``None`` where the kernel does not tell."""
    if event == DIRECT_RECLAIM:
        stalls = rise(before.vmstat.allocstall_total, after.vmstat.allocstall_total)
        return None if stalls is None else stalls > 0
    if event == MEMORY_STALL:
        stalled_s = full_stall_s(before, after)
        if stalled_s is None:
            return None
        return stalled_s >= STALL_MIN_RATIO * (after.time_s - before.time_s)
    kills = rise(before.vmstat.oom_kill_total, after.vmstat.oom_kill_total)
    if kills is None:
        return None
    return kills > (cgroup_kills_count(before, after) if event == OOM_GLOBAL else 0)


def first_time_s(event: str, samples: Sequence[Sample]) -> float | None:
    """When a counted event first shows in ``samples``; ``None`` if it does not, or is a share of time."""
    for before, after in itertools.pairwise(samples):
        if event != MEMORY_STALL and happened(event, before, after):
            return after.time_s
    return None
