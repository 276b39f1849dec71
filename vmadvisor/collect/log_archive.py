"""Kernel logs out of a tar archive (a sosreport), member by member, each read as a stream."""

from collections.abc import Iterator
from typing import IO, cast

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.log_blocks import Read, line_blocks
from vmadvisor.collect.log_names import dumps, is_log, is_pstore
from vmadvisor.collect.tar_stream import TarStream

PSTORE_MAX_BYTES = 16 * 2**20
_TAR_HEAD_BYTES = 512
_TAR_MARK = slice(257, 262)

Log = tuple[str, Iterator[bytes]]


def is_tar(output: Output) -> bool:
    """Looks at the beginning; what is read next begins there too."""
    try:
        head = output.read(_TAR_HEAD_BYTES)
    except DamageError:
        head = output.rest()
    output.put_back(head)
    return head[_TAR_MARK] == b"ustar"


def salvaged(output: Output) -> Read:
    """A ``read`` that gives what was decompressed before damage, and then raises ``DamageError``."""

    def read(count: int) -> bytes:
        try:
            return output.read(count)
        except DamageError:
            rest = output.rest()
            if rest:
                return rest
            raise

    return read


class _LogTar(TarStream):
    """A tar whose members can be read piece by piece."""

    __slots__ = ()

    def read(self, count: int = -1) -> bytes:
        """At most ``count`` bytes of the member yielded last; ``DamageError`` where they break off."""
        wanted = min(count, self._left_bytes) if count >= 0 else self._left_bytes
        data = self._output.read(wanted)
        self._left_bytes -= len(data)
        if wanted and not data:
            raise DamageError("it breaks off within a file")
        return data


def archive_logs(output: Output) -> Iterator[Log]:
    """(name, blocks) of every kernel log; a log must be read before the next is asked for.

    Raises ``DamageError`` where the archive breaks off.
    """
    tar = _LogTar(output)
    parts: list[tuple[str, bytes]] = []
    kept_bytes = 0
    for member in tar:
        if not member.is_file:
            continue
        if is_pstore(member.name):
            kept_bytes += member.size_bytes
            if kept_bytes <= PSTORE_MAX_BYTES and (data := tar.data()) is not None:
                parts.append((member.name, data))
        elif is_log(member.name):
            # The decoder asks its source for bytes and nothing else.
            inner = Output(cast("IO[bytes]", tar))
            yield member.name, line_blocks(salvaged(inner))
    for dump in dumps(parts):
        yield "pstore", iter((dump,))
