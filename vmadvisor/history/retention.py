"""What goes and what is thinned: points are left out, never averaged, so that each one left is a reading.

Counters are since boot: what lies between two points that are left is exact, whatever was taken out. Of
each stretch of time stay its last point, that of the least available memory, and both ends of the step in
which each counter of harm rose fastest, so that a short burst keeps its height; of points that tell rates, the
one of the highest of each. Points of another program are thinned by themselves. Forecasts are thinned by
time alone: choosing those near a burst would tell the calibration that bursts are usual.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from vmadvisor.history.before import fact
from vmadvisor.history.entry import Entry
from vmadvisor.history.rows import FOLLOW, OWN_ORIGINS
from vmadvisor.model.past import Point, rate_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

DAY_S: Final = 86_400.0
KEEP_S: Final = 90 * DAY_S
LEVELS: Final = ((2 * DAY_S, 300.0), (14 * DAY_S, 3600.0))
"""(Older than this, one stretch of so long)."""

FORECAST_STEP_S: Final = 300.0
HARM: Final = (
    "oom_kill_total", "allocstall_total", "memory_full_us_total", "memory_some_us_total",
    "scan_kswapd_pages_total", "swapin_pages_total", "refault_file_pages_total",
)  # fmt: skip

_HARM_RATES: Final = (*map(rate_name, HARM), "scan_direct_pages_per_s")
_FIRST_COUNTER = 5
_FIRST_RATE = _FIRST_COUNTER + len(HARM)

_STRETCHES_MAX_COUNT = 50
_THINNED_FORECASTS = "thinned_forecasts_utc_s"

_TOP_KILLS_MAX_COUNT = 100
"""More than so many are looked through for those that no point names any more: each kill may add one."""

_ADVANCE_MAX_S = 7 * DAY_S
"""How far a clock that was set ahead while the host was down may carry the limit in one run."""

_NO_BOOT_S = 1e12
"""In place of a boot's own time: the next run is taken for one of another boot."""

_EARLIEST_UTC_S = 1_577_836_800.0
"""2020, before there was a history: a clock that is behind that was not set yet."""

_STEADY_S = DAY_S
_STEADY_STEP_S = 60.0
"""Slews and leap seconds are less from one run to the next."""


def maintain(connection: "sqlite3.Connection", entry: Entry, *, keep_s: float | None) -> None:
    """A little at a time, so that no run pays for many; not with a recording, whose time is another."""
    if entry.point is not None and entry.point.origin not in OWN_ORIGINS:
        return
    if entry.time_utc_s < _EARLIEST_UTC_S:
        return
    if keep_s is not None:
        _keep_fact(connection, "keep_s", keep_s)
    limit_s = kept_s(connection)
    now_utc_s = _trusted_now_s(connection, entry)
    for table in ("forecasts", "verdicts", "kills", "gaps"):
        connection.execute(f"DELETE FROM {table} WHERE time_utc_s < ?", [now_utc_s - limit_s])
    _drop_points(
        connection,
        [
            number
            for (number,) in connection.execute(
                "SELECT id FROM points WHERE time_utc_s < ?", [now_utc_s - limit_s]
            )
        ],
    )
    for age_s, step_s in LEVELS:
        _thin(connection, now_utc_s - age_s, step_s)
    _thin_forecasts(connection, now_utc_s - LEVELS[0][0])
    _drop_top_kills(connection)


def kept_s(connection: "sqlite3.Connection") -> float:
    """How long the history goes back."""
    return fact(connection, "keep_s") or KEEP_S


def _keep_fact(connection: "sqlite3.Connection", name: str, value: float) -> None:
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value])


