"""What turns moments into frames beside the screen: a thread that reads, so that keys never wait for /proc."""

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from vmadvisor.errors import VmadvisorError
from vmadvisor.live.moment import Moment
from vmadvisor.live.watcher import Watcher
from vmadvisor.render.live.frame import Frame

_CLOSE_WITHIN_S = 1.0


class Moments(Protocol):
    """The host's or a recording's."""

    def __iter__(self) -> Iterator[Moment]:
        """In order."""


class StoppedError(Exception):
    """The feed was told to stop while it slept."""


class Feed:
    """``start`` once; ``show`` is called in the feed's thread with each frame, then ``end`` with the reason.

    ``end`` gets ``None`` where the moments are over, else what went wrong. A recording stands still while
    ``is_held``; ``until_s`` is the moment at which it holds by itself.
    """

    def __init__(
        self, watcher: Watcher, *, is_recording: bool, until_s: float | None = None
    ) -> None:
        self._watcher = watcher
        self._is_recording = is_recording
        self._until_s = until_s
        self._stop = threading.Event()
        self._go_on = threading.Event()
        self._go_on.set()
        self._thread: threading.Thread | None = None

    def sleep(self, duration_s: float) -> None:
        """For the moments: sleeps, and wakes when the feed is to stop."""
        if self._stop.wait(duration_s):
            raise StoppedError

    def start(
        self,
        moments: Moments,
        show: Callable[[Frame], object],
        end: Callable[[str | None], object],
        reached: Callable[[], object],
    ) -> None:
        """``reached`` is called when a recording comes to ``until_s``."""
        self._thread = threading.Thread(
            target=self._run, args=(moments, show, end, reached), name="feed", daemon=True
        )
        self._thread.start()

    def hold(self) -> None:
        """A recording stands still; this host does not."""
        if self._is_recording:
            self._go_on.clear()

    def release(self) -> None:
        """And goes on."""
        self._go_on.set()

    def stop(self) -> None:
        """Ends the thread, but does not wait for a read that hangs."""
        self._stop.set()
        self._go_on.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_CLOSE_WITHIN_S)

    def _run(
        self,
        moments: Moments,
        show: Callable[[Frame], object],
        end: Callable[[str | None], object],
        reached: Callable[[], object],
    ) -> None:
        try:
            for moment in moments:
                if self._stop.is_set():
                    return
                if self._until_s is not None and moment.snapshot.time_s > self._until_s:
                    self._until_s = None
                    self.hold()
                    reached()
                self._go_on.wait()
                frame = self._watcher.add(moment)
                if frame is not None and not self._stop.is_set():
                    show(frame)
            end(None)
        except StoppedError:
            return
        except VmadvisorError as error:
            end(str(error))
        except Exception as error:  # noqa: BLE001 - the thread's last resort: the screen says it and stays
            end(f"internal error: {type(error).__name__}: {str(error)[:200]!r}; please report it")
