"""Ticks on their way into the ring: a chunk is filled, ended as a frame, put in."""

import time

from vmadvisor.recording.recording_file import tar_of
from vmadvisor.recording.ring import Ring
from vmadvisor.recording.sampler import Tick
from vmadvisor.recording.zstd_frames import Frames

CHUNK_S = 10.0
"""Each can be read alone, so that the oldest can be dropped: it begins with all there is."""

SIZE_MIN_BYTES = 1 << 20

_OPEN_PARTS_COUNT = 8  # one part of the memory is for the chunk that is being filled
_WINDOW_LOG = 21


class Samples:
    """``size_bytes`` is all the memory that they ever take; ``left_out_count`` counts chunks beyond it."""

    __slots__ = ("_first_s", "_frames", "_kept_s", "_last_s", "_open_bytes", "_open_max_bytes",
                 "_pieces", "left_out_count", "ring")  # fmt: skip

    def __init__(self, *, size_bytes: int, kept_s: float) -> None:
        self._open_max_bytes = size_bytes // _OPEN_PARTS_COUNT
        self.ring = Ring(size_bytes - self._open_max_bytes)
        self._frames = Frames(window_log=_WINDOW_LOG)
        self._kept_s = kept_s
        self._pieces: list[bytes] = []
        self._open_bytes = 0
        self._first_s = self._last_s = 0.0
        self.left_out_count = 0

    @property
    def is_at_beginning(self) -> bool:
        """True where the next tick begins a chunk."""
        return not self._pieces

    @property
    def size_bytes(self) -> int:
        """What they take now: the ring is there from the start, the open chunk comes and goes."""
        return self.ring.size_bytes + self._open_bytes

    def add(self, ticks: list[Tick]) -> None:
        """Some ticks; ends the chunk where it is long enough."""
        if not self._pieces:
            self._first_s = ticks[0].time_s
        piece = self._frames.add(tar_of(ticks, mtime_s=int(time.time())))
        self._pieces.append(piece)
        self._open_bytes += len(piece)
        self._last_s = ticks[-1].time_s
        is_long = self._last_s - self._first_s >= CHUNK_S
        if is_long or self._open_bytes >= self._open_max_bytes // 2:
            self.end_chunk()

    def end_chunk(self) -> int:
        """Puts what there is into the ring; returns the number of the newest frame there."""
        if self._pieces:
            data = b"".join((*self._pieces, self._frames.end()))
            self._pieces = []
            self._open_bytes = 0
            if not self.ring.append(data, first_s=self._first_s, last_s=self._last_s):
                self.left_out_count += 1
            self.ring.drop_before(self._last_s - self._kept_s)
        return self.ring.last_sequence_id
