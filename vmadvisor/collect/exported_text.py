"""What another collector's program exported as JSON: a file, compressed or not, or standard input, in pieces."""

import codecs
import os
import stat
import sys
from collections.abc import Callable, Iterator
from typing import IO

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

STANDARD_INPUT = "-"
_PIECE_BYTES = 2**20
"""A record is looked at again with each piece until it is whole: of the longest there are few pieces."""

_COMPRESSED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")

Opened = IO[bytes] | Output
"""At its beginning."""


def exported_text(
    path: str, otherwise: Callable[[Opened], Iterator[bytes]], *, max_bytes: int
) -> Iterator[str]:
    """The text; what is no JSON goes to ``otherwise``, which may make some of it.

    ``RootError`` where there is none, ``DamageError`` where it breaks off or is longer than ``max_bytes``.
    """
    try:
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise RootError("standard input is closed")  # noqa: TRY301 - as a file's own
            yield from text_of(_from_stream(sys.stdin.buffer), max_bytes=max_bytes)
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            _require_regular(descriptor)
            yield from text_of(_of_file(stream, otherwise), max_bytes=max_bytes)
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None
    except RootError as error:
        raise RootError(f"{path}: {error}") from None


def _require_regular(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise RootError("it is no regular file")


def text_of(pieces: Iterator[bytes], *, max_bytes: int) -> Iterator[str]:
    """Bytes as text; what is no UTF-8 stays what it is. ``DamageError`` after ``max_bytes``."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > max_bytes:
            raise DamageError(f"only the first {max_bytes // 2**20} MiB of its text were read")
        yield decoder.decode(piece)


def _of_file(stream: IO[bytes], otherwise: Callable[[Opened], Iterator[bytes]]) -> Iterator[bytes]:
    head = stream.read(_PIECE_BYTES)
    stream.seek(0)
    if not head:
        raise RootError("it is empty")
    found: Opened = stream
    if head.startswith(_COMPRESSED):
        found = Output(stream)
        head = found.read(_PIECE_BYTES)
        found.put_back(head)
    return _from_stream(found) if head.lstrip()[:1] == b"{" else otherwise(found)


def _from_stream(stream: Opened) -> Iterator[bytes]:
    return iter(lambda: stream.read(_PIECE_BYTES), b"")
