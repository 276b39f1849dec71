"""Kernel logs below a directory: an unpacked sosreport, /var/log, /sys/fs/pstore. Links are not followed."""

# Bare os calls: names keep every byte.
# ruff: noqa: PTH118

import os
from collections.abc import Iterator
from io import BytesIO
from typing import IO

from vmadvisor.collect.decompress import Output
from vmadvisor.collect.log_archive import PSTORE_MAX_BYTES, Log, salvaged
from vmadvisor.collect.log_blocks import line_blocks
from vmadvisor.collect.log_names import dumps, is_log, is_pstore
from vmadvisor.collect.tree import reason_of
from vmadvisor.snapshot import Gap

FILES_MAX_COUNT = 200_000
_PRUNED = frozenset({"proc", "journal"})


def directory_logs(path: str, gaps: list[Gap]) -> Iterator[Log]:
    """(name, blocks) of every kernel log, in the order of names; what cannot be opened is a gap."""
    names = list(_files(path))
    parts: list[tuple[str, bytes]] = []
    kept_bytes = 0
    for name in filter(is_pstore, names):
        with _opened(path, name, gaps) as stream:
            data = stream.read(max(PSTORE_MAX_BYTES - kept_bytes, 0))
        kept_bytes += len(data)
        parts.append((name, data))
    for dump in dumps(parts):
        yield "pstore", iter((dump,))
    for name in names:
        if is_log(name) and not is_pstore(name):
            with _opened(path, name, gaps) as stream:
                yield name, line_blocks(salvaged(Output(stream)))


def _opened(top: str, name: str, gaps: list[Gap]) -> IO[bytes]:
    """A regular file; empty where it cannot be opened, be it a link that came in its place."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        return os.fdopen(os.open(os.path.join(top, name), flags), "rb")
    except OSError as error:
        cost = "what this log tells is not known"
        gaps.append(Gap(path=name, reason=reason_of(error), cost=cost))
        return BytesIO()


def _files(top: str) -> Iterator[str]:
    """Regular files, by path relative to ``top``, sorted."""
    seen = 0
    for directory, below, names in os.walk(top):
        below[:] = sorted(name for name in below if name not in _PRUNED)
        for name in sorted(names):
            seen += 1
            if seen > FILES_MAX_COUNT:
                return
            path = os.path.join(directory, name)
            if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114 - bare os calls
                yield os.path.relpath(path, top)
