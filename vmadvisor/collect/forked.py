"""A walk in a forked child: a read that waits for a lock for ever is given up, not waited for.

The child sends each event over a pipe, with its length before it. It holds neither our output nor
any other descriptor, so that whoever reads our output does not wait for a child that cannot die.
"""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH208

import marshal
import os
import select
import signal
import struct
import time
from collections.abc import Iterable

from vmadvisor.collect.cgroup_walk import Event

_LENGTH = struct.Struct("=I")
_STANDARD_MAX = 2
_READ_BYTES = 2**20
_REAP_TRIES_COUNT = 20
_REAP_PAUSE_S = 0.001


class ForkedWalk:
    """Starts at once; ``gather`` takes in what comes, ``finish`` ends it."""

    __slots__ = ("_data", "_descriptor", "_is_ended", "_pid", "_started_s")

    def __init__(self, events: Iterable[Event]) -> None:
        reader, writer = os.pipe()
        self._started_s = time.monotonic()
        self._pid = os.fork()
        if self._pid == 0:
            _send_and_exit(events, writer)
        os.close(writer)
        self._descriptor = reader
        self._data = bytearray()
        self._is_ended = False

    def gather(self, duration_s: float) -> None:
        """Returns when the child is done, or after the time given."""
        end_s = time.monotonic() + duration_s
        while not self._is_ended:
            left_s = max(0.0, end_s - time.monotonic())
            if not select.select([self._descriptor], [], [], left_s)[0]:
                return
            piece = os.read(self._descriptor, _READ_BYTES)
            self._data += piece
            self._is_ended = not piece

    def finish(self, duration_s: float) -> tuple[list[Event], float | None]:
        """(events that came, seconds after which the walk was given up or ``None``)."""
        self.gather(duration_s)
        waited_s = time.monotonic() - self._started_s
        os.close(self._descriptor)
        if not self._is_ended:
            os.kill(self._pid, signal.SIGKILL)
        reap(self._pid)
        events = self._events()
        if events and events[-1].kind == "end":
            return events, None
        is_over = self._is_ended and not events
        return events, None if is_over else waited_s

    def _events(self) -> list[Event]:
        events: list[Event] = []
        position = 0
        while position + _LENGTH.size <= len(self._data):
            (length,) = _LENGTH.unpack_from(self._data, position)
            position += _LENGTH.size
            if position + length > len(self._data):
                break
            frame = memoryview(self._data)[position : position + length]
            events.append(Event(*marshal.loads(frame)))  # noqa: S302 - our own child wrote it
            position += length
        return events


def _send_and_exit(events: Iterable[Event], writer: int) -> None:
    """The child's whole life."""
    try:
        writer = keep_only(writer)
        for event in events:
            frame = marshal.dumps(tuple(event))
            os.write(writer, _LENGTH.pack(len(frame)) + frame)
    finally:
        os._exit(0)


def reap(pid: int) -> None:
    """A child stuck in the kernel is left to init: waiting for it is what we came to avoid.

    Where our caller ignores SIGCHLD the kernel reaps, and nobody is left to be waited for.
    """
    for _ in range(_REAP_TRIES_COUNT):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            return
        time.sleep(_REAP_PAUSE_S)


def keep_only(writer: int) -> int:
    """Closes all of this process's descriptors but ``writer``, and returns what that is now.

    The standard ones lead nowhere.
    """
    while writer <= _STANDARD_MAX:  # our caller had closed its standard descriptors
        writer = os.dup(writer)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(_STANDARD_MAX + 1):
        os.dup2(null, standard)
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in {*range(_STANDARD_MAX + 1), writer}:
            try:
                os.close(int(name))
            except OSError:  # the listing's own descriptor
                continue
    return writer
