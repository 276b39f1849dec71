"""sysstat's archives as text: the JSON of ``sadf -j``, or what that program makes of a binary file."""

import codecs
import os
import re
import stat
import sys
from collections.abc import Iterator
from typing import IO

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.sadf_program import by_sadf
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

DIRECTORIES = ("/var/log/sysstat", "/var/log/sa")
"""Of Debian and of Red Hat."""

STANDARD_INPUT = "-"
TEXT_MAX_BYTES = 256 * 2**20
"""A day at one record a second with what is asked for here is half of it."""

BINARY_MAX_BYTES = 128 * 2**20
_PIECE_BYTES = 64 * 1024
_NAME = re.compile(r"sa(\d\d|\d{8})(\.(gz|xz|zst))?", re.ASCII)
_FILES_MAX_COUNT = 1000
_COMPRESSED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")


def sar_paths(path: str) -> list[str]:
    """The file itself; of a directory its daily archives, by the time of their last record, oldest first."""
    if path == STANDARD_INPUT or not os.path.isdir(path):  # noqa: PTH112
        return [path]
    try:
        with os.scandir(path) as entries:
            found = [
                (entry.stat().st_mtime, entry.path)
                for entry in entries
                if _NAME.fullmatch(entry.name) and entry.is_file()
            ]
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None
    if not found:
        raise RootError(f"{path}: it holds no archive of sysstat (sa01 to sa31, sa20261127)")
    return [name for _, name in sorted(found)[-_FILES_MAX_COUNT:]]


def default_paths() -> list[str]:
    """Those of this host; ``RootError`` where it has none."""
    for directory in DIRECTORIES:
        if os.path.isdir(directory):  # noqa: PTH112
            return sar_paths(directory)
    raise RootError(f"no archives of sysstat here: neither {' nor '.join(DIRECTORIES)} is there")


def sar_text(path: str) -> Iterator[str]:
    """The JSON, piece by piece; ``RootError`` where there is none, ``DamageError`` where it breaks off."""
    try:
        if path == STANDARD_INPUT:
            yield from _decoded(_bounded(_from_stream(sys.stdin.buffer)))
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            _require_regular(descriptor)
            yield from _decoded(_bounded(_of_file(stream)))
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None
    except RootError as error:
        raise RootError(f"{path}: {error}") from None


def _require_regular(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise RootError("it is no regular file")


def _of_file(stream: IO[bytes]) -> Iterator[bytes]:
    head = stream.read(_PIECE_BYTES)
    stream.seek(0)
    if head.startswith(_COMPRESSED):
        output = Output(stream)
        head = output.read(_PIECE_BYTES)
        output.put_back(head)
        if head.lstrip()[:1] == b"{":
            yield from iter(lambda: output.read(_PIECE_BYTES), b"")
            return
        descriptor = _in_memory(output)
        try:
            yield from by_sadf(descriptor)
        finally:
            os.close(descriptor)
    elif head.lstrip()[:1] == b"{":
        yield from _from_stream(stream)
    elif head:
        yield from by_sadf(stream.fileno())
    else:
        raise RootError("it is empty")


def _from_stream(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: stream.read(_PIECE_BYTES), b"")


def _in_memory(output: Output) -> int:
    """The file decompressed; it lies in no directory and goes with its descriptor."""
    descriptor = os.memfd_create("sa", os.MFD_CLOEXEC)
    try:
        while piece := output.read(_PIECE_BYTES):
            _require_small(output.total_bytes)
            os.write(descriptor, piece)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_small(count: int) -> None:
    if count > BINARY_MAX_BYTES:
        raise RootError(f"it holds more than {BINARY_MAX_BYTES // 2**20} MiB")


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > TEXT_MAX_BYTES:
            raise DamageError(f"only the first {TEXT_MAX_BYTES // 2**20} MiB of its text were read")
        yield piece


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in pieces:
        yield decoder.decode(piece)
