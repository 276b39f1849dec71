"""Where the history lies, and what is not touched there: anything that is no regular file of our own.

SQLite follows symbolic links, opens pipes and writes two more files beside its own, so all of them
are looked at before and after it opens them.
"""

# Bare os calls, as in collect.state_file: a check asks for its file after its output and should end.
# ruff: noqa: PTH104, PTH116, PTH119, PTH120

import os
import stat
import time

from vmadvisor.collect.state_file import readable_paths, writable_path
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import StateError
from vmadvisor.history.schema import APPLICATION_ID

NAME = "history.sqlite"
DAMAGED_MAX_COUNT = 5
"""So many damaged files are kept beside a history; a disk that goes on spoiling them needs a person."""

_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\0"
_APPLICATION_ID_OFFSET = 68
_BESIDE = ("-wal", "-shm", "-journal")


def default_path() -> str:
    """The file that is written where none is named; ``StateError`` where there is no place for it."""
    return writable_path(NAME)


def readable_path() -> str:
    """The file that is read where none is named: the first that is there."""
    paths = readable_paths(NAME)
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def identity(path: str, *, to_write: bool) -> tuple[int, int] | None:
    """Device and inode; ``None`` where there is no file yet. ``StateError`` where it is to be left alone."""
    found = None
    if to_write:
        _refuse_shared(os.path.dirname(path) or ".")
    for name in (path, *(path + end for end in _BESIDE)):
        try:
            status = os.lstat(name)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise StateError(f"{name}: {_words(error)}") from None
        if not stat.S_ISREG(status.st_mode):
            raise StateError(f"{name}: it is no regular file; it is left alone")
        if to_write and status.st_uid != os.geteuid():
            raise StateError(f"{name}: it belongs to another user; it is left alone")
        if name == path:
            found = status.st_dev, status.st_ino
    return found


def made(path: str) -> tuple[int, int] | None:
    """Makes the file, empty, where there is none: SQLite itself would follow a link put there meanwhile."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        os.close(os.open(path, flags, 0o644))
    except FileExistsError:
        pass  # another run was first, or it is no file of ours: looked at below
    except (OSError, ValueError) as error:
        raise StateError(f"{path}: {_words(error)}") from None
    return identity(path, to_write=True)


def _refuse_shared(directory: str) -> None:
    """Root writes nothing where another user can put a link in the file's place."""
    if os.geteuid() != 0:
        return
    try:
        status = os.stat(directory)
    except (OSError, ValueError):
        return  # the file's own error says it
    by_group = status.st_mode & stat.S_IWGRP and status.st_gid != 0
    is_open = (by_group or status.st_mode & stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
    if status.st_uid != 0 or is_open:
        raise StateError(f"{directory}: another user can write there; root keeps no history in it")


def bears_our_mark(path: str) -> bool:
    """Whether its first bytes say that it was a history; what is spoilt further on does not matter."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        head = os.read(descriptor, _HEADER_BYTES)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    own = APPLICATION_ID.to_bytes(4, "big")
    end = _APPLICATION_ID_OFFSET + 4
    return head.startswith(_MAGIC) and head[_APPLICATION_ID_OFFSET:end] == own


def set_aside(path: str) -> str:
    """Renames a damaged history, with what lies beside it; returns its new name.

    ``StateError`` where that is not to be done: a file of another name that does not say it is ours,
    or too many damaged ones already.
    """
    if os.path.basename(path) != NAME and not bears_our_mark(path):
        raise StateError(f"{path}: it is no history of vmadvisor; it is left alone")
    directory, name = os.path.dirname(path) or ".", os.path.basename(path)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    try:
        damaged = {
            one
            for one in os.listdir(directory)  # noqa: PTH208 - no further module
            if one.startswith(f"{name}.damaged-") and not one.endswith(_BESIDE)
        }
        if len(damaged) >= DAMAGED_MAX_COUNT:
            raise StateError(f"{path}: damaged, as {len(damaged)} before it; remove those")
        target = f"{path}.damaged-{stamp}"
        number = 1
        while os.path.basename(target) in damaged:
            number += 1
            target = f"{path}.damaged-{stamp}.{number}"
        os.rename(path, target)
        for end in _BESIDE:
            if os.path.lexists(path + end):
                os.rename(path + end, target + end)
    except OSError as error:
        raise StateError(f"{path}: damaged, and not set aside: {reason_of(error)}") from None
    return target


def _words(error: OSError | ValueError) -> str:
    return reason_of(error) if isinstance(error, OSError) else "it is no path"
