"""An SQLite connection as a history needs it: its own file and version, bounded waits, errors in words."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from vmadvisor.errors import StateError
from vmadvisor.history import place
from vmadvisor.history.schema import APPLICATION_ID, MIGRATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
else:
    # What `sqlite3` adds to it are adapters of dates, and the module of dates to read.
    import _sqlite3 as sqlite3

WAIT_S = 1.0
"""How long another writer is waited for."""

SIZE_MAX_BYTES = 256 * 2**20
_PAGE_BYTES = 4096
_CHECKPOINT_PAGES = 128
"""The log beside the file is written back at half a MiB: whoever opens it next reads it whole."""

_ANY = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
_READER = f"{_ANY} PRAGMA query_only = ON"
_WRITER = (
    f"{_ANY} PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}; "
    f"PRAGMA max_page_count = {SIZE_MAX_BYTES // _PAGE_BYTES}"
)

_READ_ONLY = 8
_WORDS = {
    5: "another process is writing it",
    6: "another process is writing it",
    _READ_ONLY: "it cannot be written",
    10: "the disk cannot be read or written",
    13: "the disk is full, or the file as large as it may become",
    14: "it cannot be opened",
}
"""SQLite's primary result codes."""

_DAMAGED = {11, 26}
"""Malformed, no database."""


class DamagedError(StateError):
    """The file is ours, and broken."""


class LaterError(StateError):
    """The file is of a later version of this program."""


@contextmanager
def in_words(path: str) -> Iterator[None]:
    """Raises ``StateError`` for SQLite's, ``DamagedError`` where the file itself is at fault."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        # The version said that it is there.
        is_lacking = str(error).startswith(("no such table", "no such column"))
        if code in _DAMAGED or is_lacking:
            raise DamagedError(f"{path}: it is damaged: {error}") from None
        raise StateError(f"{path}: {_WORDS.get(code, str(error))}") from None


def opened(path: str, *, wait_s: float, is_readonly: bool) -> sqlite3.Connection:
    """A connection to a history of this version, made or brought up to it unless ``is_readonly``.

    ``StateError`` where there is none to be had; never harms a file that is not ours.
    """
    before = place.identity(path, to_write=not is_readonly)
    if before is None:
        if is_readonly:
            raise StateError(f"{path}: there is no history")
        before = place.made(path)
    with in_words(path):
        connection = _connected(path, wait_s, is_readonly=is_readonly)
    try:
        _require_same(path, before, to_write=not is_readonly)
        with in_words(path):
            _prepare(connection, path, is_readonly=is_readonly)
    except StateError:
        connection.close()
        raise
    return connection


def _require_same(path: str, before: tuple[int, int] | None, *, to_write: bool) -> None:
    if place.identity(path, to_write=to_write) != before:
        raise StateError(f"{path}: it was replaced while it was opened")


def _connected(path: str, wait_s: float, *, is_readonly: bool) -> sqlite3.Connection:
    uri = f"file:{_quoted(os.path.abspath(path))}"  # noqa: PTH100 - pathlib is not loaded for it
    uri += "?mode=ro" if is_readonly else "?mode=rw"
    connection = _plain(uri, wait_s)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        # A closed history in a place where we cannot write: the log's index cannot be made, and there
        # is no log. With one there would be an index too.
        is_closed = is_readonly and not os.path.lexists(f"{path}-wal")
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in {_READ_ONLY, 14} or not is_closed:
            connection.close()
            raise
        connection.close()
        connection = _plain(f"{uri}&immutable=1", wait_s)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _quoted(path: str) -> str:
    """As SQLite reads a URI: the three characters that mean something in it.

    >>> _quoted("/tmp/50%?#")
    '/tmp/50%25%3f%23'
    """
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _plain(uri: str, wait_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        uri, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _prepare(connection: sqlite3.Connection, path: str, *, is_readonly: bool) -> None:
    own = _READER if is_readonly else _WRITER
    connection.executescript(own)
    version = _number(connection, "user_version")
    is_empty = version == 0 and _number(connection, "schema_version") == 0
    if _number(connection, "application_id") != APPLICATION_ID and not is_empty:
        raise StateError(f"{path}: it is no history of vmadvisor; it is left alone")
    if version > len(MIGRATIONS):
        raise LaterError(
            f"{path}: it is of version {version}, this program knows {len(MIGRATIONS)}; "
            "it is left alone"
        )
    if version < len(MIGRATIONS):
        if is_readonly:
            raise StateError(f"{path}: it is of version {version}; the next check brings it up")
        _migrate(connection)


def _migrate(connection: sqlite3.Connection) -> None:
    """All or nothing; another process may have been first."""
    if _number(connection, "user_version") == 0:
        connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        for number in range(_number(connection, "user_version"), len(MIGRATIONS)):
            for statement in MIGRATIONS[number].split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number + 1}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One that writes; what is raised within takes all of it back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
