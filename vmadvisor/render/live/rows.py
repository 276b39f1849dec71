"""Rows of the live view's screen: pieces of text, each with a role, cut and padded to columns.

A role says what a piece is; the screen decides what that looks like. No meaning is in a role alone: every
row reads the same without colour. Names are made inert here, where rows are made.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from vmadvisor.records import dataclass
from vmadvisor.render.escape import terminal

PLAIN, TITLE, DIM, STRONG = "", "title", "dim", "strong"
OK, INFO, WARNING, CRITICAL, UNKNOWN = "ok", "info", "warning", "critical", "unknown"
BADGE = "badge-"
"""Before the role of a verdict: its word, on a ground of its colour."""

_LEVELS = " ▁▂▃▄▅▆▇█"
_ASCII_LEVELS = " .:-=+*%#"


class Span(NamedTuple):
    """Inert text of one role."""

    text: str
    role: str = PLAIN


Row = tuple[Span, ...]


class Cell(NamedTuple):
    """A table's cell; ``width`` columns, right-aligned unless ``is_left``."""

    text: str
    width: int
    is_left: bool = False
    role: str = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Characters:
    """What the terminal can show."""

    is_unicode: bool = True

    def safe(self, text: str) -> str:
        r"""A name that no terminal obeys.

        >>> Characters().safe("a\x1b[31mb"), Characters(is_unicode=False).safe("é")
        ('a\\x1b[31mb', '\\xe9')
        """
        return terminal(text, is_unicode=self.is_unicode)

    @property
    def cut(self) -> str:
        """Stands where something was cut off."""
        return "…" if self.is_unicode else "~"


def fitted(text: str, width: int, cut: str, *, is_left: bool = True) -> str:
    """Exactly ``width`` columns; what is too long ends in ``cut``.

    >>> fitted("abcdef", 4, "…"), fitted("ab", 4, "…", is_left=False), fitted("漢字かな", 5, "…")
    ('abc…', '  ab', '漢字…')
    """
    if width <= 0:
        return ""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, width - 1) + cut
    blanks = " " * (width - size)
    return text + blanks if is_left else blanks + text


def table_row(cells: Iterable[Cell], cut: str) -> Row:
    """Cells with a blank between them."""
    row: list[Span] = []
    for cell in cells:
        if row:
            row.append(Span(" ", TITLE if cell.role == TITLE else PLAIN))
        row.append(Span(fitted(cell.text, cell.width, cut, is_left=cell.is_left), cell.role))
    return tuple(row)


def ruled(title: Row, width: int) -> Row:
    """A title row as wide as the rows below it, so that its line goes all the way."""
    left = width - width_of(title)
    return (*title, Span(" " * left, TITLE)) if left > 0 else title


def line(text: str, role: str = PLAIN) -> Row:
    """A row of one piece."""
    return (Span(text, role),)


def width_of(row: Row) -> int:
    """Columns it takes."""
    return sum(cell_len(span.text) for span in row)


def sized(row: Row, width: int, cut: str) -> Row:
    """The row in exactly ``width`` columns.

    >>> sized((Span("ab"), Span("cdef", "dim")), 4, "…")
    (Span(text='ab', role=''), Span(text='c…', role='dim'))
    """
    left = width
    found: list[Span] = []
    for span in row:
        size = cell_len(span.text)
        if size > left:
            if left:
                found.append(Span(fitted(span.text, left, cut), span.role))
            return tuple(found)
        found.append(span)
        left -= size
    return (*found, Span(" " * left)) if left else tuple(found)


def wrapped(text: str, width: int, most_count: int, cut: str) -> list[str]:
    """Lines broken at blanks; what goes beyond the last is cut.

    >>> wrapped("one two three", 7, 2, "…"), wrapped("one two three", 7, 1, "…")
    (['one two', 'three'], ['one tw…'])
    """
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most_count:
        if len(lines) == most_count - 1:
            rest = " ".join(words)
            return [*lines, fitted(rest, width, cut).rstrip() if cell_len(rest) > width else rest]
        taken = words.pop(0)
        while words and cell_len(f"{taken} {words[0]}") <= width:
            taken += f" {words.pop(0)}"
        lines.append(taken)
    return lines


def sparkline(ratios: Sequence[float | None], width: int, *, is_unicode: bool = True) -> str:
    """The newest ``width`` values on a scale of 0 to 1, newest last; unknown is a blank.

    Anything above 0 is seen: its lowest level is that of an eighth.

    >>> sparkline([None, 0.0, 0.01, 0.5, 1.0], 6), sparkline([0.2, 0.9], 2, is_unicode=False)
    ('   ▁▄█', ':%')
    """
    levels = _LEVELS if is_unicode else _ASCII_LEVELS
    top = len(levels) - 1
    text = "".join(
        " " if not ratio else levels[min(top, max(1, round(ratio * top)))]
        for ratio in ratios[-width:]
    )
    return text.rjust(width)
