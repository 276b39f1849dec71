"""Points of several origins as one series: our own readings, and others' only where ours do not reach.

Two programs that looked at one host at other moments, one at counters and one at means, make no line.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from vmadvisor.model.past import Point

OWN = frozenset({"check", "sample", "recording"})
_COUNTING = frozenset({"pcp"})
_FOLLOW = "follow"
"""Crowds of readings behind a forecast, which tell what came of it: no even course in time."""


def one_source(points: Sequence[Point]) -> tuple[Point, ...]:
    """Our own points; of another program's those before the first or after the last of a better one's.

    Archives that tell counters come before those that tell means.
    """
    points = [point for point in points if point.origin != _FOLLOW]
    for better in (OWN, _COUNTING):
        times_s = [point.time_utc_s for point in points if point.origin in better]
        if times_s:
            first_s, last_s = min(times_s), max(times_s)
            points = [
                point
                for point in points
                if point.origin in OWN | better or not first_s <= point.time_utc_s <= last_s
            ]
    return tuple(points)


def foreign_counts(points: Iterable[Point]) -> dict[str, int]:
    """How many points are of each origin that is not one of ours.

    >>> foreign_counts([Point(time_utc_s=5.0, boot_id=None, origin="sar")])
    {'sar': 1}
    """
    return dict(Counter(point.origin for point in points if point.origin not in OWN))
