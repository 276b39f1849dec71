"""A past cut into stretches of time: the least that was available, what stalled, who was killed, the verdict."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from vmadvisor.model.one_source import one_source
from vmadvisor.model.past import Past, PastVerdict, Point, rates_between
from vmadvisor.records import dataclass

_RANKS: Mapping[str, int] = {"OK": 0, "INFO": 1, "UNKNOWN": 2, "WARNING": 3, "CRITICAL": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """``allocstall_count`` and ``full_s`` are sums of what counters tell.

    ``most_full_ratio`` is the worst step between two points, or the worst mean. ``None``: no two readings
    tell; of kills, that nobody counted them (before 4.13). ``worst`` is ``None`` where no verdict was given.
    """

    time_utc_s: float
    points_count: int
    least_available_bytes: float | None
    allocstall_count: float | None
    full_s: float | None
    most_full_ratio: float | None
    kills_count: int | None
    worst: str | None


def stretches(past: Past, step_s: float) -> tuple[Stretch, ...]:
    """Those that hold a point or a verdict, oldest first; a step counts where it ends."""

    def start_s(time_utc_s: float) -> float:
        return time_utc_s // step_s * step_s

    points: dict[float, list[Point]] = {}
    for point in past.points:
        points.setdefault(start_s(point.time_utc_s), []).append(point)
    steps: dict[float, list[tuple[float | None, Mapping[str, float]]]] = {}
    for seconds_s, point, rates in _steps(one_source(past.points)):
        steps.setdefault(start_s(point.time_utc_s), []).append((seconds_s, rates))
    verdicts: dict[float, list[str]] = {}
    for verdict in past.verdicts:
        verdicts.setdefault(start_s(verdict.time_utc_s), []).append(verdict.status)
    kills: dict[float, int] = {}
    for kill in past.kills:
        start = start_s(kill.time_utc_s)
        kills[start] = kills.get(start, 0) + kill.count
    return tuple(
        _stretch(start, points.get(start, []), steps.get(start, []), verdicts.get(start, []), kills)
        for start in sorted({*points, *verdicts, *kills})
    )


def counts_kills(point: Point) -> bool:
    """Whether the point could show an OOM kill."""
    return "oom_kill_total" in point.counters or "oom_kill_per_s" in point.rates


def _steps(points: Iterable[Point]) -> Iterator[tuple[float | None, Point, Mapping[str, float]]]:
    """How long each rate held: of a mean that another program told that is not kept."""
    for before, after in pairwise(points):
        seconds_s = None if after.rates else after.time_utc_s - before.time_utc_s
        yield seconds_s, after, rates_between(before, after)


def _stretch(
    start_s: float,
    points: list[Point],
    steps: list[tuple[float | None, Mapping[str, float]]],
    statuses: list[str],
    kills: Mapping[float, int],
) -> Stretch:
    available = [p.gauges["available_bytes"] for p in points if "available_bytes" in p.gauges]
    full = [r["memory_full_ratio"] for _, r in steps if "memory_full_ratio" in r]
    return Stretch(
        time_utc_s=start_s,
        points_count=len(points),
        least_available_bytes=min(available, default=None),
        allocstall_count=_total(steps, "allocstall_per_s"),
        full_s=_total(steps, "memory_full_ratio"),
        most_full_ratio=max(full, default=None),
        kills_count=kills.get(start_s, 0 if any(map(counts_kills, points)) else None),
        worst=max(statuses, key=lambda status: _RANKS.get(status, 0), default=None),
    )


def _total(steps: list[tuple[float | None, Mapping[str, float]]], name: str) -> float | None:
    known = [
        seconds_s * rates[name]
        for seconds_s, rates in steps
        if seconds_s is not None and name in rates
    ]
    return sum(known) if known else None


def verdict_changes(verdicts: Iterable[PastVerdict]) -> tuple[PastVerdict, ...]:
    """The first, and each that differs from the one before in status or findings."""
    found: list[PastVerdict] = []
    for one in verdicts:
        key = (one.status, one.finding_ids)
        if not found or key != (found[-1].status, found[-1].finding_ids):
            found.append(one)
    return tuple(found)
