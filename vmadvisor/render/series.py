"""Series made fit for a picture: broken where nothing is known, thinned without losing a peak, summed up."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import median

from vmadvisor.records import dataclass
from vmadvisor.render.chart import Points

GAP_RATIO = 3.0
"""So many usual steps without a point are a gap."""

_NEAR_COUNT = 5
_SPARK = ("▁▂▃▄▅▆▇█", "_.-=+*%#")


class Steps:
    """All moments at which a host was looked at, in order, and where a line through them must not go on."""

    def __init__(self, times_s: Sequence[float], starts_s: frozenset[float] = frozenset()) -> None:
        """``starts_s`` are the first moments of boots."""
        self._times_s = times_s
        self._starts_s = starts_s
        self._place = {time_s: index for index, time_s in enumerate(times_s)}
        self._usual_s = _usual_steps_s(times_s)

    def broken(self, points: Iterable[tuple[float, float]]) -> Points:
        """The points with a ``None`` wherever a line is broken.

        That is where a point lacks its neighbour among the moments, at a step ``GAP_RATIO`` times the usual
        one nearby, and where a boot begins.
        """
        found: list[tuple[float, float | None]] = []
        before_s: float | None = None
        for time_s, value in points:
            if before_s is not None:
                index = self._place[time_s]
                is_next = index - self._place[before_s] == 1
                is_near = time_s - before_s <= GAP_RATIO * self._usual_s[index]
                if not (is_next and is_near) or time_s in self._starts_s:
                    found.append((time_s, None))
            found.append((time_s, value))
            before_s = time_s
        return tuple(found)

    def gaps_count(self) -> int:
        """How often the host was not looked at for much longer than usual."""
        return sum(
            after - before > GAP_RATIO * self._usual_s[index]
            for index, (before, after) in enumerate(pairwise(self._times_s), 1)
        )


def _usual_steps_s(times_s: Sequence[float]) -> list[float]:
    """By index of a point: the median step of those nearby, on whichever side it is longer.

    What is older may be kept in longer steps; the first of those is no gap.
    """
    steps = [after - before for before, after in pairwise(times_s)]
    near = [
        median(steps[start : start + _NEAR_COUNT]) if start < len(steps) else 0.0
        for start in range(len(times_s))
    ]
    found = [0.0]
    for index in range(1, len(times_s)):
        first = index - 1 - _NEAR_COUNT
        before_s = near[first] if first >= 0 else median(steps[: index - 1]) if index > 1 else 0.0
        found.append(max(before_s, near[index]) or steps[index - 1])
    return found


def thinned(points: Points, most_count: int) -> Points:
    """At most about ``most_count`` points: of each stretch of time the first, lowest, highest and last.

    >>> line = tuple((float(i), 9.0 if i == 40 else 1.0) for i in range(100))
    >>> len(thinned(line, 20)) <= 20, (40.0, 9.0) in thinned(line, 20)
    (True, True)
    """
    if len(points) <= most_count:
        return points
    start_s = points[0][0]
    width_s = (points[-1][0] - start_s) / max(1, most_count // 4) or 1.0
    found: list[tuple[float, float | None]] = []
    stretch: list[tuple[float, float]] = []
    place = 0
    for time_s, value in points:
        here = int((time_s - start_s) / width_s)
        if value is None or here != place:
            found += _corners(stretch)
            stretch, place = [], here
        if value is None:
            if found and found[-1][1] is not None:
                found.append((time_s, None))
        else:
            stretch.append((time_s, value))
    return (*found, *_corners(stretch))


def _corners(stretch: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(stretch) <= 4:  # noqa: PLR2004 - the four that are kept
        return stretch

    def value(point: tuple[float, float]) -> float:
        return point[1]

    kept = {stretch[0], min(stretch, key=value), max(stretch, key=value), stretch[-1]}
    return sorted(kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A line in five numbers; ``lowest_time_s`` and ``highest_time_s`` are the first of equals."""

    count: int
    first: float
    last: float
    lowest: float
    lowest_time_s: float
    highest: float
    highest_time_s: float
    median: float


def summary(points: Points) -> Summary | None:
    """``None`` where there is no value at all."""
    known = [(time_s, value) for time_s, value in points if value is not None]
    if not known:
        return None
    values = [value for _, value in known]
    lowest, highest = min(values), max(values)
    return Summary(
        count=len(known),
        first=values[0],
        last=values[-1],
        lowest=lowest,
        lowest_time_s=known[values.index(lowest)][0],
        highest=highest,
        highest_time_s=known[values.index(highest)][0],
        median=median(values),
    )


def in_stretches(
    points: Points, edges_s: Sequence[float], of: Callable[[Sequence[float]], float]
) -> list[float | None]:
    """``of`` the values of each stretch between two edges (the last holds its end); ``None`` where none is."""
    found: list[list[float]] = [[] for _ in edges_s[1:]]
    index = 0
    for time_s, value in points:
        while index < len(found) - 1 and time_s >= edges_s[index + 1]:
            index += 1
        if value is not None and edges_s[0] <= time_s <= edges_s[-1]:
            found[index].append(value)
    return [of(values) if values else None for values in found]


def edges(start_s: float, end_s: float, count: int) -> list[float]:
    """``count`` equal stretches.

    >>> edges(0.0, 6.0, 3)
    [0.0, 2.0, 4.0, 6.0]
    """
    return [start_s + (end_s - start_s) * index / count for index in range(count + 1)]


def sparkline(
    points: Points, ends_s: tuple[float, float], width: int, *, is_unicode: bool = True
) -> str:
    """The highest of each stretch in a character, from 0 to the highest of all; a blank where nothing is known.

    >>> sparkline(((0.0, 0.0), (1.0, 4.0), (2.0, None), (3.0, 8.0)), (0.0, 3.0), 4)
    '▁▄ █'
    """
    found = in_stretches(points, edges(*ends_s, width), max)
    steps = _SPARK[0] if is_unicode else _SPARK[1]
    most = max((value for value in found if value is not None), default=0.0)
    last = len(steps) - 1
    return "".join(
        " " if value is None else steps[int(value / most * last) if most > 0 else 0]
        for value in found
    )