def _trusted_now_s(connection: "sqlite3.Connection", entry: Entry) -> float:
    """The time of this run, as far as it is believed: what it says is old, goes.

    A clock that leapt ahead of the boot's own may be wrong, and so may one that lies behind until the
    network sets it: neither moves what is believed, unless it has gone with the boot's own for a day.
    """
    believed_s, since_boot_s = fact(connection, "now_utc_s"), fact(connection, "since_boot_s")
    now_utc_s, own_s = entry.time_utc_s, entry.since_boot_s
    is_steady = _has_been_steady(connection, now_utc_s, own_s)
    if believed_s is not None and not is_steady:
        passed_s = _ADVANCE_MAX_S
        if own_s is not None and since_boot_s is not None and own_s >= since_boot_s:
            passed_s = max(own_s - since_boot_s, 60.0)
        now_utc_s = min(now_utc_s, believed_s + passed_s)
    is_behind = believed_s is not None and now_utc_s < believed_s and not is_steady
    if not is_behind:
        _keep_fact(connection, "now_utc_s", now_utc_s)
    if own_s is not None:
        _keep_fact(connection, "since_boot_s", _NO_BOOT_S if is_behind else own_s)
    return now_utc_s


def _has_been_steady(
    connection: "sqlite3.Connection", now_utc_s: float, own_s: float | None
) -> bool:
    """Whether the clock has gone with the boot's own for ``_STEADY_S``; notes since when it does."""
    if own_s is None:
        return False
    start_s, began_s = now_utc_s - own_s, fact(connection, "steady_since_boot_s")
    before_s = fact(connection, "steady_start_utc_s")
    if before_s is None or began_s is None or abs(start_s - before_s) > _STEADY_STEP_S:
        began_s = own_s
        _keep_fact(connection, "steady_since_boot_s", began_s)
    # Slewing adds up over months: each run is held against the last one.
    _keep_fact(connection, "steady_start_utc_s", start_s)
    return own_s - began_s >= _STEADY_S


