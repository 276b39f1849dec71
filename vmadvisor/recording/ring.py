"""The last minutes, compressed, in a piece of memory that is taken once and never grows.

Frames lie one behind the other; a new one takes the place of the oldest. A thread that writes them to
a disk follows by their numbers and sees where it was overtaken.
"""

import threading
from collections import deque
from typing import NamedTuple


class Frame(NamedTuple):
    """``sequence_id`` counts from 1; the times are those of its first and last tick."""

    sequence_id: int
    first_s: float
    last_s: float
    data: bytes


class _Place(NamedTuple):
    sequence_id: int
    first_s: float
    last_s: float
    start: int
    end: int


class Ring:
    """``append`` by one thread, ``after`` by any.

    >>> ring = Ring(10)
    >>> [ring.append(data, first_s=1.0, last_s=2.0) for data in (b"abcd", b"efgh", b"ijkl")]
    [True, True, True]
    >>> ring.frames_count, ring.after(0).data, ring.append(b"x" * 11, first_s=3.0, last_s=4.0)
    (2, b'efgh', False)
    """

    __slots__ = ("_lock", "_memory", "_places", "_position", "_sequence_id")

    def __init__(self, size_bytes: int) -> None:
        self._memory = bytearray(b"\xff") * size_bytes  # not zeros: those would not be there yet
        self._places: deque[_Place] = deque()
        self._position = 0
        self._sequence_id = 0
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """The memory it has, used or not."""
        return len(self._memory)

    @property
    def frames_count(self) -> int:
        """How many frames are there."""
        return len(self._places)

    @property
    def last_sequence_id(self) -> int:
        """The newest frame's number, 0 where there was none."""
        return self._sequence_id

    def span_s(self) -> float:
        """Seconds from the oldest tick to the newest."""
        with self._lock:
            return self._places[-1].last_s - self._places[0].first_s if self._places else 0.0

    def append(self, data: bytes, *, first_s: float, last_s: float) -> bool:
        """Puts a frame in, the oldest out; false for one that is larger than the whole ring."""
        if len(data) > len(self._memory):
            return False
        with self._lock:
            start = self._position
            if start + len(data) > len(self._memory):
                self._drop_within(start, len(self._memory))
                start = 0
            end = start + len(data)
            self._drop_within(start, end)
            self._memory[start:end] = data
            self._sequence_id += 1
            self._places.append(_Place(self._sequence_id, first_s, last_s, start, end))
            self._position = end
        return True

    def drop_before(self, time_s: float) -> None:
        """Forgets frames that ended before."""
        with self._lock:
            while self._places and self._places[0].last_s < time_s:
                self._places.popleft()

    def after(self, sequence_id: int) -> Frame | None:
        """The oldest frame behind this one that is still there."""
        with self._lock:
            for place in self._places:
                if place.sequence_id > sequence_id:
                    data = bytes(memoryview(self._memory)[place.start : place.end])
                    return Frame(place.sequence_id, place.first_s, place.last_s, data)
        return None

    def _drop_within(self, start: int, end: int) -> None:
        """The oldest lie right behind the newest, so they are met in order."""
        while self._places and self._places[0].start < end and self._places[0].end > start:
            self._places.popleft()
