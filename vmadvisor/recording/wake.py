"""Waiting for the next tick, a signal, or a descriptor, whichever comes first."""

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ASKING = signal.SIGUSR1


class Wake:
    """Takes the signals over while it is entered; only in the main thread, as Python has it."""

    def __init__(self) -> None:
        self.ended_by: str | None = None
        self._is_asked = False
        self._poll = select.poll()
        self._actions: dict[int, Callable[[int], bool]] = {}
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe()
        for descriptor in (self._reader, self._writer):
            os.set_blocking(descriptor, False)
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (*ENDING, ASKING):
            self._before[number] = signal.signal(number, self._handle)
        self._poll.register(self._reader, select.POLLIN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        if number == ASKING:
            self._is_asked = True
        else:
            self.ended_by = signal.Signals(number).name

    def take_request(self) -> bool:
        """True once for every SIGUSR1 (or several in a row)."""
        is_asked, self._is_asked = self._is_asked, False
        return is_asked

    def watch(self, descriptor: int, events: int, action: Callable[[int], bool]) -> None:
        """Calls ``action`` with what ``poll`` gave; where it returns true the wait is over."""
        self._actions[descriptor] = action
        self._poll.register(descriptor, events)

    def forget(self, descriptor: int) -> None:
        """No longer watches it."""
        del self._actions[descriptor]
        self._poll.unregister(descriptor)

    def wait(self, until_s: float) -> bool:
        """True at that moment of the monotonic clock, false when there is something to do before."""
        while self.ended_by is None and not self._is_asked:
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return True
            ready = self._poll.poll(left_s * 1000)
            acted = [self._act(descriptor, events) for descriptor, events in ready]
            if any(acted):
                return False
        return False

    def _act(self, descriptor: int, events: int) -> bool:
        if descriptor != self._reader:
            return self._actions[descriptor](events)
        with suppress(BlockingIOError):
            os.read(self._reader, 512)
        return False
