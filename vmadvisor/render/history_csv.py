"""A past's tables as CSV (RFC 4180), names at the head; what is absent is empty.

A spreadsheet takes a cell that begins with ``= + - @`` for a formula, and the names here come from anyone:
such a cell of text has an apostrophe before it (OWASP, "CSV Injection").
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vmadvisor.model.past import COUNTERS, GAUGES, RATES, Past, Point, Said
from vmadvisor.records import names
from vmadvisor.render.escape import terminal

_FORMULA = ("=", "+", "-", "@")


def inert(value: object) -> str:
    r"""One cell; only text can be hostile.

    >>> inert("=1+1"), inert(-3), inert(None), inert("a\tb"), inert(True)
    ("'=1+1", '-3', '', 'a\\tb', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple):
        value = " ".join(map(str, value))
    text = terminal(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _points(past: Past) -> Iterator[list[object]]:
    yield ["time_utc_s", "boot_id", "origin", *GAUGES, *COUNTERS, *RATES]
    for point in past.points:
        yield [point.time_utc_s, point.boot_id, point.origin, *_numbers(point)]


def _numbers(point: Point) -> Iterator[object]:
    yield from map(point.gauges.get, GAUGES)
    yield from map(point.counters.get, COUNTERS)
    yield from map(point.rates.get, RATES)


def _records(found: Iterable[object], empty: tuple[str, ...]) -> Iterator[list[object]]:
    rows = list(found)
    columns = (names(rows[0]) or ()) if rows else empty
    yield list(columns)
    for one in rows:
        yield [getattr(one, name) for name in columns]


def _kills(past: Past) -> Iterator[list[object]]:
    said_columns = ("time_utc_s", "event", "horizon_s", "probability_ratio")
    yield [
        *("time_utc_s", "count", "victim", "scope"),
        *(f"foreseen_{name}" for name in said_columns),
    ]
    for kill in past.kills:
        said: Said | None = kill.foreseen
        seen = [None if said is None else getattr(said, name) for name in said_columns]
        yield [kill.time_utc_s, kill.count, kill.victim, kill.scope, *seen]


TABLES: Final[dict[str, Callable[[Past], Iterator[list[object]]]]] = {
    "points": _points,
    "forecasts": lambda past: _records(past.said, ("time_utc_s",)),
    "verdicts": lambda past: _records(past.verdicts, ("time_utc_s",)),
    "kills": _kills,
    "changes": lambda past: _records(past.changes, ("time_utc_s",)),
}


def as_csv(past: Past, what: str) -> str:
    """One table of ``TABLES``."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    for cells in TABLES[what](past):
        writer.writerow(map(inert, cells))
    return target.getvalue()
