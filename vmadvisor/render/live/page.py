"""The live view's screen as rows: the verdict first, then what is foreseen, then what it rests on.

A pure function of the frames so far and of what the reader asked for: tested without a terminal.
"""

from collections.abc import Sequence

from vmadvisor.advise.finding import Severity
from vmadvisor.render import quantities as q
from vmadvisor.render.live.block import Block
from vmadvisor.render.live.forecast import forecast
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.groups import groups
from vmadvisor.render.live.help import help_rows
from vmadvisor.render.live.lines import clock
from vmadvisor.render.live.processes import processes
from vmadvisor.render.live.reclaim import reclaim
from vmadvisor.render.live.rows import (
    BADGE,
    CRITICAL,
    DIM,
    INFO,
    OK,
    PLAIN,
    STRONG,
    TITLE,
    UNKNOWN,
    WARNING,
    Row,
    Span,
    line,
    sized,
    width_of,
)
from vmadvisor.render.live.stack import stacked
from vmadvisor.render.live.view import View
from vmadvisor.render.live.waits import waits
from vmadvisor.render.live.zones import zones
from vmadvisor.units import KIB_BYTES

WIDE_COLUMNS = 150
"""From here on two columns of blocks stand side by side."""

LEAST_COLUMNS, LEAST_ROWS = 60, 14
_GUTTER = 3
_LOOSE_ROWS = 30
_OLD_VERDICT_S = 30.0

_ROLES = {
    Severity.OK: OK,
    Severity.INFO: INFO,
    Severity.UNKNOWN: UNKNOWN,
    Severity.WARNING: WARNING,
    Severity.CRITICAL: CRITICAL,
}


def page(trail: Sequence[Frame], view: View) -> list[Row]:
    """``view.height`` rows of ``view.width`` columns; ``trail`` ends with the frame that is shown."""
    cut = view.characters.cut
    if view.width < LEAST_COLUMNS or view.height < LEAST_ROWS:
        small = f"too small: it takes {LEAST_COLUMNS} columns and {LEAST_ROWS} rows"
        rows = [line(small), line("q quits", DIM)][: view.height]
    elif view.is_help:
        rows = [*help_rows(view), _footer(view)]
    elif not trail:
        rows = [line("the first reading is being taken", DIM)]
    else:
        head = _head(trail[-1], view)
        is_loose = view.height >= _LOOSE_ROWS
        body_height = view.height - len(head) - 1 - (2 if is_loose else 0)
        body = _body(trail, view, body_height, is_loose=is_loose)
        gap = [line("")] if is_loose else []
        rows = [*head, *gap, *body, *gap, _footer(view)]
    rows += [line("")] * (view.height - len(rows))
    return [sized(row, view.width, cut) for row in rows[: view.height]]


def _head(frame: Frame, view: View) -> list[Row]:
    """The verdict and whose it is; why."""
    chars, verdict, host = view.characters, frame.extras.verdict, frame.host
    kernel = f"Linux {chars.safe(host.kernel_release)}" if host.kernel_release else "kernel unknown"
    swap = "no swap" if host.swap_total_kib == 0 else f"{_size(host.swap_total_kib)} of swap"
    who = (
        f"  {chars.safe(host.hostname or 'this host')}: {kernel}, "
        f"{_size(host.mem_total_kib)}, {swap}"
    )
    when = f"{clock(frame)}{'' if frame.extras.time_utc_s is not None else ' s'}"
    badge = (
        Span(" ... ", BADGE + UNKNOWN)
        if verdict is None
        else Span(f" {verdict.status.name} ", BADGE + _ROLES[verdict.status])
    )
    right = Span(f" {when}", STRONG)
    left = sized((badge, Span(who)), view.width - width_of((right,)), chars.cut)
    return [(*left, right), _why(frame, view)]


def _size(kib: int | None) -> str:
    return q.size(None if kib is None else kib * KIB_BYTES)


def _why(frame: Frame, view: View) -> Row:
    """The worst finding; what befell the host or its clock goes before it."""
    chars, verdict = view.characters, frame.extras.verdict
    if frame.extras.notes:
        return line(chars.safe("; ".join(frame.extras.notes)), WARNING)
    if verdict is None:
        return line("no verdict yet: it takes two readings", DIM)
    age_s = frame.time_s - verdict.time_s
    old = f"  (judged {q.duration(age_s)} ago)" if age_s >= _OLD_VERDICT_S else ""
    if not verdict.titles:
        return (Span("Nothing to say: no change is needed", PLAIN), Span(old, DIM))
    more = len(verdict.titles) - 1
    others = f"  (+{more} more)" if more else ""
    return (Span(verdict.titles[0], STRONG), Span(others + old, DIM))


def _body(trail: Sequence[Frame], view: View, height: int, *, is_loose: bool) -> list[Row]:
    frame, chars = trail[-1], view.characters
    if view.width < WIDE_COLUMNS:
        return stacked(
            [
                forecast(trail, view.width, chars),
                zones(frame, view.width, chars),
                reclaim(frame, view.width, chars),
                processes(frame, view.width, chars, view.sort),
                *_last(frame, view.width, view),
            ],
            view.width, height, is_loose=is_loose,
        )  # fmt: skip
    left_width = (view.width - _GUTTER) // 2
    right_width = view.width - _GUTTER - left_width
    left = stacked(
        [
            forecast(trail, left_width, chars),
            zones(frame, left_width, chars),
            reclaim(frame, left_width, chars),
        ],
        left_width, height, is_loose=is_loose,
    )  # fmt: skip
    right = stacked(
        [processes(frame, right_width, chars, view.sort), *_last(frame, right_width, view)],
        right_width, height, is_loose=is_loose,
    )  # fmt: skip
    empty = line("")
    left += [empty] * (height - len(left))
    right += [empty] * (height - len(right))
    return [
        (*sized(one, left_width, chars.cut), Span(" " * _GUTTER), *other)
        for one, other in zip(left, right, strict=True)
    ]


def _last(frame: Frame, width: int, view: View) -> list[Block]:
    """What there may be nothing of: limited groups, who waits, what could not be read."""
    chars = view.characters
    found = [groups(frame, width, chars), waits(frame, width, chars)]
    if frame.gaps_count:
        title = line(f"could not be told ({frame.gaps_count})", TITLE)
        rows = tuple(line(chars.safe(f"{path}: {why}"), DIM) for path, why in frame.gaps)
        found.append(Block(title=title, rows=rows, least_count=0))
    return found


def _footer(view: View) -> Row:
    """Where in time this is, and the keys."""
    arrows = "←/→" if view.is_unicode else "left/right"
    keys = f"q quit  p pause  {arrows} back, forth  r resume  s sort: {view.sort}  ? help"
    speed = "" if view.speed is None else f" x{view.speed:g}" if view.speed else " unpaced"
    behind = f", {view.behind_count} behind" if view.behind_count else ""
    role = BADGE + (INFO if view.state in {"live", "replay"} else WARNING)
    return (Span(f" {view.state.upper()}{speed}{behind} ", role), Span(f" {keys}", DIM))
