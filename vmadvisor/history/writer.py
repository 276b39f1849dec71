"""What a run adds, in one transaction: its point, its forecasts, and what they say of those before."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from vmadvisor.history.before import last_point, open_said, said_between
from vmadvisor.history.entry import Entry
from vmadvisor.history.rows import (
    NEVER_KNOWN,
    OWN_ORIGINS,
    PCP,
    POINT_COLUMNS,
    UNSURE,
    Value,
    lines_of,
    point_row,
    ppm,
    rates_row,
    replayed_model,
    settings_text,
    stored_number,
    stored_text,
    top_kills_text,
)
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.events import COUNTER_OF, OOM
from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import RATES, PastKill, PastVerdict, Point, Replayed, Said

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

KILLS = COUNTER_OF[OOM]
CLOCK_SLACK_S = 2.0
"""Clocks drift and are slewed; a step of more than this parts what was said from what came."""


def _placeholders(count: int) -> str:
    return ", ".join("?" * count)


def _id(
    connection: "sqlite3.Connection", table: str, names: Sequence[str], row: list[Value]
) -> int:
    """The row's number, the row made where there is none; NULL equals NULL."""
    equal = " AND ".join(f"{name} IS ?" for name in names)
    found = connection.execute(f"SELECT id FROM {table} WHERE {equal}", row).fetchone()
    if found is not None:
        return int(found[0])
    made = connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({_placeholders(len(row))})", row
    )
    return int(made.lastrowid or 0)


def _host_id(connection: "sqlite3.Connection", host: HostIdentity) -> int:
    row = [
        stored_text(host.hostname),
        stored_text(host.arch),
        stored_text(host.kernel_release),
        stored_number(host.mem_total_kib),
    ]
    names = ("hostname", "arch", "kernel_release", "mem_total_kib")
    return _id(connection, "hosts", names, row)


def _boot_id(
    connection: "sqlite3.Connection", boot_id: str | None, host: HostIdentity
) -> int | None:
    if boot_id is None:
        return None
    own = stored_text(boot_id)
    found = connection.execute("SELECT id FROM boots WHERE boot_id = ?", [own]).fetchone()
    if found is not None:
        return int(found[0])
    row: list[Value] = [own, _host_id(connection, host)]
    made = connection.execute("INSERT INTO boots (boot_id, host) VALUES (?, ?)", row)
    return int(made.lastrowid or 0)


def add_point(
    connection: "sqlite3.Connection",
    point: Point,
    host: HostIdentity,
    since_boot_s: float | None = None,
) -> bool:
    """Whether it is new: one of this time and origin may be there already."""
    text, kills = settings_text(point.settings), top_kills_text(point.top_kills)
    row = point_row(
        point,
        boot=_boot_id(connection, point.boot_id, host),
        since_boot_s=since_boot_s,
        settings=None if text is None else _id(connection, "settings", ["text"], [text]),
        top_kills=None if kills is None else _id(connection, "top_kills", ["text"], [kills]),
    )
    made = connection.execute(
        f"INSERT OR IGNORE INTO points ({', '.join(POINT_COLUMNS)}) "
        f"VALUES ({_placeholders(len(row))})",
        row,
    )
    if made.rowcount != 1:
        return False
    number = made.lastrowid
    connection.executemany(
        "INSERT OR IGNORE INTO nodes VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                node.node_id,
                *map(
                    stored_number,
                    (node.free_bytes, node.min_bytes, node.low_bytes, node.high_bytes),
                ),
            )
            for node in point.nodes
        ],
    )
    if point.rates:
        connection.execute(
            f"INSERT INTO rates VALUES (?, {_placeholders(len(RATES))})",
            [number, *rates_row(point)],
        )
    return True


def add_points(
    connection: "sqlite3.Connection", points: Iterable[Point], host: HostIdentity
) -> int:
    """How many are new; kills that their counters show are kept too, where no run of ours has counted them."""
    from vmadvisor.history.retention import is_thinned_out, thin_again
    from vmadvisor.model.past_kills import kill_between

    ordered = sorted(points, key=lambda point: point.time_utc_s)
    new = [
        point.time_utc_s
        for point in ordered
        if not is_thinned_out(connection, point) and add_point(connection, point, host)
    ]
    if new:
        thin_again(connection, new[0])
    for before, after in pairwise(ordered):
        kill = kill_between(before, after, ()) if before.boot_id == after.boot_id else None
        if kill is not None and not _is_counted(connection, before, after):
            add_kill(connection, kill, None)
    return len(new)


