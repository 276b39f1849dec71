"""``history``: what was kept of a host, as tables for a person or whole as JSON."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from vmadvisor.model.forecast import HOST
from vmadvisor.model.one_source import foreign_counts
from vmadvisor.model.past import Past, PastKill, Point, Said
from vmadvisor.model.past_stretches import counts_kills, stretches, verdict_changes
from vmadvisor.model.said_score import SaidScore, scores
from vmadvisor.records import dataclass
from vmadvisor.render import quantities as q
from vmadvisor.render.escape import terminal
from vmadvisor.render.forecast_text import seconds
from vmadvisor.render.history_csv import as_csv
from vmadvisor.render.json_text import dumps
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.style import Style

STEPS_S: Final = {"hour": 3600.0, "day": 86_400.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What to show: ``by`` is hour, day or point; ``last_count`` limits every table; ``what`` is CSV's."""

    path: str
    past: Past
    gaps: Sequence[tuple[float, str]]
    by: str
    last_count: int
    what: str


def utc(time_utc_s: float) -> str:
    """Date and time to the second; a number that is no date stays one.

    >>> utc(1_795_764_289.9), utc(1e18)
    ('2026-11-27 07:24:49Z', '1e+18 s')
    """
    try:
        return datetime.fromtimestamp(time_utc_s, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"{time_utc_s:g} s"


def as_json(found: Listed, style: Style) -> str:
    """Everything of the time asked for."""
    del style
    return dumps(
        {
            "path": found.path,
            **{
                name: getattr(found.past, name)
                for name in ("hostname", "points", "said", "verdicts", "changes", "kills")
            },
            "gaps": [{"time_utc_s": time_s, "reason": reason} for time_s, reason in found.gaps],
            "scores": scores(found.past.said, HOST),
        }
    )


def as_text(found: Listed, style: Style) -> str:
    """Tables, each with its newest rows last; those that would be empty are said in a word."""
    past = found.past
    count = len(past.points)
    parts: list[object] = [
        f"{past.hostname or 'a host that has no name'}: {count:,} "
        + ("point" if count == 1 else "points")
        + "".join(f", {n:,} of {name}," for name, n in foreign_counts(past.points).items())
        + f" in {found.path}",
        "",
    ]
    first = _points if found.by == "point" else _stretches
    for section in (first, _verdicts, _kills, _changes, _scores, _gaps):
        parts += [*section(found), ""]
    return printed(parts[:-1], style)


def _last(found: Listed, rows: Sequence[object]) -> str:
    left_out = len(rows) - found.last_count
    return f", the last {found.last_count} of {len(rows):,}" if left_out > 0 else ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _stretches(found: Listed) -> Iterator[object]:
    rows = stretches(found.past, STEPS_S[found.by])
    result = table(
        found.by, "points", "available", "stalls", "nobody works", "at most", "kills", "verdict",
        numbers=range(1, 7),
    )  # fmt: skip
    for one in rows[-found.last_count :]:
        row(
            result, utc(one.time_utc_s)[: 10 if found.by == "day" else 16], str(one.points_count),
            q.size(one.least_available_bytes), _number(one.allocstall_count),
            "-" if one.full_s is None else f"{one.full_s:.1f} s", q.ratio(one.most_full_ratio),
            _number(one.kills_count), one.worst or "-",
        )  # fmt: skip
    yield result
    yield (
        f"UTC{_last(found, rows)}. available: the least; stalls: direct reclaims; nobody works: PSI memory "
        "full, and its share between two readings at most; verdict: the worst."
    )


def _points(found: Listed) -> Iterator[object]:
    points = found.past.points
    result = table(
        "time", "origin", "available", "free", "swap", "stalls", "nobody works", "kills",
        numbers=range(2, 8),
    )  # fmt: skip
    for one in points[-found.last_count :]:
        row(result, utc(one.time_utc_s)[5:19], one.origin, *_gauges(one), *_counters(one))
    yield result
    yield f"UTC{_last(found, points)}. swap: free; stalls, nobody works (PSI memory full), kills: since boot."


def _gauges(point: Point) -> Iterator[str]:
    for name in ("available_bytes", "free_bytes", "swap_free_bytes"):
        yield q.size(point.gauges.get(name))


def _counters(point: Point) -> Iterator[str]:
    full_us = point.counters.get("memory_full_us_total")
    yield _number(point.counters.get("allocstall_total"))
    yield "-" if full_us is None else f"{full_us / 1e6:,.1f} s"
    yield _number(point.counters.get("oom_kill_total"))


def _verdicts(found: Listed) -> Iterator[object]:
    rows = verdict_changes(found.past.verdicts)
    if not rows:
        yield "no verdict was given"
        return
    result = table(f"verdict changed{_last(found, rows)}", "to", "because of")
    for one in rows[-found.last_count :]:
        why = f"{one.headline} ({', '.join(one.finding_ids)})" if one.finding_ids else ""
        row(result, utc(one.time_utc_s), one.status, why)
    yield result


def _kills(found: Listed) -> Iterator[object]:
    rows = found.past.kills
    if not rows:
        is_counted = any(map(counts_kills, found.past.points))
        yield (
            "no OOM kill was counted"
            if is_counted
            else "whether the OOM killer struck is not known"
        )
        return
    result = table(f"OOM kills{_last(found, rows)}", "count", "said before", numbers=(1,))
    for one in rows[-found.last_count :]:
        row(result, utc(one.time_utc_s), f"{one.count:,}", _foreseen(one))
    yield result


def _foreseen(kill: PastKill) -> str:
    said: Said | None = kill.foreseen
    victim = "" if kill.victim is None else f"{kill.victim}: "
    if said is None:
        return f"{victim}no forecast was near enough"
    before_s = kill.time_utc_s - said.time_utc_s
    likely = f"{said.probability_ratio * 100:.0f} % within {seconds(said.horizon_s)}"
    return f"{victim}{likely} ({said.event}), said {q.duration(before_s)} before"


def _changes(found: Listed) -> Iterator[object]:
    rows = found.past.changes
    if not rows:
        is_known = any(point.settings for point in found.past.points)
        yield "no setting changed" if is_known else "whether a setting changed is not known"
        return
    result = table(f"setting changed{_last(found, rows)}", "key", "from", "to", numbers=(2, 3))
    for one in rows[-found.last_count :]:
        row(result, utc(one.time_utc_s), one.key, one.before or "-", one.after or "-")
    yield result


def _scores(found: Listed) -> Iterator[object]:
    rows = scores(found.past.said, HOST)
    if not rows:
        yield "no forecast was kept"
        return
    result = table(
        "forecast", "ahead", "known", "came", "said", "share", "Brier", "unknown",
        numbers=range(1, 8),
    )  # fmt: skip
    for one in rows:
        row(result, one.event, seconds(one.horizon_s), *_figures(one))
    yield result
    yield (
        "known: outcomes that the counters tell; said and share: what was said of these on average, and "
        "what came. Where readings lie further apart than the forecast reached, what rose between them "
        "is unknown, so what came is known less often than what did not."
    )


def _figures(one: SaidScore) -> Iterator[str]:
    yield f"{one.known_count:,}"
    yield f"{one.came_count:,}"
    for figure in (one.said_ratio, one.came_ratio, one.brier):
        yield "-" if figure is None else f"{figure:.3f}"
    yield f"{one.unknown_count:,}"


def _gaps(found: Listed) -> Iterator[object]:
    if not found.gaps:
        return
    result = table("gap", "what is not known")
    for time_utc_s, reason in found.gaps[-found.last_count :]:
        row(result, utc(time_utc_s), reason)
    yield result


def csv_of(found: Listed, style: Style) -> str:
    """The table that was asked for."""
    del style
    return as_csv(found.past, found.what)


FORMATS: dict[str, Callable[[Listed, Style], str]] = {
    "text": as_text,
    "csv": csv_of,
    "json": as_json,
}


def whole(path: str, past: Past) -> str:
    """That a file was looked over and is whole."""
    return (
        f"{terminal(path)} is whole: {len(past.points):,} points, {len(past.said):,} forecasts, "
        f"{len(past.verdicts):,} verdicts, {len(past.kills):,} kills\n"
    )
