"""What a forecast looks at, of a recording's last minutes: kept as stored, read once the end is known.

A recording is met from front to back and may be a stream, so which minutes are the last is known at its end.
Of five files of the host and of the control groups the ticks of ``past_s`` are held, and one older, where the
window begins; what lies before is carried as ``recording_walk`` carries it, but not parsed. So a moment's
snapshots tell a forecast what those of ``recording_walk`` do, in memory and time that do not grow.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from vmadvisor.collect.recording_ticks import Files, Tick
from vmadvisor.collect.recording_walk import Moments
from vmadvisor.collect.wanted import Kind
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources import meminfo, pressure, vmstat, zoneinfo

HELD_MAX_BYTES: Final = 64 * 2**20
"""600 ticks of a small guest take 6 MB; of a host with a thousand CPUs a shorter past is kept."""

_FILE_BYTES: Final = 400
"""What a held file costs beside its bytes, as ``budget`` reckons it."""

_SOURCES: Final = (
    meminfo.SOURCE, vmstat.SOURCE, zoneinfo.SOURCE, pressure.MEMORY_SOURCE, pressure.IO_SOURCE,
)  # fmt: skip
_PATHS: Final = frozenset(source.path for source in _SOURCES)


class RecordingPast:
    """``add`` every file in the stream's order, up to the moment; then ``snapshots`` once."""

    __slots__ = ("_carried", "_files", "_held_bytes", "_is_behind_loss", "_is_cut", "_past_s", "_ticks",
                 "_time_s", "_whole_s")  # fmt: skip

    def __init__(self, past_s: float) -> None:
        self._past_s = past_s
        self._carried = Moments(with_processes=False, sources=_SOURCES)
        self._ticks: deque[Tick] = deque()
        self._whole_s: deque[float] = deque()
        """Times of held ticks with a vmstat: a tick without one is no sample."""
        self._held_bytes = 0
        self._time_s: float | None = None
        self._files: Files = {}
        self._is_cut = self._is_behind_loss = False

    def add(self, time_s: float, path: str, kind: Kind, data: bytes) -> None:
        """One file of one tick."""
        if time_s != self._time_s:
            self._close()
            self._time_s, self._is_cut = time_s, self._is_behind_loss
        self._is_behind_loss = False
        if kind == "cgroup" or path in _PATHS:
            self._files[path] = (kind, data)

    def break_off(self) -> None:
        """Something was lost here: the scans of the ticks on both sides are incomplete."""
        self._is_cut = self._is_behind_loss = True

    def snapshots(self, meta: bytes | None) -> Iterator[Snapshot]:
        """Those of the last ``past_s``, oldest first, as far as they are held; ``meta`` is the recording's own."""
        self._close()
        for tick in self._ticks:
            snapshot = self._carried.add(tick._replace(meta=meta))
            if snapshot is not None:
                yield snapshot

    def _close(self) -> None:
        """The tick is whole; what no forecast from here on can reach is carried."""
        if self._time_s is None or not self._files:
            return
        tick = Tick(self._time_s, self._files, (), None, is_cut=self._is_cut, is_last=False)
        self._files = {}
        self._ticks.append(tick)
        self._held_bytes += _size_bytes(tick)
        if vmstat.SOURCE.path in tick.files:
            self._whole_s.append(tick.time_s)
        start_s = tick.time_s - self._past_s
        while len(self._ticks) > 1 and (
            self._held_bytes > HELD_MAX_BYTES
            or (len(self._whole_s) > 1 and self._whole_s[1] < start_s)
        ):
            self._carry_oldest()

    def _carry_oldest(self) -> None:
        tick = self._ticks.popleft()
        self._held_bytes -= _size_bytes(tick)
        self._carried.carry(tick)
        if vmstat.SOURCE.path in tick.files:
            self._whole_s.popleft()


def _size_bytes(tick: Tick) -> int:
    return sum(len(path) + len(data) + _FILE_BYTES for path, (_, data) in tick.files.items())