def _is_counted(connection: "sqlite3.Connection", before: Point, after: Point) -> bool:
    """Whether runs of the same boot stand before and after it: what they counted is kept already.

    Another program does not know the boot's id: runs of any one boot around both points have counted for it,
    and so has an archive that overlaps.
    """
    rows = connection.execute(
        "SELECT min(p.time_utc_s), max(p.time_utc_s), b.boot_id FROM points p "
        f"JOIN boots b ON b.id = p.boot WHERE p.origin IN {OWN_ORIGINS} GROUP BY b.id"
    )
    own = stored_text(after.boot_id)
    for first_s, last_s, boot_id in rows:
        start_s = after.time_utc_s if boot_id == own else before.time_utc_s
        if (
            (boot_id == own or after.origin == PCP)
            and first_s <= start_s
            and after.time_utc_s <= last_s
        ):
            return True
    if after.origin != PCP:
        return False
    found = connection.execute(
        "SELECT 1 FROM kills WHERE time_utc_s > ? AND time_utc_s <= ? LIMIT 1",
        [before.time_utc_s, after.time_utc_s],
    )
    return found.fetchone() is not None


def add_kill(connection: "sqlite3.Connection", kill: PastKill, kind: int | None) -> None:
    """``kind`` is that of the forecast which it is linked to."""
    seen = kill.foreseen
    connection.execute(
        "INSERT OR IGNORE INTO kills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            kill.time_utc_s,
            stored_number(kill.count),
            stored_text(kill.victim),
            stored_text(kill.scope),
            seen.time_utc_s if seen else None,
            kind,
            ppm(seen.probability_ratio) if seen else None,
            ppm(seen.low_ratio) if seen else None,
            ppm(seen.high_ratio) if seen else None,
        ],
    )


def add_gap(connection: "sqlite3.Connection", time_utc_s: float, reason: str) -> None:
    """Something that is not known of that time, in words."""
    connection.execute(
        "INSERT INTO gaps (time_utc_s, reason) VALUES (?, ?)", [time_utc_s, stored_text(reason)]
    )


def _add_said(connection: "sqlite3.Connection", entry: Entry) -> None:
    if not entry.said:
        return
    names = ("event", "scope", "horizon_s", "model_id", "host")
    shared: list[Value] = [entry.model_id, _host_id(connection, entry.host)]
    hosts_own = {
        tuple(kind): number
        for number, *kind in connection.execute(
            f"SELECT id, event, scope, horizon_s FROM kinds WHERE scope = '{HOST}' "
            "AND model_id IS ? AND host IS ?",
            shared,
        )
    }
    rows = []
    for one in entry.said:
        own = (one.event, stored_text(one.scope), one.horizon_s)
        kind = hosts_own.get(own) or _id(connection, "kinds", names, [*own, *shared])
        came: Value = None if one.came is None else int(one.came)
        shares = (one.probability_ratio, one.low_ratio, one.high_ratio, one.shipped_ratio)
        rows.append([one.time_utc_s, kind, *map(ppm, shares), came])
    connection.executemany("INSERT OR IGNORE INTO forecasts VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def add_replayed(
    connection: "sqlite3.Connection", found: Iterable[Replayed], model_id: str, host: HostIdentity
) -> int:
    """How many are kept: those of a time that our own runs do not reach, which made forecasts of their own."""
    first_s, last_s = connection.execute(
        f"SELECT min(time_utc_s), max(time_utc_s) FROM points WHERE origin IN {OWN_ORIGINS}"
    ).fetchone()
    kept_count = 0
    host_id = _host_id(connection, host)
    for one in found:
        said = one.said
        if first_s is not None and first_s <= said.time_utc_s <= last_s:
            continue
        names = ("event", "scope", "horizon_s", "model_id", "host")
        row: list[Value] = [said.event, stored_text(said.scope), said.horizon_s]
        kind = _id(connection, "kinds", names, [*row, replayed_model(model_id), host_id])
        came = NEVER_KNOWN if said.came is None else int(said.came)
        shares = (said.probability_ratio, said.low_ratio, said.high_ratio, said.shipped_ratio)
        made = connection.execute(
            "INSERT OR IGNORE INTO forecasts VALUES (?, ?, ?, ?, ?, ?, ?)",
            [said.time_utc_s, kind, *map(ppm, shares), UNSURE if one.is_unsure else came],
        )
        kept_count += made.rowcount == 1
    return kept_count