def _drop_points(connection: "sqlite3.Connection", numbers: Sequence[int]) -> None:
    rows = [(number,) for number in numbers]
    for table, column in (("nodes", "point"), ("rates", "point"), ("points", "id")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", rows)


def _drop_top_kills(connection: "sqlite3.Connection") -> None:
    """Those of points that are gone."""
    count = connection.execute("SELECT count(*) FROM top_kills").fetchone()[0]
    if count > _TOP_KILLS_MAX_COUNT:
        connection.execute(
            "DELETE FROM top_kills WHERE id NOT IN "
            "(SELECT top_kills FROM points WHERE top_kills NOT NULL)"
        )


_Reading = tuple[float | int | None, ...]


def is_thinned_out(connection: "sqlite3.Connection", point: Point) -> bool:
    """Whether it lies where was thinned and a later one of its kind stands in its stretch: it was there before."""
    for _, step_s in LEVELS:
        until_utc_s = fact(connection, _thinned_fact(step_s))
        if until_utc_s is None or point.time_utc_s >= until_utc_s:
            continue
        end_s = (point.time_utc_s // step_s + 1) * step_s
        later = connection.execute(
            "SELECT 1 FROM points WHERE time_utc_s >= ? AND time_utc_s < ? AND origin = ? LIMIT 1",
            [point.time_utc_s, end_s, point.origin],
        ).fetchone()
        if later is not None:
            return True
    return False


def thin_again(connection: "sqlite3.Connection", since_utc_s: float) -> None:
    """Points were added from there on: later runs thin them. What is thinned already stays as it is by that."""
    for _, step_s in LEVELS:
        until_utc_s = fact(connection, _thinned_fact(step_s))
        if until_utc_s is not None and since_utc_s < until_utc_s:
            _keep_fact(connection, _thinned_fact(step_s), since_utc_s // step_s * step_s)


def _thinned_fact(step_s: float) -> str:
    return f"thinned_{step_s:.0f}_utc_s"


def _thin(connection: "sqlite3.Connection", until_utc_s: float, step_s: float) -> None:
    """Stretches that ended before ``until_utc_s`` and were not thinned yet."""
    name = _thinned_fact(step_s)
    since_utc_s = fact(connection, name)
    if since_utc_s is None:
        first = connection.execute("SELECT min(time_utc_s) FROM points").fetchone()[0]
        since_utc_s = until_utc_s if first is None else min(first, until_utc_s)
    for stretch in _stretches(connection, name, since_utc_s, until_utc_s, step_s):
        rows = connection.execute(
            f"SELECT id, boot, settings, time_utc_s, available_bytes, {', '.join(HARM)}, "
            f"{', '.join(_HARM_RATES)}, origin FROM points LEFT JOIN rates ON point = id "
            "WHERE time_utc_s >= ? AND time_utc_s < ? ORDER BY time_utc_s, id",
            [stretch * step_s, (stretch + 1) * step_s],
        ).fetchall()
        groups: dict[object, list[_Reading]] = {}
        for *reading, origin in rows:
            if origin == FOLLOW:
                continue
            own = OWN_ORIGINS[0] if origin in OWN_ORIGINS else origin
            groups.setdefault(own, []).append(tuple(reading))
        kept = {number for group in groups.values() for number in _kept(group)}
        _drop_points(connection, [row[0] for row in rows if row[0] not in kept])


def _stretches(
    connection: "sqlite3.Connection",
    name: str,
    since_utc_s: float,
    until_utc_s: float,
    step_s: float,
) -> Iterator[int]:
    """``_STRETCHES_MAX_COUNT`` at most that hold something; empty ones are passed over, not counted."""
    table = "forecasts" if name == _THINNED_FORECASTS else "points"
    start, end = int(since_utc_s // step_s), int(until_utc_s // step_s)
    for _ in range(_STRETCHES_MAX_COUNT):
        if start >= end:
            break
        first_utc_s = connection.execute(
            f"SELECT min(time_utc_s) FROM {table} WHERE time_utc_s >= ? AND time_utc_s < ?",
            [start * step_s, end * step_s],
        ).fetchone()[0]
        start = end if first_utc_s is None else int(first_utc_s // step_s)
        if start < end:
            yield start
            start += 1
    _keep_fact(connection, name, start * step_s)


def _kept(rows: Sequence[_Reading]) -> Iterator[_Reading | float | int | None]:
    """Numbers of the points of one stretch that stay."""
    yield from _ends(rows)
    steps = list(pairwise(rows))
    for before, after in steps:
        if before[1:3] != after[1:3]:  # another boot, other settings
            yield before[0]
            yield after[0]
    for column in range(_FIRST_COUNTER, _FIRST_RATE):
        rates = [(_rate(a, b, column), a[0], b[0]) for a, b in steps]
        fastest = max(rates, default=(0.0, None, None), key=lambda one: one[0])
        if fastest[0] > 0:
            yield from fastest[1:]
    for column in range(_FIRST_RATE, _FIRST_RATE + len(_HARM_RATES)):
        told = [row for row in rows if row[column]]
        if told:
            yield max(told, key=lambda row: row[column] or 0)[0]


def _ends(rows: Sequence[_Reading]) -> Iterator[_Reading | float | int | None]:
    """The last one, and that of the least available memory."""
    if not rows:
        return
    yield rows[-1][0]
    known = [row for row in rows if row[4] is not None]
    if known:
        yield min(known, key=lambda row: row[4] or 0)[0]


def _rate(before: _Reading, after: _Reading, column: int) -> float:
    start, end = before[column], after[column]
    seconds_s = (after[3] or 0.0) - (before[3] or 0.0)
    if start is None or end is None or before[1] != after[1] or seconds_s <= 0:
        return 0.0
    return (end - start) / seconds_s


def _thin_forecasts(connection: "sqlite3.Connection", until_utc_s: float) -> None:
    """Of each stretch the first instant stays, whatever it said; and what a kill is linked to."""
    since_utc_s = fact(connection, _THINNED_FORECASTS)
    if since_utc_s is None:
        first = connection.execute("SELECT min(time_utc_s) FROM forecasts").fetchone()[0]
        since_utc_s = until_utc_s if first is None else min(first, until_utc_s)
    for stretch in _stretches(
        connection, _THINNED_FORECASTS, since_utc_s, until_utc_s, FORECAST_STEP_S
    ):
        ends = [stretch * FORECAST_STEP_S, (stretch + 1) * FORECAST_STEP_S]
        connection.execute(
            "DELETE FROM forecasts WHERE time_utc_s >= ?1 AND time_utc_s < ?2 AND time_utc_s > "
            "(SELECT min(time_utc_s) FROM forecasts WHERE time_utc_s >= ?1 AND time_utc_s < ?2) "
            "AND time_utc_s NOT IN (SELECT foreseen_utc_s FROM kills WHERE foreseen_utc_s NOT NULL)",
            ends,
        )
