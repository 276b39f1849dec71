"""Tables and lines as a terminal takes them: safe cells, width, colour, or plain ASCII."""

from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vmadvisor.render.escape import terminal
from vmadvisor.render.style import Style

_ASCII_HEAD = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
"""``SIMPLE_HEAD`` for terminals without box-drawing characters."""

_ELLIPSIS = "…"
"""What rich puts where a number was cut for want of columns."""


class Grid:
    """A table before it is laid out: its cells are made safe once the style is known."""

    __slots__ = ("columns", "right", "rows")

    def __init__(self, columns: tuple[str, ...], right: frozenset[int]) -> None:
        self.columns = columns
        self.right = right
        self.rows: list[tuple[str, ...]] = []


def table(*columns: str, numbers: Iterable[int] = ()) -> Grid:
    """An open table; the columns whose index is in ``numbers`` are right-aligned."""
    return Grid(columns, frozenset(numbers))


def row(target: Grid, *cells: str) -> None:
    """Adds a row of plain text: nothing in it is taken for markup or a terminal sequence."""
    target.rows.append(cells)


def _laid_out(grid: Grid, style: Style) -> Table:
    head = box.SIMPLE_HEAD if style.is_unicode else _ASCII_HEAD
    result = Table(
        box=head,
        pad_edge=False,
        padding=(0, 1),
        collapse_padding=True,
        header_style="bold",
        show_edge=False,
    )
    for index, name in enumerate(grid.columns):
        if index in grid.right:
            result.add_column(safe(name, style), justify="right", no_wrap=True)
        else:
            result.add_column(safe(name, style), overflow="fold")
    for cells in grid.rows:
        result.add_row(*(safe(cell, style) for cell in cells))
    return result


def safe(text: str, style: Style) -> Text:
    """Plain text that no terminal obeys and rich takes for nothing else."""
    return Text(terminal(text, is_unicode=style.is_unicode))


def _console(out: StringIO, style: Style) -> Console:
    return Console(
        file=out,
        width=style.width_columns,
        force_terminal=style.has_color,
        color_system="standard" if style.has_color else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )


def _printable(part: object, style: Style) -> object:
    if isinstance(part, Grid):
        return _laid_out(part, style)
    return safe(part, style) if isinstance(part, str) else part


def printed(parts: Iterable[object], style: Style) -> str:
    """Tables and lines of plain text as they appear in ``style``; no line ends in blanks."""
    out = StringIO()
    console = _console(out, style)
    for part in parts:
        console.print(_printable(part, style))
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return text if style.is_unicode else text.replace(_ELLIPSIS, "~")
