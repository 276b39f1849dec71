"""A thread that writes, so that a disk which hangs does not stop the sampling.

That is when a recording is worth most. Pieces wait in memory, a few hundred bytes each second; only
when very many do, the recorder waits too.
"""

import threading
import time
from queue import Queue

from vmadvisor.recording.output_file import OutputFile

SYNC_EVERY_S = 5.0
"""A power loss costs at most this much and what the disk itself holds back."""

_PIECES_MAX_COUNT = 4096
_CLOSE_S = 60.0


class Background:
    """Pieces for one file after the other; the thread ends with ``close``."""

    __slots__ = ("_queue", "_thread", "file")

    def __init__(self, file: OutputFile) -> None:
        self.file = file
        self._queue: Queue[bytes | None] = Queue(_PIECES_MAX_COUNT)
        self._thread = threading.Thread(target=self._run, name="vmadvisor-write", daemon=True)
        self._thread.start()

    def put(self, piece: bytes) -> None:
        """Hands a piece over."""
        if piece:
            self._queue.put(piece)

    def close(self) -> bool:
        """Waits for the disk; false where it did not answer in a minute."""
        self._queue.put(None)
        self._thread.join(_CLOSE_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        synced_s = time.monotonic()
        while (piece := self._queue.get()) is not None:
            self.file.append(piece)
            now_s = time.monotonic()
            if now_s - synced_s >= SYNC_EVERY_S:
                self.file.sync()
                synced_s = time.monotonic()
        self.file.close()
