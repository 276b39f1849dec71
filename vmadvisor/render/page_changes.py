"""What changed in the period: verdicts, settings, kills; and what was measured on either side of a change."""

from collections.abc import Callable, Iterator, Sequence

from vmadvisor.advise.report import Report
from vmadvisor.model.change_effect import ChangeEffect
from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import Past, PastKill, PastVerdict, Point, SettingChange
from vmadvisor.model.past_score import reaches
from vmadvisor.model.past_stretches import counts_kills
from vmadvisor.render import quantities as q
from vmadvisor.render.chart import BYTES, PAGES_PER_S, PER_S, RATIO
from vmadvisor.render.chart_words import amount, when
from vmadvisor.render.forecast_text import seconds
from vmadvisor.render.layout import row, table
from vmadvisor.render.page import Block, Titled
from vmadvisor.render.parts import Grid

ROWS_MAX_COUNT = 12
POINTS_MIN_COUNT = 3
"""Fewer are the readings of one check: no period in which something could change."""

COMPARED = {
    "available_bytes": ("available memory", BYTES),
    "allocstall_per_s": ("direct reclaims", PER_S),
    "scan_direct_pages_per_s": ("direct scan", PAGES_PER_S),
    "memory_full_ratio": ("memory stall, full", RATIO),
    "refault_file_pages_per_s": ("refaults, file", PAGES_PER_S),
    "refault_anon_pages_per_s": ("refaults, anon", PAGES_PER_S),
    "swapin_pages_per_s": ("swap in", PAGES_PER_S),
}
"""Figures of ``change_effect`` by name: what they are called, and their units."""


def changes(report: Report, past: Past) -> Iterator[Block]:
    """Tables of what changed, and in a sentence what did not."""
    if len(past.points) < POINTS_MIN_COUNT and not past.verdicts:
        yield "No history of this host was found: what changed before this reading cannot be told."
        return
    turns = _turns(past, report)
    if len(turns) > 1:
        yield Titled(title="Verdict", grid=_verdict_grid(turns))
        yield from _rest(turns, "verdicts")
    elif past.verdicts:
        yield f"The verdict was {turns[0].status} all the time ({len(past.verdicts):,} verdicts)."
    else:
        yield "No earlier verdict is known."
    if past.changes:
        yield Titled(title="Settings", grid=_setting_grid(past.changes))
        yield from _rest(past.changes, "changes")
    elif (when_told := _when_told(past.points, lambda point: bool(point.settings))) is not None:
        yield f"No vm.* setting changed{when_told}."
    else:
        yield "Settings were not recorded: whether one changed cannot be told."
    if past.kills:
        yield Titled(title="OOM kills", grid=_kill_grid(past.kills))
        yield from _rest(past.kills, "entries")
    elif (when_told := _when_told(past.points, counts_kills)) is not None:
        yield f"The OOM killer did not strike{when_told}."
    else:
        yield "The kernel's count of OOM kills is not known for this period."


def _when_told(points: Sequence[Point], tells: Callable[[Point], bool]) -> str | None:
    """Of what time that can be said: nothing more where it is all of it, ``None`` where it is none."""
    told_s = [point.time_utc_s for point in points if tells(point)]
    if len(told_s) < 2:  # noqa: PLR2004 - one reading has nothing to differ from
        return None
    first_s, last_s = told_s[0], told_s[-1]
    if (first_s, last_s) == (points[0].time_utc_s, points[-1].time_utc_s):
        return ""
    return f" from {when(first_s)} to {when(last_s)}; for the rest of the time it was not recorded"


def _rest(found: Sequence[object], what: str) -> Iterator[str]:
    left_out = len(found) - ROWS_MAX_COUNT
    if left_out > 0:
        yield f"{left_out:,} earlier {what} are not shown."


def _turns(past: Past, report: Report) -> list[PastVerdict]:
    """The first verdict, and every one that differs from the one before; the report's own is the last."""
    found: list[PastVerdict] = []
    for one in past.verdicts:
        if not found or found[-1].status != one.status:
            found.append(one)
    if found and found[-1].status != report.status.name:
        loud = report.loud
        last = PastVerdict(
            time_utc_s=past.points[-1].time_utc_s if past.points else past.verdicts[-1].time_utc_s,
            status=report.status.name,
            finding_ids=(),
            headline=loud[0].title if loud else "",
        )
        found.append(last)
    return found


def _verdict_grid(turns: Sequence[PastVerdict]) -> Grid:
    found = table("since", "verdict", "because")
    for one in turns[-ROWS_MAX_COUNT:]:
        row(found, when(one.time_utc_s), one.status, one.headline or "-")
    return found


def _setting_grid(told: Sequence[SettingChange]) -> Grid:
    found = table("seen", "setting", "before", "after", numbers=(2, 3))
    for one in told[-ROWS_MAX_COUNT:]:
        row(found, when(one.time_utc_s), one.key, one.before or "?", one.after or "?")
    return found


def _kill_grid(kills: Sequence[PastKill]) -> Grid:
    found = table("seen", "kills", "whose limit", "victim", "forecast before it", numbers=(1,))
    for kill in kills[-ROWS_MAX_COUNT:]:
        scope = "the host's" if kill.scope == HOST else kill.scope
        row(found, when(kill.time_utc_s), q.count(kill.count), scope, kill.victim or "not recorded",
            _foreseen(kill))  # fmt: skip
    return found


def _foreseen(kill: PastKill) -> str:
    said = kill.foreseen
    if said is None:
        return "none near enough"
    ahead = q.duration(max(0.0, kill.time_utc_s - said.time_utc_s))
    words = (
        f"{q.ratio(said.probability_ratio)} within {seconds(said.horizon_s)}, said {ahead} before"
    )
    return words if reaches(kill) else f"{words}: too early to reach it"


def effect_tables(effects: Sequence[ChangeEffect]) -> Iterator[Titled]:
    """Means over equal windows before and after each change, a table for each."""
    for effect in effects[-ROWS_MAX_COUNT:]:
        found = table(
            f"means over {q.duration(effect.window_s)}", "before", "n", "after", "n", numbers=(1, 2, 3, 4)
        )  # fmt: skip
        for one in effect.compared:
            name, unit = COMPARED[one.name]
            row(
                found,
                name,
                amount(one.before, unit),
                q.count(one.before_count),
                amount(one.after, unit),
                q.count(one.after_count),
            )
        if found.rows:
            yield Titled(title=changed(effect), grid=found)


def changed(effect: ChangeEffect) -> str:
    """What changed, and when."""
    keys = ", ".join(
        f"{one.key} {one.before or '?'} -> {one.after or '?'}" for one in effect.changes
    )
    return f"{keys} at {when(effect.time_utc_s)}"
