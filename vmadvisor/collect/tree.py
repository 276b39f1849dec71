"""A tree: the files of one host at one moment, wherever they are kept.

Everything above this module asks a tree and never the file system, so a live host, a directory, a
sosreport and a recording take one code path. Paths are relative to the tree's ``/``, without a
leading slash: ``proc/meminfo``.
"""

import errno
import os
from typing import Protocol

READ_LIMIT_BYTES = 16 * 2**20
"""No kernel text we know comes near this; what is larger is not what it claims to be."""

_REASONS = {
    errno.ENOENT: "no such file",
    errno.ENOTDIR: "no such file",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EOPNOTSUPP: "not supported by this kernel as it was started",
}


class Tree(Protocol):
    """One moment. Every method may raise ``OSError``."""

    @property
    def is_live(self) -> bool:
        """True for the running system: reads cost its CPU, may block, and processes vanish."""

    def now_s(self) -> float:
        """The moment itself: the running system's monotonic clock, or the newest tick."""

    def processes_time_s(self) -> float:
        """The moment its process files are from (now, on the running system)."""

    def read(self, path: str) -> tuple[bytes, float]:
        """A whole file, at most ``READ_LIMIT_BYTES``, and when it was read."""

    def peek(self, path: str) -> bytes:
        """A file that the kernel hands out in one piece of less than a page, as cheaply as can be."""

    def names(self, directory: str) -> list[str]:
        """What the directory holds, files and directories."""

    def subdirectories(self, directory: str) -> list[str]:
        """The directories that the directory holds."""


def text_of(data: bytes) -> str:
    r"""Kernel text as ``str``; bytes that are no UTF-8 survive as lone surrogates.

    A process name cut in the middle of a character, a cgroup or a swap path in Latin-1 can so be
    turned back into the bytes to look for; who prints a name escapes it.

    >>> text_of(b"caf\xc3"), text_of(b"caf\xc3").encode("utf-8", "surrogateescape")
    ('caf\udcc3', b'caf\xc3')
    """
    return data.decode("utf-8", "surrogateescape")


def not_found(path: str) -> OSError:
    """``FileNotFoundError`` as ``open`` would raise it."""
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def too_large(path: str) -> OSError:
    """The error of a file beyond ``READ_LIMIT_BYTES``."""
    limit = f"larger than {READ_LIMIT_BYTES // 2**20} MiB"
    return OSError(errno.EFBIG, limit, path)


def reason_of(error: OSError) -> str:
    """Why a file could not be read, as a gap says it.

    >>> reason_of(PermissionError(errno.EACCES, "Permission denied"))
    'permission denied'
    """
    if error.errno in _REASONS:
        return _REASONS[error.errno]
    reason = error.strerror or str(error) or type(error).__name__
    return reason[0].lower() + reason[1:]
