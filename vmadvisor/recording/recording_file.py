"""One recording on its way to the disk: ``meta.json``, ticks, ``end.json``, the end of the tar."""

import time
from collections.abc import Iterable

from vmadvisor.recording import tar_member
from vmadvisor.recording.background import Background
from vmadvisor.recording.meta import END_NAME, META_NAME
from vmadvisor.recording.output_file import OutputFile
from vmadvisor.recording.sampler import Tick
from vmadvisor.recording.zstd_frames import Frames

FRAME_MAX_S = 600.0
FRAME_MAX_BYTES = 64 * 2**20


def tar_of(ticks: Iterable[Tick], *, mtime_s: int) -> bytes:
    """The members of some ticks."""
    member = tar_member.member
    return b"".join(
        member(f"{tick.time_s:.6f}/{path}", data, mtime_s=mtime_s)
        for tick in ticks
        for path, data in tick.files
    )


class RecordingFile:
    """Each ``add`` is a flush of its own: torn anywhere, all ticks before are there."""

    __slots__ = ("_background", "_began_frame_s", "_frames", "_mtime_s", "_output", "began_s")

    def __init__(self, path: str, meta: bytes, *, is_thorough: bool = True) -> None:
        self._frames = Frames(is_thorough=is_thorough)
        self._output = OutputFile(path)
        self._background = Background(self._output)
        self._mtime_s = int(time.time())
        self.began_s = time.monotonic()
        self._began_frame_s = float("-inf")
        self._put(tar_member.member(META_NAME, meta, mtime_s=self._mtime_s))

    @property
    def path(self) -> str:
        """Where it lies."""
        return self._output.path

    @property
    def written_bytes(self) -> int:
        """What the disk took."""
        return self._output.written_bytes

    @property
    def error(self) -> str | None:
        """Why it has to end, if it has to."""
        return self._output.error

    @property
    def is_cut(self) -> bool:
        """True where it could not be ended."""
        return self._output.is_cut

    def wants_everything(self) -> bool:
        """True where the next tick begins a frame: it is to stand for itself."""
        is_old = time.monotonic() - self._began_frame_s >= FRAME_MAX_S
        return is_old or self._frames.plain_bytes >= FRAME_MAX_BYTES

    def add(self, ticks: list[Tick], *, begins_frame: bool) -> None:
        """Some ticks; the first of a frame, where ``wants_everything`` said so."""
        if begins_frame:
            self._background.put(self._frames.end())
            self._began_frame_s = time.monotonic()
        self._put(tar_of(ticks, mtime_s=self._mtime_s))

    def end(self, summary: bytes) -> bool:
        """Ends the archive; false where the disk no longer answers."""
        self._put(tar_member.member(END_NAME, summary, mtime_s=self._mtime_s) + tar_member.END)
        self._background.put(self._frames.end())
        return self._background.close()

    def _put(self, data: bytes) -> None:
        self._background.put(self._frames.add(data) + self._frames.flush())
