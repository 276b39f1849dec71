"""What the ring holds, and what still comes, into a file: a thread that follows the ring.

Where the disk is slower than the ring turns, frames are overtaken: ``end.json`` says how many.
"""

import json
import threading
import time
from collections.abc import Callable

from vmadvisor.errors import RecordingError
from vmadvisor.recording import tar_member
from vmadvisor.recording.meta import END_NAME, META_NAME
from vmadvisor.recording.output_file import OutputFile
from vmadvisor.recording.ring import Ring
from vmadvisor.recording.zstd_frames import Frames

_LOOK_S = 1.0
_STACK_BYTES = 512 * 1024
"""Locked memory is taken as a whole: the usual 8 MiB would be."""


class Dump:
    """Begins at once; ``finish`` names the last frame.

    ``begin`` makes the file, in the thread: making it may wait for the disk as well. ``path`` is empty
    until then; ``error`` says what went wrong.
    """

    __slots__ = ("_begin", "_last_id", "_news", "_output", "_ring", "_thread", "error",
                 "overtaken_count")  # fmt: skip

    def __init__(self, begin: Callable[[], OutputFile], meta: bytes, ring: Ring) -> None:
        self._begin = begin
        self._ring = ring
        self._output: OutputFile | None = None
        self._news = threading.Event()
        self._last_id: int | None = None
        self.overtaken_count = 0
        self.error: str | None = None
        head = tar_member.member(META_NAME, meta, mtime_s=int(time.time()))
        self._thread = threading.Thread(
            target=self._run, args=(head,), name="vmadvisor-dump", daemon=True
        )
        stack_bytes = threading.stack_size(_STACK_BYTES)
        self._thread.start()
        threading.stack_size(stack_bytes)

    @property
    def path(self) -> str:
        """Where it goes."""
        return self._output.path if self._output is not None else ""

    @property
    def written_bytes(self) -> int:
        """What the disk took."""
        return self._output.written_bytes if self._output is not None else 0

    @property
    def is_finishing(self) -> bool:
        """True once the last frame is known."""
        return self._last_id is not None

    @property
    def is_running(self) -> bool:
        """True until all is on the disk."""
        return self._thread.is_alive()

    def look(self) -> None:
        """There may be a new frame."""
        self._news.set()

    def finish(self, last_id: int) -> None:
        """No frame behind this one is wanted."""
        self._last_id = last_id
        self._news.set()

    def wait(self, duration_s: float) -> bool:
        """True when all is on the disk within that time."""
        self._thread.join(duration_s)
        return not self.is_running

    def _run(self, head: bytes) -> None:
        try:
            output = self._output = self._begin()
        except (RecordingError, OSError) as error:
            self.error = str(error)
            return
        output.append(_frame(head))
        self._follow(output)
        summary = json.dumps({"overtaken_count": self.overtaken_count}).encode() + b"\n"
        tail = tar_member.member(END_NAME, summary, mtime_s=int(time.time()))
        output.append(_frame(tail + tar_member.END))
        output.close()
        self.error = output.error and f"{output.path}: {output.error}"

    def _follow(self, output: OutputFile) -> None:
        """Until the last frame is there, or the disk takes no more."""
        sequence_id = 0
        is_synced = False
        while output.error is None:
            last_id = self._last_id  # before the look: no frame comes behind it that is wanted
            frame = self._ring.after(sequence_id)
            if frame is not None and (last_id is None or frame.sequence_id <= last_id):
                if sequence_id:
                    self.overtaken_count += frame.sequence_id - sequence_id - 1
                output.append(frame.data)
                sequence_id, is_synced = frame.sequence_id, False
            elif last_id is not None:
                return
            else:
                if not is_synced:
                    output.sync()
                    is_synced = True
                self._news.wait(_LOOK_S)
                self._news.clear()


def _frame(data: bytes) -> bytes:
    frames = Frames(window_log=10)
    return frames.add(data) + frames.end()
