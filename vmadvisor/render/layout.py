"""Tables and lines as a terminal takes them: safe cells, width, colour, or plain ASCII."""

from collections.abc import Iterable

from vmadvisor.render import plain
from vmadvisor.render.parts import Grid
from vmadvisor.render.style import Style

_ELLIPSIS = "…"
"""What stands where a number was cut for want of columns."""


def table(*columns: str, numbers: Iterable[int] = ()) -> Grid:
    """An open table; the columns whose index is in ``numbers`` are right-aligned."""
    return Grid(columns, frozenset(numbers))


def row(target: Grid, *cells: str) -> None:
    """Adds a row of plain text: nothing in it is taken for markup or a terminal sequence."""
    target.rows.append(cells)


def printed(parts: Iterable[object], style: Style) -> str:
    """Tables and lines of plain text as they appear in ``style``; no line ends in blanks.

    rich lays out what has colour, or characters that may take two columns; the rest looks the same
    without it and costs half as much, which is felt on a host that has no memory left.
    """
    page = list(parts)
    lines = None if style.has_color else plain.lines(page, style)
    if lines is None:
        from vmadvisor.render import coloured

        lines = coloured.lines(page, style)
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    return text if style.is_unicode else text.replace(_ELLIPSIS, "~")
