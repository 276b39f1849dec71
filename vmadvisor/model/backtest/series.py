"""One scope's counters as they were read, and what they say of the time after (and before) an instant."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Final

from vmadvisor.model.events import least_rise
from vmadvisor.model.rates import rise
from vmadvisor.records import dataclass

_TIME_SLACK_S: Final = 1e-6
"""A sum of recorded times is a last binary digit off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came within the horizon after an instant, and what had been before it.

    ``came`` is ``None`` where the recording ends before the horizon does, or the kernel does not tell.
    ``was_absent``: not in the last horizon before the instant, as far back as the recording goes.
    ``lead_s``: from the instant to the reading that first shows it; ``None`` where it did not come.
    """

    came: bool | None
    was_absent: bool | None
    lead_s: float | None


UNTOLD: Final = Outcome(came=None, was_absent=None, lead_s=None)


class Series:
    """Readings in time order; ``None`` for a counter that was not told."""

    __slots__ = ("_readings", "times_s")

    def __init__(self) -> None:
        self.times_s: list[float] = []
        self._readings: list[Mapping[str, int | None]] = []

    def add(self, time_s: float, readings: Mapping[str, int | None]) -> None:
        """Appends a reading, counters by the event that they tell; times must rise."""
        self.times_s.append(time_s)
        self._readings.append(readings)

    def reaches(self, time_s: float) -> bool:
        """Whether readings go on until then."""
        return bool(self.times_s) and self.times_s[-1] + _TIME_SLACK_S >= time_s

    def outcome(self, event: str, time_s: float, horizon_s: float) -> Outcome:
        """What grew between the last reading at the instant and the last one within the horizon."""
        now, end = self._last_until(time_s), self._last_until(time_s + horizon_s)
        if now is None or end is None:
            return UNTOLD
        least = least_rise(event, horizon_s)
        came = self._grew(event, now, end, least)
        past = self._grew(event, self._last_until(time_s - horizon_s) or 0, now, least)
        return Outcome(
            came=came,
            was_absent=None if past is None else not past,
            lead_s=self._first_s(event, now, end, least) - time_s if came else None,
        )

    def _last_until(self, time_s: float) -> int | None:
        index = bisect_right(self.times_s, time_s + _TIME_SLACK_S) - 1
        return None if index < 0 else index

    def _grew(self, event: str, start: int, end: int, least: float) -> bool | None:
        grown = rise(self._readings[start].get(event), self._readings[end].get(event))
        return None if grown is None else grown >= least

    def _first_s(self, event: str, start: int, end: int, least: float) -> float:
        def has_grown(index: int) -> bool:
            return bool(self._grew(event, start, index, least))

        return self.times_s[bisect_left(range(end), True, lo=start + 1, key=has_grown)]
