"""How much of an archive is kept in memory."""

from vmadvisor.errors import RootError

KEPT_MAX_BYTES = 256 * 2**20

_ENTRY_BYTES = 400
"""What each kept file costs beside its bytes, about: its names, its places in dictionaries. Without it a
million empty files would take 900 MiB."""


class Budget:
    """Counts what is kept; asking for more than the limit is an error of the root."""

    __slots__ = ("_kept_bytes", "_limit_bytes")

    def __init__(self, limit_bytes: int | None = None) -> None:
        self._limit_bytes = KEPT_MAX_BYTES if limit_bytes is None else limit_bytes
        self._kept_bytes = 0

    def take(self, path: str, data: bytes) -> None:
        """One more file is kept."""
        self._kept_bytes += len(path) + len(data) + _ENTRY_BYTES
        if self._kept_bytes > self._limit_bytes:
            raise RootError(f"more than {self._limit_bytes // 2**20} MiB of the archive are of use")

    def give_back(self, path: str, data: bytes) -> None:
        """A kept file was dropped."""
        self._kept_bytes -= len(path) + len(data) + _ENTRY_BYTES
