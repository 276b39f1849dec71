"""Files held in memory: what was kept of an archive, as one moment."""

import errno
import os
from collections.abc import Mapping

from vmadvisor.collect.tree import READ_LIMIT_BYTES, not_found, too_large


class MemoryTree:
    """``files``: path -> (bytes, the tick they are from); directories follow from the paths.

    ``empty``: a directory that is there though it may hold no file.
    """

    __slots__ = ("_files", "_names", "_processes_time_s", "_time_s")

    is_live = False

    def __init__(
        self,
        files: Mapping[str, tuple[bytes, float]],
        *,
        time_s: float = 0.0,
        processes_time_s: float = 0.0,
        empty: str | None = None,
    ) -> None:
        self._files = dict(files)
        self._time_s = time_s
        self._processes_time_s = processes_time_s
        self._names: dict[str, dict[str, None]] = {}
        if empty is not None:
            self._names[empty] = {}
            self._register(empty)
        for path in files:
            self._register(path)

    def _register(self, path: str) -> None:
        while path:
            directory, _, name = path.rpartition("/")
            known = directory in self._names
            self._names.setdefault(directory, {})[name] = None
            if known:
                return
            path = directory

    def put(self, path: str, data: bytes, time_s: float) -> bytes | None:
        """A newer version of a file, or a new file; returns the bytes it had."""
        known = self._files.get(path)
        self._files[path] = (data, time_s)
        if known is None:
            self._register(path)
            return None
        return known[0]

    def now_s(self) -> float:
        """The moment's newest tick."""
        return self._time_s

    def processes_time_s(self) -> float:
        """The tick of the process scan."""
        return self._processes_time_s

    def read(self, path: str) -> tuple[bytes, float]:
        """The version of this moment, with its own time."""
        found = self._files.get(path)
        if found is None:
            raise not_found(path)
        if len(found[0]) > READ_LIMIT_BYTES:
            raise too_large(path)
        return found

    def peek(self, path: str) -> bytes:
        """As ``read``."""
        return self.read(path)[0]

    def names(self, directory: str) -> list[str]:
        """Sorted."""
        if directory in self._files:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), directory)
        if directory not in self._names:
            raise not_found(directory)
        return sorted(self._names[directory])

    def subdirectories(self, directory: str) -> list[str]:
        """Sorted."""
        return [name for name in self.names(directory) if f"{directory}/{name}" in self._names]
