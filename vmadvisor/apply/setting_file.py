"""One setting as a file: read, written, read back; never through a shell, never created.

    /proc/sys/vm/swappiness      /sys/fs/cgroup/batch/memory.high      /proc/4711/oom_score_adj

``prefix`` stands before every path; tests put a tree of their own there. A process's file is reached through
its directory, opened once and its start time compared: a pid that was given anew is not written to.
"""

# Bare os calls: the watchdog does with what is loaded.

import errno
import os

from vmadvisor.errors import VmadvisorError
from vmadvisor.records import dataclass

TEXT_MAX_BYTES = 4096
_START_FIELD = 19
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_WRITE = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
GONE = frozenset({errno.ENOENT, errno.ESRCH, errno.ENODEV})
"""The process ended, or the control group was taken away: there is nothing left to restore."""


class ApplyError(VmadvisorError):
    """A setting was not written, or not as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFile:
    """``path`` begins with a slash; ``start_ticks`` tells a process from a later one with its pid."""

    path: str
    prefix: str = ""
    start_ticks: int | None = None

    def read(self) -> str:
        """Its text without the line's end; ``OSError``."""
        directory = self._directory()
        try:
            descriptor = os.open(self._name, _READ, dir_fd=directory)
            try:
                data = os.read(descriptor, TEXT_MAX_BYTES)
            finally:
                os.close(descriptor)
        finally:
            os.close(directory)
        return data.decode("ascii", "backslashreplace").strip()

    def write(self, text: str) -> None:
        """One ``write`` of one line; ``OSError`` where the kernel refuses it."""
        directory = self._directory()
        try:
            descriptor = os.open(self._name, _WRITE, dir_fd=directory)
            try:
                os.write(descriptor, f"{text}\n".encode("ascii"))
            finally:
                os.close(descriptor)
        finally:
            os.close(directory)

    @property
    def _name(self) -> str:
        return self.path.rpartition("/")[2]

    def _directory(self) -> int:
        directory = os.open(
            self.prefix + self.path.rpartition("/")[0],
            os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC,
        )
        if self.start_ticks is not None:
            try:
                found = start_ticks_of(directory)
            except OSError:
                os.close(directory)
                raise
            if found != self.start_ticks:
                os.close(directory)
                raise ProcessLookupError(errno.ESRCH, "another process has this pid now")
        return directory


def start_ticks_of(directory: int) -> int | None:
    """Field 22 of the stat file in a process's open directory; ``None`` where it is not there."""
    descriptor = os.open("stat", _READ, dir_fd=directory)
    try:
        text = os.read(descriptor, TEXT_MAX_BYTES).decode("ascii", "backslashreplace")
    finally:
        os.close(descriptor)
    fields = text.rpartition(")")[2].split()
    return int(fields[_START_FIELD]) if len(fields) > _START_FIELD else None


RESTORED, UNTOUCHED, FOREIGN, VANISHED, FAILED = (
    "restored",
    "untouched",
    "foreign",
    "vanished",
    "failed",
)


def restore(file: SettingFile, previous: str, ours: str | None) -> tuple[str, str]:
    """Puts ``previous`` back where ``ours`` stands; (what came of it, the text that stands there now).

    ``ours`` ``None``: what the write made of it was never told, and whatever stands there is taken for it.
    Anybody else's value is left alone (``FOREIGN``).
    """
    try:
        now = file.read()
        if now == previous:
            return UNTOUCHED, now
        if ours is not None and now != ours:
            return FOREIGN, now
        file.write(previous)
        now = file.read()
    except OSError as error:
        if error.errno in GONE:
            return VANISHED, ""
        return FAILED, error.strerror or str(error)
    return (RESTORED, now) if now == previous else (FAILED, now)
