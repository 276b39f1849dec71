"""Ticks at equal distances; one that comes too late does not make the next ones hurry."""


class Pace:
    """``missed_count`` counts the moments that passed while the host, or the disk, held us up.

    >>> pace = Pace(0.5, now_s=10.0)
    >>> pace.next_s(10.1), pace.next_s(11.7), pace.missed_count
    (10.5, 12.0, 2)
    """

    __slots__ = ("_due_s", "_interval_s", "missed_count")

    def __init__(self, interval_s: float, *, now_s: float) -> None:
        self._interval_s = interval_s
        self._due_s = now_s
        self.missed_count = 0

    def next_s(self, now_s: float) -> float:
        """The next moment of the grid, after now; every earlier one is missed."""
        self._due_s += self._interval_s
        late_count = (
            int((now_s - self._due_s) / self._interval_s) + 1 if now_s >= self._due_s else 0
        )
        self._due_s += late_count * self._interval_s
        self.missed_count += late_count
        return self._due_s
