"""The running system: ``/proc`` and ``/sys`` read with bare ``open``, ``read``, ``close``.

Thousands of process files are read in one run; Python's ``open()`` would double their cost, and a
directory descriptor to start from saves nothing that can be measured.
"""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH116, PTH208

import os
import stat
import time

from vmadvisor.collect.tree import READ_LIMIT_BYTES, too_large

READ_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC

_CHUNK_BYTES = 64 * 1024
_PEEK_BYTES = 4096
_LEAF_LINKS_COUNT = 2  # ``.`` and the entry in the parent: kernfs counts child directories too


class LiveTree:
    """``root`` is ``/`` but in tests."""

    __slots__ = ("_prefix",)

    is_live = True

    def __init__(self, root: str = "/") -> None:
        self._prefix = root.rstrip("/") + "/"

    @property
    def root(self) -> str:
        """With a slash at its end, for what is no read: owners, extended attributes."""
        return self._prefix

    def now_s(self) -> float:
        """CLOCK_MONOTONIC, the clock that recordings are kept in as well."""
        return time.monotonic()

    processes_time_s = now_s

    def read(self, path: str) -> tuple[bytes, float]:
        """Reads to the end; the time is that of the last byte."""
        data = read_all(self._prefix + path, READ_FLAGS)
        return data, time.monotonic()

    def peek(self, path: str) -> bytes:
        """One ``read``: seq_file gives all that fits."""
        descriptor = os.open(self._prefix + path, READ_FLAGS)
        try:
            return os.read(descriptor, _PEEK_BYTES)
        finally:
            os.close(descriptor)

    def names(self, directory: str) -> list[str]:
        """As the kernel lists them."""
        return os.listdir(self._prefix + directory)

    def subdirectories(self, directory: str) -> list[str]:
        """Of a control group without children this reads nothing: its link count says so."""
        path = self._prefix + directory
        if os.stat(path).st_nlink == _LEAF_LINKS_COUNT:
            return []
        with os.scandir(path) as entries:
            return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]


def read_all(path: str, flags: int) -> bytes:
    """A file's bytes to its end; its size is no guide, for files of /proc have none."""
    descriptor = os.open(path, flags)
    try:
        pieces: list[bytes] = []
        total_bytes = 0
        while piece := os.read(descriptor, _CHUNK_BYTES):
            pieces.append(piece)
            total_bytes += len(piece)
            if total_bytes > READ_LIMIT_BYTES:
                raise too_large(path)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def is_regular(path: str) -> bool:
    """True for a regular file; a link, a FIFO, a device is none, and is not opened to find out."""
    return stat.S_ISREG(os.lstat(path).st_mode)
