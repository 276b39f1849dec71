"""A file that grows by whole pieces and ends at one, whatever happens to the disk.

Some blocks are set aside when the file is made: where the disk is full they are given back, and the
rest of the piece and the end of the archive find room. Where that does not help (a quota, a limit on
file sizes, an error of the disk) the file is cut after its last whole piece.
"""

# Bare os calls: what was written, to the byte, is the point here.
# ruff: noqa: PTH120

import errno
import os
import tempfile
from contextlib import suppress
from typing import IO

from vmadvisor.errors import RecordingError

RESERVE_BYTES = 128 * 1024

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_MODE = 0o640  # process names may be hidden from other users
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class OutputFile:
    """``error`` is the first that befell it: time to end. ``is_cut``: no more fits, not even an end."""

    __slots__ = ("_descriptor", "_reserve", "error", "is_cut", "path", "written_bytes")

    def __init__(self, path: str) -> None:
        self.path = path
        directory = os.path.dirname(path) or "."
        try:
            self._descriptor = os.open(path, _FLAGS, _MODE)
            _sync_directory(directory)
        except OSError as error:
            raise RecordingError(f"cannot write {path}: {_words(error)}") from None
        self._reserve = _set_aside(directory)
        self.written_bytes = 0
        self.error: str | None = None
        self.is_cut = False

    def append(self, piece: bytes) -> None:
        """Writes the piece, or leaves the file as it was and says why in ``error``."""
        view = memoryview(piece)
        while view and not self.is_cut:
            try:
                view = view[os.write(self._descriptor, view) :]
            except OSError as error:
                self._trouble(error)
        if not self.is_cut:
            self.written_bytes += len(piece)

    def sync(self) -> None:
        """Waits until what was written is on the disk."""
        if self.is_cut:
            return
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a pipe, a device: nothing to wait for
                self._trouble(error)

    def close(self) -> None:
        """Ends it, on the disk."""
        self.sync()
        if self._reserve is not None:
            self._reserve.close()
        os.close(self._descriptor)

    def _trouble(self, error: OSError) -> None:
        self.error = self.error or _words(error)
        if error.errno in _FULL and self._reserve is not None:
            self._reserve.close()
            self._reserve = None
            return
        self.is_cut = True
        with suppress(OSError):
            os.ftruncate(self._descriptor, self.written_bytes)


def _set_aside(directory: str) -> IO[bytes] | None:
    """Blocks of a file without a name; ``None`` where the file system has no way to reserve them."""
    try:
        reserve = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - held until the disk is full
    except OSError:
        return None
    try:
        os.posix_fallocate(reserve.fileno(), 0, RESERVE_BYTES)
    except OSError:
        reserve.close()
        return None
    return reserve


def _sync_directory(directory: str) -> None:
    """Without this a power loss may take the name with it."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
