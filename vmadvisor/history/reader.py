"""What the history holds of a stretch of time, as ``model.past`` names it."""

from collections.abc import Iterator

from vmadvisor.history.before import said_between
from vmadvisor.history.rows import (
    OWN_ORIGINS,
    SAID_COLUMNS,
    UNSURE,
    Value,
    point_of_row,
    said_of_row,
    settings_of,
    text_of,
    verdict_of_row,
)
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import (
    COUNTERS,
    GAUGES,
    RATES,
    NodePoint,
    Past,
    PastKill,
    PastVerdict,
    Point,
    Said,
    setting_changes,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

Row = tuple[Value, ...]

_POINT = ", ".join(f"p.{name}" for name in ("time_utc_s", "origin", *GAUGES, *COUNTERS))
_OWN = str(OWN_ORIGINS)
"""As SQL writes a list."""


_HOST_COLUMNS = 4
_CAME_COLUMN = 7  # of SAID_COLUMNS


class _Shared:
    """What many points share: boots, settings, groups' kills, by number."""

    def __init__(self, connection: "sqlite3.Connection") -> None:
        boots = connection.execute("SELECT id, boot_id FROM boots")
        self.boots = {number: text_of(boot_id) for number, boot_id in boots}
        settings = connection.execute("SELECT id, text FROM settings")
        self.settings = {number: settings_of(text_of(text)) for number, text in settings}
        kills = connection.execute("SELECT id, text FROM top_kills")
        self.top_kills = {number: text_of(text) for number, text in kills}


def _points(connection: "sqlite3.Connection", where: str, values: list[Value]) -> Iterator[Point]:
    shared = _Shared(connection)
    nodes: dict[int, list[NodePoint]] = {}
    for point, node_id, free, least, low, high in connection.execute(
        f"SELECT n.* FROM points p JOIN nodes n ON n.point = p.id {where}", values
    ):
        node = NodePoint(
            node_id=node_id, free_bytes=free, min_bytes=least, low_bytes=low, high_bytes=high
        )
        nodes.setdefault(point, []).append(node)
    rates: dict[int, Row] = {
        number: tuple(found)
        for number, *found in connection.execute(
            f"SELECT r.point, {', '.join(f'r.{name}' for name in RATES)} "
            f"FROM points p JOIN rates r ON r.point = p.id {where}",
            values,
        )
    }
    for number, boot, settings, kills, *row in connection.execute(
        f"SELECT p.id, p.boot, p.settings, p.top_kills, {_POINT} FROM points p {where}", values
    ):
        yield point_of_row(
            tuple(row),
            boot_id=shared.boots.get(boot),
            settings=shared.settings.get(settings, {}),
            rates=rates.get(number),
            nodes=tuple(nodes.get(number, ())),
            top_kills=shared.top_kills.get(kills),
        )


def points_between(
    connection: "sqlite3.Connection", since_utc_s: float, until_utc_s: float
) -> tuple[Point, ...]:
    """Both ends included, oldest first; of one time, as they were added."""
    where = "WHERE p.time_utc_s BETWEEN ? AND ? ORDER BY p.time_utc_s, p.id"
    return tuple(_points(connection, where, [since_utc_s, until_utc_s]))


def said_for(
    connection: "sqlite3.Connection", model_id: str, host: HostIdentity
) -> list[tuple[Said, bool]]:
    """(forecast, whether it may have come in time or too late) of one model for one host, oldest first."""
    rows = connection.execute(
        f"SELECT h.hostname, h.arch, h.kernel_release, h.mem_total_kib, {SAID_COLUMNS} "
        "FROM forecasts f JOIN kinds k ON k.id = f.kind JOIN hosts h ON h.id = k.host "
        "WHERE k.model_id = ? ORDER BY f.time_utc_s, f.kind",
        [model_id],
    )
    found = []
    for row in rows:
        said, came = row[_HOST_COLUMNS:], row[_HOST_COLUMNS + _CAME_COLUMN]
        if _host(*row[:_HOST_COLUMNS]).difference(host) is None:
            found.append((said_of_row(said), came == UNSURE))
    return found


def verdicts_between(
    connection: "sqlite3.Connection", since_utc_s: float, until_utc_s: float
) -> tuple[PastVerdict, ...]:
    """Both ends included, oldest first."""
    rows = connection.execute(
        "SELECT v.time_utc_s, k.status, k.finding_ids, k.headline FROM verdicts v "
        "JOIN verdict_kinds k ON k.id = v.kind WHERE v.time_utc_s BETWEEN ? AND ? "
        "ORDER BY v.time_utc_s",
        [since_utc_s, until_utc_s],
    )
    return tuple(map(verdict_of_row, rows))


def kills_between(
    connection: "sqlite3.Connection", since_utc_s: float, until_utc_s: float
) -> tuple[PastKill, ...]:
    """Both ends included, oldest first; the forecast is as it was when the kill was seen."""
    rows = connection.execute(
        "SELECT x.time_utc_s, x.count, x.victim, x.scope, x.foreseen_utc_s, k.event, k.scope, "
        "k.horizon_s, x.probability_ppm, x.low_ppm, x.high_ppm, f.came "
        "FROM kills x LEFT JOIN kinds k ON k.id = x.foreseen_kind "
        "LEFT JOIN forecasts f ON f.time_utc_s = x.foreseen_utc_s AND f.kind = x.foreseen_kind "
        "WHERE x.time_utc_s BETWEEN ? AND ? ORDER BY x.time_utc_s",
        [since_utc_s, until_utc_s],
    )
    return tuple(map(_kill, rows))


def _kill(row: Row) -> PastKill:
    time_utc_s, count, victim, scope, *seen = row
    foreseen_utc_s, event, said_scope, horizon_s, likely, low, high, came = seen
    foreseen = None
    if foreseen_utc_s is not None and likely is not None:
        own = (foreseen_utc_s, event, said_scope, horizon_s, likely, low, high, came, None)
        foreseen = said_of_row(own)
    return PastKill(
        time_utc_s=float(time_utc_s or 0.0),
        count=int(count or 0),
        victim=text_of(victim),
        scope=text_of(scope) or "",
        foreseen=foreseen,
    )


def hosts(connection: "sqlite3.Connection") -> list[HostIdentity]:
    """Whose boots are kept: those of which there are only imports, then those of runs, the last one last."""
    rows = connection.execute(
        "SELECT h.hostname, h.arch, h.kernel_release, h.mem_total_kib FROM hosts h "
        "JOIN boots b ON b.host = h.id LEFT JOIN "
        f"(SELECT DISTINCT boot FROM points WHERE origin IN {_OWN}) own ON own.boot = b.id "
        "GROUP BY h.id ORDER BY max(own.boot), max(b.id)"
    )
    return [_host(*row) for row in rows]


def _host(hostname: Value, arch: Value, release: Value, kib: Value) -> HostIdentity:
    return HostIdentity(
        hostname=text_of(hostname),
        arch=text_of(arch),
        kernel_release=text_of(release),
        mem_total_kib=kib if isinstance(kib, int) else None,
    )


def gaps_between(
    connection: "sqlite3.Connection", since_utc_s: float, until_utc_s: float
) -> list[tuple[float, str]]:
    """(time, what is not known of it), oldest first."""
    rows = connection.execute(
        "SELECT time_utc_s, reason FROM gaps WHERE time_utc_s BETWEEN ? AND ? ORDER BY time_utc_s",
        [since_utc_s, until_utc_s],
    )
    return [(time_utc_s, text_of(reason) or "") for time_utc_s, reason in rows]


def past(connection: "sqlite3.Connection", since_utc_s: float, until_utc_s: float) -> Past:
    """All of it; the hostname is the last one that is known."""
    ends = since_utc_s, until_utc_s
    points = points_between(connection, *ends)
    names = [host.hostname for host in hosts(connection) if host.hostname]
    return Past(
        hostname=names[-1] if names else None,
        points=points,
        said=tuple(said_between(connection, *ends)),
        verdicts=verdicts_between(connection, *ends),
        changes=tuple(setting_changes(points)),
        kills=kills_between(connection, *ends),
    )
