"""When what the ring holds is written: at once, after a pause, and until when.

``note`` says that something has happened; ``go_on``, called at every tick, does what is due. What
happens while a recording of it is being written is in that recording; what happens within the pause
after it is written when the pause is over, for the ring still has it.
"""

# Names, not files.
# ruff: noqa: PTH118

import os
import time
from collections.abc import Callable

from vmadvisor.recording.dump import Dump
from vmadvisor.recording.output_file import OutputFile
from vmadvisor.recording.rotation import SUFFIX, Keep, prune, stamped
from vmadvisor.recording.samples import Samples

REQUEST = "request"

_NAME = f"flight{SUFFIX}"
_LAST_DUMP_S = 30.0

Say = Callable[[str], None]
Describe = Callable[[str, float], bytes]


class Dumps:
    """``describe`` makes the text of ``meta.json`` from the event's kind and time."""

    def __init__(
        self,
        samples: Samples,
        describe: Describe,
        say: Say,
        *,
        directory: str,
        after_s: float,
        pause_s: float,
        keep: Keep,
    ) -> None:
        self._samples = samples
        self._describe = describe
        self._say = say
        self._pattern = os.path.join(directory, _NAME)
        self._after_s = after_s
        self._pause_s = pause_s
        self._keep = keep
        self._event: tuple[str, float] | None = None
        self._current: Dump | None = None
        self._until_s = 0.0
        self._next_s = 0.0
        self._done: list[Dump] = []
        self.errors: list[str] = []

    @property
    def paths(self) -> tuple[str, ...]:
        """Of all that was written."""
        return tuple(dump.path for dump in self._done)

    @property
    def written_bytes(self) -> int:
        """Of all that was written."""
        return sum(dump.written_bytes for dump in self._done)

    def note(self, kind: str, time_s: float) -> bool:
        """Something has happened; true where a recording of it will be begun."""
        is_asked = kind == REQUEST
        if is_asked:
            self._next_s = 0.0
        is_in_it = self._current is not None and time.monotonic() < self._until_s
        if self._event is not None or (is_in_it and not is_asked):
            return False
        self._event = (kind, time_s)
        return True

    def go_on(self) -> None:
        """Begins, feeds or ends a recording."""
        now_s = time.monotonic()
        current = self._current
        if current is None:
            if self._event is not None and now_s >= self._next_s:
                self._begin(*self._event, now_s=now_s)
        elif not current.is_finishing and now_s >= self._until_s:
            current.finish(self._samples.end_chunk())
        elif not current.is_running:
            self._end(current)
        else:
            current.look()

    def end(self) -> None:
        """Ends a recording that is being written, as far as the disk lets us."""
        last_id = self._samples.end_chunk()
        if self._current is None:
            return
        self._current.finish(last_id)
        if not self._current.wait(_LAST_DUMP_S):
            self.errors.append(f"{self._current.path or self._pattern}: the disk did not answer")
        self._end(self._current)

    def _begin(self, kind: str, time_s: float, *, now_s: float) -> None:
        self._event = None
        self._until_s = now_s + self._after_s
        self._next_s = now_s + self._pause_s
        self._samples.end_chunk()
        self._say(f"{kind} at {time_s:.3f} s: writing a recording")
        ring, meta = self._samples.ring, self._describe(kind, time_s)
        self._current = Dump(lambda: self._make_file(kind), meta, ring)

    def _make_file(self, kind: str) -> OutputFile:
        """Called in the thread that writes."""
        if self._keep.is_limited:
            prune(self._pattern, self._keep, room_bytes=self._samples.ring.size_bytes)
        return OutputFile(stamped(self._pattern, word=kind))

    def _end(self, dump: Dump) -> None:
        self._current = None
        if dump.path:
            self._done.append(dump)
        if dump.error is not None:
            self.errors.append(dump.error)
            self._say(dump.error)
        else:
            self._say(f"{dump.path}: {dump.written_bytes} bytes")
