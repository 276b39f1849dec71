"""How long reading may take, so that a host in trouble still gets an answer."""

import time


class Deadline:
    """``limit_s`` seconds from now; ``None`` for no limit.

    >>> Deadline(None).is_over()
    False
    >>> Deadline(0.0).is_over()
    True
    """

    __slots__ = ("_end_s", "limit_s")

    def __init__(self, limit_s: float | None) -> None:
        self.limit_s = limit_s
        self._end_s = float("inf") if limit_s is None else time.monotonic() + limit_s

    def left_s(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end_s - time.monotonic())

    def is_over(self) -> bool:
        """True when nothing is left."""
        return time.monotonic() >= self._end_s

    def extend(self, duration_s: float) -> None:
        """Time spent waiting on purpose does not count."""
        self._end_s += duration_s
