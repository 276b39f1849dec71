"""What was measured before and after a setting changed: means over equal windows, with how many readings.

A comparison, not a proof: the load may have changed too. The rate that spans the change is in neither.
"""

from collections.abc import Iterator, Sequence
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


def _compared(points: Sequence[Point], at_s: float, window_s: float) -> Iterator[Compared]:
    before = _means([p for p in points if at_s - window_s <= p.time_utc_s < at_s])
    after = _means([p for p in points if at_s <= p.time_utc_s <= at_s + window_s])
    for name in (*GAUGES, *RATES):
        if name in before and name in after:
            yield Compared(
                name=name,
                before=before[name].value,
                before_count=before[name].count,
                after=after[name].value,
                after_count=after[name].count,
            )


def _means(points: Sequence[Point]) -> dict[str, _Mean]:
    """Means over readings; of a rate over time: an interval counts by its length."""
    found: dict[str, _Mean] = {}
    for name in GAUGES:
        values = [point.gauges[name] for point in points if name in point.gauges]
        if values:
            found[name] = _Mean(value=sum(values) / len(values), count=len(values))
    rows = [
        (after.time_utc_s - before.time_utc_s, rates_between(before, after))
        for before, after in pairwise(points)
    ]
    for name in RATES:
        told = [(length_s, rates[name]) for length_s, rates in rows if name in rates]
        whole_s = sum(length_s for length_s, _ in told)
        if whole_s > 0:
            value = sum(length_s * rate for length_s, rate in told) / whole_s
            found[name] = _Mean(value=value, count=len(told))
    return found
