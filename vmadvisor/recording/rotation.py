"""Files of one name, new ones begun, old ones removed.

    host.tar.zst -> host.20260131T235959Z.tar.zst, host.20260201T235959Z.tar.zst, ...

A file is ended after a day, or when it holds an eighth of all that may be kept; each can be read
alone. Only files of exactly this form are ever removed, those changed longest ago first.
"""

# Bare os calls: sizes and times of many files.
# ruff: noqa: PTH108

import os
import re
import time
from datetime import UTC, datetime

from vmadvisor.records import dataclass

SUFFIX = ".tar.zst"
DAY_S = 86_400.0
FILE_MAX_S = DAY_S
KEEP_MIN_BYTES = 1 << 20

_PARTS_COUNT = 8
_END_BYTES = 64 * 1024  # for the tick that passes the limit, and the end of the archive
_STAMP = r"\d{8}T\d{6}Z(?:-\d+)?(?:\.[a-z0-9]+)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What may stay: so many bytes, files not older than so many days; ``None`` for no limit."""

    size_bytes: int | None = None
    age_s: float | None = None

    @property
    def is_limited(self) -> bool:
        """True where files are to be rotated."""
        return self.size_bytes is not None or self.age_s is not None

    def is_over(self, written_bytes: int, age_s: float) -> bool:
        """True where a file of this size and age is to be ended."""
        if self.is_limited and age_s >= FILE_MAX_S:
            return True
        if self.size_bytes is None:
            return False
        part_bytes = self.size_bytes // _PARTS_COUNT
        return written_bytes >= part_bytes - min(_END_BYTES, part_bytes // 2)


def stamped(path: str, *, word: str = "") -> str:
    """A name for a file that begins now, which no other file has.

    The clock may have jumped back, or two files begin in one second: then a number follows.
    """
    stem = path.removesuffix(SUFFIX)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    end = f".{word}{SUFFIX}" if word else SUFFIX
    name, number = f"{stem}.{stamp}{end}", 1
    while os.path.lexists(name):
        number += 1
        name = f"{stem}.{stamp}-{number}{end}"
    return name


def prune(path: str, keep: Keep, *, room_bytes: int | None = None) -> list[str]:
    """Removes what is too much, before a new file is begun; returns the removed.

    Room for the new one (by default, for as much as a file may grow to) is made beforehand, so that
    all together never take more than ``size_bytes``.
    """
    removed: list[str] = []
    found = _files(path)
    total_bytes = sum(size_bytes for _, _, size_bytes in found)
    most_bytes = keep.size_bytes
    if most_bytes is not None:
        most_bytes -= most_bytes // _PARTS_COUNT if room_bytes is None else room_bytes
    for mtime_s, name, size_bytes in found:
        is_old = keep.age_s is not None and time.time() - mtime_s > keep.age_s
        is_much = most_bytes is not None and total_bytes > most_bytes
        if is_old or is_much:
            os.unlink(name)
            removed.append(name)
            total_bytes -= size_bytes
    return removed


def _files(path: str) -> list[tuple[float, str, int]]:
    """(changed, name, size) of every file of this name, the oldest first."""
    directory, _, base = path.removesuffix(SUFFIX).rpartition("/")
    form = re.compile(rf"{re.escape(base)}\.{_STAMP}{re.escape(SUFFIX)}")
    found: list[tuple[float, str, int]] = []
    with os.scandir(directory or ("/" if path.startswith("/") else ".")) as entries:
        for entry in entries:
            if form.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                name = (
                    f"{directory}/{entry.name}" if directory or path.startswith("/") else entry.name
                )
                found.append((status.st_mtime, name, status.st_size))
    return sorted(found)
