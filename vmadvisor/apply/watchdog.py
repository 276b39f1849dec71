"""A child that takes a setting back, however its parent ends: killed, hung, or out of time.

Forked while the parent is small and before anything is written; in a session of its own, so that no terminal
reaches it; it imports nothing afterwards, holds its pages in memory (``mlockall``, where permitted) and stands
last in the OOM killer's order (``oom_score_adj`` -1000, likewise). It holds one end of a socket:

    parent: armed {path, previous, seconds}   ->  child: ready
    parent: wrote {text}                          (what the kernel made of it)
    parent: done, or the socket closes, or the time is over, or SIGTERM   ->  child: restores, says so, exits

A value that is neither the written nor the previous one is somebody else's: left alone, and said.
"""

# Bare os calls: nothing is imported after the fork.
# ruff: noqa: PTH108

import ctypes
import json
import os
import select
import signal
import socket
import sys
import syslog
import time
from contextlib import suppress
from types import FrameType

from vmadvisor.apply.setting_file import (
    FAILED,
    FOREIGN,
    RESTORED,
    ApplyError,
    SettingFile,
    restore,
)

MESSAGE_MAX_BYTES = 8192
READY_WITHIN_S, ENDED_WITHIN_S = 10.0, 5.0
_IGNORED = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTSTP, signal.SIGUSR1)  # fmt: skip
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_SCORE_ADJ = "/proc/self/oom_score_adj"


class Watchdog:
    """The parent's side of it."""

    __slots__ = ("_socket", "pid_id")

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid_id = os.fork()
        if self.pid_id == 0:
            ours.close()
            _live(theirs)  # never returns
        theirs.close()
        self._socket = ours

    def fileno(self) -> int:
        """Readable when the child has ended."""
        return self._socket.fileno()

    def arm(
        self, file: SettingFile, previous: str, *, seconds_s: float, lock: int, state: str
    ) -> None:
        """Returns once the child is ready to restore and to remove ``state``; it shares the lock.

        ``ApplyError`` if it is not.
        """
        order = {
            "path": file.path,
            "prefix": file.prefix,
            "start_ticks": file.start_ticks,
            "previous": previous,
            "seconds_s": seconds_s,
            "state": state,
        }
        try:
            socket.send_fds(self._socket, [json.dumps(order).encode()], [lock])
            self._socket.settimeout(READY_WITHIN_S)
            answer = self._socket.recv(MESSAGE_MAX_BYTES)
        except OSError as error:
            raise ApplyError(f"the watchdog does not answer: {error.strerror or error}") from None
        if answer != b"ready":
            raise ApplyError("the watchdog has ended: nothing was written")

    def wrote(self, text: str) -> None:
        """Tells what stands in the file now; ``OSError`` where the child is gone."""
        self._socket.send(b"wrote " + text.encode("ascii", "backslashreplace"))

    def is_alive(self) -> bool:
        """Whether the child still holds its end."""
        readable, _, _ = select.select([self._socket], [], [], 0)
        return not readable

    def dismiss(self) -> None:
        """Ends the child, which restores what is still in force."""
        with suppress(OSError):
            self._socket.send(b"done")
        self._socket.close()
        end_s = time.monotonic() + ENDED_WITHIN_S
        with suppress(ChildProcessError):
            while os.waitpid(self.pid_id, os.WNOHANG)[0] == 0:
                if time.monotonic() >= end_s:  # stopped, say; it would keep the lock
                    os.kill(self.pid_id, signal.SIGKILL)
                time.sleep(0.005)


def _live(theirs: socket.socket) -> None:
    """All of the child's life; whatever goes wrong in it, it does not go on as the parent."""
    code = 1
    try:
        _settle(theirs.fileno())
        code = _watch(theirs)
    except BaseException as error:  # noqa: BLE001 - a child that returned would be a second parent
        _say(f"trial's watchdog failed: {type(error).__name__}: {error}")
    finally:
        os._exit(code)


def _settle(keep: int) -> None:
    os.setsid()
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(null, standard)
    os.closerange(3, keep)
    os.closerange(keep + 1, 1 << 16)
    with suppress(OSError):
        descriptor = os.open(_SCORE_ADJ, os.O_WRONLY)
        os.write(descriptor, b"-1000")
        os.close(descriptor)
    ctypes.CDLL(None).mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT)


def _woken() -> int:
    """A descriptor that becomes readable at SIGTERM."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, _noted)
    return reader


def _noted(number: int, frame: FrameType | None) -> None:
    del number, frame


def _watch(theirs: socket.socket) -> int:
    woken = _woken()
    readable, _, _ = select.select([theirs.fileno(), woken], [], [])
    data = b""
    if theirs.fileno() in readable:
        # The lock that comes along is held until this process ends.
        data, _, _, _ = socket.recv_fds(theirs, MESSAGE_MAX_BYTES, 1)
    if not data or data == b"done":
        return 0  # nothing was ever written
    order = json.loads(data)
    file = SettingFile(path=order["path"], prefix=order["prefix"], start_ticks=order["start_ticks"])
    end_s = time.clock_gettime(time.CLOCK_BOOTTIME) + order["seconds_s"]
    with suppress(OSError):
        file.read()  # what restoring takes is in memory from here on
    theirs.send(b"ready")
    ours = _until_over(theirs, woken, end_s)
    came, now = restore(file, order["previous"], ours)
    _tell(order["path"], order["previous"], came, now)
    if came != FAILED:
        with suppress(OSError):
            os.unlink(order["state"])
    return 0


def _until_over(theirs: socket.socket, woken: int, end_s: float) -> str | None:
    """What the parent told it wrote, when it is time to restore."""
    ours = None
    while True:
        left_s = end_s - time.clock_gettime(time.CLOCK_BOOTTIME)
        if left_s <= 0:
            return ours
        readable, _, _ = select.select([theirs.fileno(), woken], [], [], min(left_s, 60.0))
        if theirs.fileno() in readable:
            data = theirs.recv(MESSAGE_MAX_BYTES)
            if not data.startswith(b"wrote "):
                return ours
            ours = data[len(b"wrote ") :].decode("ascii")
        elif woken in readable:
            return ours


def _tell(path: str, previous: str, came: str, now: str) -> None:
    if came == RESTORED:
        _say(f"{path} is {previous} again (by the watchdog)")
    elif came == FOREIGN:
        _say(
            f"{path} was set to {now!r} by somebody else meanwhile: left alone; before: {previous}"
        )
    elif came == FAILED:
        _say(f"{path} could not be set back to {previous}: {now}")


def _say(sentence: str) -> None:
    with suppress(OSError, ValueError):
        syslog.syslog(syslog.LOG_WARNING, f"vmadvisor: {sentence}")
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"vmadvisor: {sentence}\n")
        sys.stderr.flush()
