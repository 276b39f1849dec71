"""What was measured before and after a setting changed: means over equal windows, with how many readings.

A comparison, not a proof: the load may have changed too. The rate that spans the change is in neither.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from vmadvisor.model.past import Past, Point, SettingChange, rates_between
from vmadvisor.records import dataclass

WINDOW_MAX_S = 86_400.0
"""A day holds a day's load; longer windows mix more than they tell."""

GAUGES = ("available_bytes",)
RATES = (
    "allocstall_per_s",
    "scan_direct_pages_per_s",
    "memory_full_ratio",
    "refault_file_pages_per_s",
    "refault_anon_pages_per_s",
    "swapin_pages_per_s",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Means of one of ``past.GAUGES`` or ``past.RATES``; ``count`` is readings, or intervals of a rate."""

    name: str
    before: float
    before_count: int
    after: float
    after_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEffect:
    """Settings that changed at one time, and what was measured for ``window_s`` on either side."""

    time_utc_s: float
    changes: tuple[SettingChange, ...]
    window_s: float
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mean:
    value: float
    count: int


def change_effects(past: Past) -> list[ChangeEffect]:
    """One for each time at which something changed; a figure is left out that one side does not tell."""
    if not past.points:
        return []
    by_time: dict[float, list[SettingChange]] = {}
    for change in past.changes:
        by_time.setdefault(change.time_utc_s, []).append(change)
    edges = [past.points[0].time_utc_s, *by_time, past.points[-1].time_utc_s]
    found = []
    for (start, at_s), (_, end) in pairwise(pairwise(edges)):
        window_s = min(at_s - start, end - at_s, WINDOW_MAX_S)
        found.append(
            ChangeEffect(
                time_utc_s=at_s,
                changes=tuple(by_time[at_s]),
                window_s=window_s,
                compared=tuple(_compared(past.points, at_s, window_s)),
            )
        )
    return found


def _compared(points: Sequence[Point], at_s: float, window_s: float) -> Iterable[Compared]:
    before = [p for p in points if at_s - window_s <= p.time_utc_s < at_s]
    after = [p for p in points if at_s <= p.time_utc_s <= at_s + window_s]
    means: list[tuple[tuple[str, ...], Callable[[Sequence[Point], str], _Mean | None]]] = [
        (GAUGES, _gauge_mean),
        (RATES, _rate_mean),
    ]
    for names, mean in means:
        for name in names:
            old, new = mean(before, name), mean(after, name)
            if old is not None and new is not None:
                yield Compared(
                    name=name,
                    before=old.value,
                    before_count=old.count,
                    after=new.value,
                    after_count=new.count,
                )


def _gauge_mean(points: Sequence[Point], name: str) -> _Mean | None:
    values = [point.gauges[name] for point in points if name in point.gauges]
    return _Mean(value=sum(values) / len(values), count=len(values)) if values else None


def _rate_mean(points: Sequence[Point], name: str) -> _Mean | None:
    """The mean over time: an interval counts by its length."""
    total, seconds_s, count = 0.0, 0.0, 0
    for before, after in pairwise(points):
        rate = rates_between(before, after).get(name)
        if rate is not None:
            length_s = after.time_utc_s - before.time_utc_s
            total, seconds_s, count = total + rate * length_s, seconds_s + length_s, count + 1
    return _Mean(value=total / seconds_s, count=count) if seconds_s > 0 else None