def _add_verdict(connection: "sqlite3.Connection", verdict: PastVerdict) -> None:
    names = ("status", "finding_ids", "headline")
    ids = stored_text(lines_of(verdict.finding_ids))
    row: list[Value] = [verdict.status, ids, stored_text(verdict.headline)]
    kind = _id(connection, "verdict_kinds", names, row)
    connection.execute("INSERT OR IGNORE INTO verdicts VALUES (?, ?)", [verdict.time_utc_s, kind])


def add_entry(connection: "sqlite3.Connection", entry: Entry) -> None:
    """All that the run tells."""
    point = entry.point
    if point is not None:
        before = last_point(connection, point.boot_id)
        is_new = add_point(connection, point, entry.host, entry.since_boot_s)
        if is_new and before is not None:
            _look_back(connection, before, point, entry.since_boot_s)
    _add_said(connection, entry)
    if entry.verdict is not None:
        _add_verdict(connection, entry.verdict)


def _look_back(
    connection: "sqlite3.Connection",
    last: tuple[Point, float | None],
    point: Point,
    since_boot_s: float | None,
) -> None:
    """What the new point says of the time since the last one: outcomes, kills, a clock that was set."""
    before, before_s = last
    is_same_boot = before.boot_id == point.boot_id
    if is_same_boot and before_s is not None and since_boot_s is not None:
        if since_boot_s <= before_s:
            return  # two runs at once: the later one has looked back already
        step_s = (point.time_utc_s - before.time_utc_s) - (since_boot_s - before_s)
        if abs(step_s) > CLOCK_SLACK_S:
            words = "ahead" if step_s > 0 else "back"
            reason = f"the clock went {words} by {abs(step_s):.0f} s (set, or the host slept)"
            add_gap(connection, point.time_utc_s, reason)
            is_same_boot = False
    if not is_same_boot or before.counters.get(KILLS) != point.counters.get(KILLS):
        _add_kills_between(connection, before, point)
    if is_same_boot:
        _judge(connection, before, point)
    else:
        connection.execute("UPDATE forecasts SET came = ? WHERE came IS NULL", [NEVER_KNOWN])


def _add_kills_between(connection: "sqlite3.Connection", before: Point, point: Point) -> None:
    from vmadvisor.model.past_kills import NEAR_S, kill_between

    said = said_between(connection, point.time_utc_s - NEAR_S, point.time_utc_s)
    kill = kill_between(before, point, said)
    if kill is not None:
        add_kill(connection, kill, _kind_of(connection, kill.foreseen))


def _kind_of(connection: "sqlite3.Connection", said: Said | None) -> int | None:
    if said is None:
        return None
    found = connection.execute(
        "SELECT f.kind FROM forecasts f JOIN kinds k ON k.id = f.kind WHERE f.time_utc_s = ? "
        "AND k.event = ? AND k.scope = ? AND k.horizon_s = ?",
        [said.time_utc_s, said.event, stored_text(said.scope), said.horizon_s],
    ).fetchone()
    return None if found is None else int(found[0])


def _judge(connection: "sqlite3.Connection", before: Point, point: Point) -> None:
    """Marks what the new point tells of forecasts that were open until now."""
    found = open_said(connection, before.time_utc_s, point)
    if not found:
        return
    from vmadvisor.model.outcomes import outcome_of

    for time_utc_s, kind, said, made in found:
        came, is_final = outcome_of(said, made, [point])
        if is_final:
            connection.execute(
                "UPDATE forecasts SET came = ? WHERE time_utc_s = ? AND kind = ?",
                [UNSURE if came is None else int(came), time_utc_s, kind],
            )
