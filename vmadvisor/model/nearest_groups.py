"""Which of many limited cgroups a forecast is worth its time for: those that are or soon will be near their limits.

A host of containers has hundreds of groups with a limit, nearly all of them far from it. Forests for each would
take longer than everything else that a ``check`` does.
"""

from heapq import nlargest
from typing import Final

from vmadvisor.model.group_signals import WINDOWS_S, earlier
from vmadvisor.model.sample import GroupSample
from vmadvisor.model.track import Track

NEAREST_MAX_COUNT: Final = 64
_AHEAD_S: Final = 60.0


def nearest_groups(track: Track, count: int = NEAREST_MAX_COUNT) -> tuple[GroupSample, ...]:
    """The limited groups of the last sample, at most ``count``, in the sample's order.

    Those with the largest share of their limit, now or after a minute of their fastest growth.
    """
    groups = track.last.groups
    if len(groups) <= count:
        return groups
    chosen = nlargest(count, range(len(groups)), key=lambda index: _reach(track, groups[index]))
    return tuple(groups[index] for index in sorted(chosen))


def _reach(track: Track, group: GroupSample) -> float:
    fastest_per_s = 0.0
    for window_s in WINDOWS_S:
        old = earlier(track, group, window_s)
        if old is not None:
            grown = group.current_pages - old.current_pages
            fastest_per_s = max(fastest_per_s, grown / (group.time_s - old.time_s))
    return (group.current_pages + fastest_per_s * _AHEAD_S) / max(group.limit_pages, 1)
