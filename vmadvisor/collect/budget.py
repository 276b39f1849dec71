"""How much of an archive is kept in memory."""

from vmadvisor.errors import RootError

KEPT_MAX_BYTES = 256 * 2**20

_ENTRY_BYTES = 128  # what Python adds to each kept file, about


class Budget:
    """Counts what is kept; asking for more than the limit is an error of the root."""

    __slots__ = ("_kept_bytes",)

    def __init__(self) -> None:
        self._kept_bytes = 0

    def take(self, path: str, data: bytes) -> None:
        """One more file is kept."""
        self._kept_bytes += len(path) + len(data) + _ENTRY_BYTES
        if self._kept_bytes > KEPT_MAX_BYTES:
            raise RootError(f"more than {KEPT_MAX_BYTES // 2**20} MiB of the archive are of use")

    def give_back(self, path: str, data: bytes) -> None:
        """A kept file was dropped."""
        self._kept_bytes -= len(path) + len(data) + _ENTRY_BYTES
