"""sysstat's archives as text: the JSON of ``sadf -j``, or what that program makes of a binary file."""

import os
import re
from collections.abc import Iterator

from vmadvisor.collect.decompress import Output
from vmadvisor.collect.exported_text import STANDARD_INPUT, Opened, exported_text
from vmadvisor.collect.sadf_program import by_sadf
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

DIRECTORIES = ("/var/log/sysstat", "/var/log/sa")
"""Of Debian and of Red Hat."""

TEXT_MAX_BYTES = 256 * 2**20
"""A day at one record a second with what is asked for here is half of it."""

BINARY_MAX_BYTES = 128 * 2**20
_PIECE_BYTES = 64 * 1024
_NAME = re.compile(r"sa(\d\d|\d{8})(\.(gz|xz|zst))?", re.ASCII)
_FILES_MAX_COUNT = 1000


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
    return exported_text(path, _binary, max_bytes=TEXT_MAX_BYTES)


def _binary(found: Opened) -> Iterator[bytes]:
    if not isinstance(found, Output):
        yield from by_sadf(found.fileno())
        return
    descriptor = _in_memory(found)
    try:
        yield from by_sadf(descriptor)
    finally:
        os.close(descriptor)


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
