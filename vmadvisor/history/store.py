"""The history of a host: opened, added to, read.

    with open_store(path) as store:
        store.append_points(points)
        past = store.past(since_utc_s, until_utc_s)

All that is raised is a ``StateError`` of one sentence.
"""

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from vmadvisor.history import connection as own
from vmadvisor.history import place, writer
from vmadvisor.history.before import is_upkeep_due
from vmadvisor.history.entry import Entry
from vmadvisor.history.rows import replayed_model
from vmadvisor.model.calibration.host_identity import HostIdentity

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from vmadvisor.model.past import Past, Point, Replayed, Said

FOREVER_S = 1e12


class Store:
    """One open history. ``notes`` says what happened on the way, for standard error."""

    def __init__(
        self, connection: "sqlite3.Connection", path: str, notes: Iterable[str] = ()
    ) -> None:
        self._connection = connection
        self.path = path
        self.notes = list(notes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """What the log beside the file holds is written back if nobody else has the file open."""
        self._connection.close()

    def append(self, entry: Entry, *, keep_s: float | None = None) -> None:
        """One run, whole or not at all; once an hour what is older than ``keep_s`` goes, what is old is thinned.

        ``keep_s`` holds for later runs too, until one is told another.
        """
        with own.in_words(self.path), own.transaction(self._connection):
            writer.add_entry(self._connection, entry)
            if is_upkeep_due(self._connection, entry, keep_s=keep_s):
                from vmadvisor.history import retention

                retention.maintain(self._connection, entry, keep_s=keep_s)

    def append_points(
        self,
        points: "Iterable[Point]",
        host: HostIdentity = HostIdentity(),  # noqa: B008 - frozen
    ) -> int:
        """How many were new: those of a time and origin that is kept already are left out."""
        with own.in_words(self.path), own.transaction(self._connection):
            return writer.add_points(self._connection, points, host)

    def append_replayed(
        self, found: "Iterable[Replayed]", *, model_id: str, host: HostIdentity
    ) -> int:
        """How many were kept, of a time of which no run of this host made forecasts."""
        with own.in_words(self.path), own.transaction(self._connection):
            return writer.add_replayed(self._connection, found, model_id, host)

    def past(self, since_utc_s: float = -FOREVER_S, until_utc_s: float = FOREVER_S) -> "Past":
        """All that is kept of the time between, both ends included."""
        from vmadvisor.history import reader

        with own.in_words(self.path):
            return reader.past(self._connection, since_utc_s, until_utc_s)

    def kept_s(self) -> float:
        """How long the history goes back: what is older goes within an hour of runs."""
        from vmadvisor.history import retention

        with own.in_words(self.path):
            return retention.kept_s(self._connection)

    def hosts(self) -> list[HostIdentity]:
        """Whose boots are kept, the one of the last run last."""
        from vmadvisor.history import reader

        with own.in_words(self.path):
            return reader.hosts(self._connection)

    def said_for(
        self, model_id: str, host: HostIdentity, *, is_replayed: bool = False
    ) -> "list[tuple[Said, bool]]":
        """(forecast, whether it may have come in time or too late) of one model for one host.

        Those that its runs said, or with ``is_replayed`` those that were made of an import.
        """
        name = replayed_model(model_id) if is_replayed else model_id
        from vmadvisor.history import reader

        with own.in_words(self.path):
            return reader.said_for(self._connection, name, host)

    def gaps(
        self, since_utc_s: float = -FOREVER_S, until_utc_s: float = FOREVER_S
    ) -> list[tuple[float, str]]:
        """(time, what is not known of it), oldest first."""
        from vmadvisor.history import reader

        with own.in_words(self.path):
            return reader.gaps_between(self._connection, since_utc_s, until_utc_s)

    def damage(self) -> list[str]:
        """What is wrong with the file; empty where it is whole."""
        try:
            with own.in_words(self.path):
                rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
        except own.DamagedError as error:
            return [str(error)]
        return [str(row[0]) for row in rows if row[0] != "ok"]


def open_store(path: str, *, wait_s: float = own.WAIT_S, is_readonly: bool = False) -> Store:
    """The history at ``path``, made where there is none; a damaged one is set aside and said in ``notes``.

    With ``is_readonly`` nothing is made, set aside or brought up to a newer version. ``StateError`` for
    a file that is no history, of a later version, of another user's, busy, or out of reach.
    """
    try:
        return Store(own.opened(path, wait_s=wait_s, is_readonly=is_readonly), path)
    except own.DamagedError as error:
        if is_readonly:
            raise
        reason = str(error)
    return _anew(path, reason, wait_s)


def append_to(path: str, *entries: Entry, keep_s: float | None = None) -> list[str]:
    """A run, and what followed it, into the history at ``path``; what is to be said of it.

    ``StateError`` as ``open_store``.

    Damage that shows only where a table is touched sets the file aside too. The file is left open, for a
    process that ends: closing it writes the log back, which waits for the disk.
    """
    store = open_store(path)
    try:
        for entry in entries:
            store.append(entry, keep_s=keep_s)
    except own.DamagedError as error:
        reason = str(error)
    else:
        return store.notes
    store.close()
    store = _anew(path, reason, own.WAIT_S)
    for entry in entries:
        store.append(entry, keep_s=keep_s)
    return store.notes


def _anew(path: str, reason: str, wait_s: float) -> Store:
    target = place.set_aside(path)
    note = f"{reason}; it lies at {target} now, and the history begins anew"
    connection = own.opened(path, wait_s=wait_s, is_readonly=False)
    with own.in_words(path), own.transaction(connection):
        writer.add_gap(connection, time.time(), note)
    return Store(connection, path, [note])
