"""What stands before a new run: the last point of its boot, forecasts still open, facts about the upkeep.

Every ``check`` pays for this module and those it loads; only what a run that adds a point needs is here.
Points come with those counters alone that outcomes and kills are told by.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from vmadvisor.history.rows import (
    OWN_ORIGINS,
    REPLAYED,
    SAID_COLUMNS,
    Value,
    counted_point_of_row,
    said_of_row,
    stored_text,
)
from vmadvisor.model.events import COUNTER_OF
from vmadvisor.model.past import Point, Said

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from vmadvisor.history.entry import Entry

UPKEEP_PAUSE_S: Final = 3600.0
"""So long nothing is thinned or taken away again: what is due meanwhile is done by the next run after it."""

_SAME_CLOCK_S: Final = 60.0
"""Slews and leap seconds are less in that time."""

COUNTED: Final = tuple(dict.fromkeys(COUNTER_OF.values()))
"""What outcomes and kills are told by."""

_COUNTED = (
    "SELECT p.time_utc_s, p.origin, b.boot_id, p.since_boot_s, t.text, "
    f"{', '.join(f'p.{name}' for name in COUNTED)} FROM points p "
    "LEFT JOIN boots b ON b.id = p.boot LEFT JOIN top_kills t ON t.id = p.top_kills"
)
_OWN = f"p.origin IN {OWN_ORIGINS}"


def _counted(
    connection: "sqlite3.Connection", where: str, values: Sequence[Value]
) -> tuple[Point, float | None] | None:
    row = connection.execute(f"{_COUNTED} WHERE {where} LIMIT 1", values).fetchone()
    return None if row is None else counted_point_of_row(row, COUNTED)


def last_point(
    connection: "sqlite3.Connection", boot_id: str | None
) -> tuple[Point, float | None] | None:
    """The last point of this boot, or else the last one kept, and its time on its boot's own clock.

    Hosts that share a home share a file: another's point in between is no reboot of this one.
    """
    boot = connection.execute("SELECT id FROM boots WHERE boot_id = ?", [stored_text(boot_id)])
    number = boot.fetchone()
    found = None
    if number is not None:
        found = _counted(connection, f"{_OWN} AND p.boot = ? ORDER BY p.id DESC", number)
    return found or _counted(connection, f"{_OWN} ORDER BY p.id DESC", ())


def said_between(
    connection: "sqlite3.Connection", since_utc_s: float, until_utc_s: float
) -> Iterator[Said]:
    """What runs of this host said; both ends included, oldest first; read once they are asked for."""
    rows = connection.execute(
        f"SELECT {SAID_COLUMNS} FROM forecasts f JOIN kinds k ON k.id = f.kind "
        "WHERE f.time_utc_s BETWEEN ? AND ? AND coalesce(k.model_id, '') NOT LIKE '%' || ? "
        "ORDER BY f.time_utc_s, f.kind",
        [since_utc_s, until_utc_s, REPLAYED],
    )
    yield from map(said_of_row, rows)


def open_said(
    connection: "sqlite3.Connection", since_utc_s: float, point: Point
) -> list[tuple[float, int, Said, Point]]:
    """(time, kind, forecast, the point it was made at) of those that ``point`` may tell the outcome of.

    Their horizon ends after ``since_utc_s``, the time of the point before it.
    """
    longest = connection.execute("SELECT max(horizon_s) FROM kinds").fetchone()[0]
    if longest is None:
        return []
    rows = connection.execute(
        f"SELECT f.kind, {SAID_COLUMNS} FROM forecasts f JOIN kinds k ON k.id = f.kind "
        "WHERE f.came IS NULL AND f.time_utc_s > ? AND f.time_utc_s < ? "
        "AND f.time_utc_s + k.horizon_s > ?",
        [since_utc_s - longest, point.time_utc_s, since_utc_s],
    ).fetchall()
    made: dict[float, Point | None] = {}
    found = []
    for kind, *row in rows:
        said = said_of_row(tuple(row))
        time_utc_s = said.time_utc_s
        if time_utc_s not in made:
            own = _counted(connection, f"{_OWN} AND p.time_utc_s = ?", [time_utc_s])
            made[time_utc_s] = own[0] if own is not None else None
        at = made[time_utc_s]
        if at is not None and at.boot_id == point.boot_id:
            found.append((time_utc_s, kind, said, at))
    return found


def fact(connection: "sqlite3.Connection", name: str) -> float | None:
    """A number that is kept beside the points."""
    found = connection.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
    return None if found is None else float(found[0])


def is_upkeep_due(
    connection: "sqlite3.Connection", entry: "Entry", *, keep_s: float | None
) -> bool:
    """Whether retention is to look at the history: not again within an hour by both clocks of one boot.

    At once where something else is to be kept, or a clock was set.
    """
    facts = dict(
        connection.execute(
            "SELECT name, value FROM facts WHERE name IN ('keep_s', 'now_utc_s', 'since_boot_s')"
        ).fetchall()
    )
    if keep_s is not None and facts.get("keep_s") != keep_s:
        return True
    then_utc_s, then_s, now_s = (
        facts.get("now_utc_s"),
        facts.get("since_boot_s"),
        entry.since_boot_s,
    )
    if then_utc_s is None or then_s is None or now_s is None:
        return True
    passed_s = now_s - then_s
    step_s = entry.time_utc_s - then_utc_s - passed_s
    return not (0 <= passed_s < UPKEEP_PAUSE_S and abs(step_s) <= _SAME_CLOCK_S)
