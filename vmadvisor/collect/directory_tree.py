"""A directory that stands for ``/``: an unpacked sosreport, another host's mounted root.

Links are resolved as if the directory were the root of the file system, so that none leads out of
it; what is not a regular file is never opened.
"""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH114, PTH115, PTH208

import errno
import os

from vmadvisor.collect.live_tree import READ_FLAGS, is_regular, read_all
from vmadvisor.collect.tree import not_found

_LINKS_MAX_COUNT = 40  # as the kernel's MAXSYMLINKS


class DirectoryTree:
    """Files of one moment that nobody knows: its time is 0."""

    __slots__ = ("_resolved", "_root")

    is_live = False

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")
        self._resolved: dict[str, str] = {}

    def now_s(self) -> float:
        """Always 0."""
        return 0.0

    processes_time_s = now_s

    def read(self, path: str) -> tuple[bytes, float]:
        """A regular file's bytes; anything else under that name is an error of its own."""
        full = self._inside(path)
        if not is_regular(full):
            raise OSError(errno.EINVAL, "not a regular file", path)
        return read_all(full, READ_FLAGS | os.O_NOFOLLOW), 0.0

    def peek(self, path: str) -> bytes:
        """As ``read``."""
        return self.read(path)[0]

    def names(self, directory: str) -> list[str]:
        """Sorted, for the same answer on every file system."""
        return sorted(os.listdir(self._inside(directory)))

    def subdirectories(self, directory: str) -> list[str]:
        """Without links to directories: a group hierarchy has none."""
        with os.scandir(self._inside(directory)) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))

    def _inside(self, path: str) -> str:
        """The file system's name of ``path``, its directories' links resolved below the root."""
        directory, _, name = path.rpartition("/")
        if directory not in self._resolved:
            self._resolved[directory] = self._follow(directory)
        full = f"{self._resolved[directory]}/{name}"
        return self._follow(path) if os.path.islink(full) else full

    def _follow(self, path: str) -> str:
        done: list[str] = []
        parts = path.split("/")[::-1]
        links_count = 0
        while parts:
            part = parts.pop()
            if part == "..":
                del done[-1:]
            if part in {"", ".", ".."}:
                continue
            done.append(part)
            target = _link_target("/".join((self._root, *done)))
            if target is None:
                continue
            links_count += 1
            if links_count > _LINKS_MAX_COUNT:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            del done[0 if target.startswith("/") else -1 :]
            parts.extend(target.split("/")[::-1])
        return "/".join((self._root, *done))


def _link_target(full: str) -> str | None:
    """Where the link leads, ``None`` for what is no link."""
    try:
        return os.readlink(full)
    except OSError as error:
        if error.errno == errno.EINVAL:
            return None
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            raise not_found(full) from None
        raise
