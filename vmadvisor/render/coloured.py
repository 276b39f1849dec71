"""A page by rich: colour, and characters of any width."""

from collections.abc import Iterable, Iterator
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vmadvisor.render.escape import terminal
from vmadvisor.render.parts import INDENT_COLUMNS, Entry, Grid, Headline
from vmadvisor.render.style import Style

_ASCII_HEAD = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
"""``SIMPLE_HEAD`` for terminals without box-drawing characters."""


def lines(parts: Iterable[object], style: Style) -> list[str]:
    """The page's lines; blanks may end them."""
    out = StringIO()
    console = _console(out, style)
    for part in parts:
        for piece in _pieces(part, style):
            console.print(piece)
    return out.getvalue().split("\n")[:-1]


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


def _safe(text: str, style: Style) -> Text:
    """Plain text that no terminal obeys and rich takes for nothing else."""
    return Text(terminal(text, is_unicode=style.is_unicode))


def _pieces(part: object, style: Style) -> Iterator[object]:
    if isinstance(part, Grid):
        yield _table(part, style)
    elif isinstance(part, Headline):
        yield Text.assemble(
            (terminal(part.verdict, is_unicode=style.is_unicode), part.colour),
            _safe(part.rest, style),
        )
    elif isinstance(part, Entry):
        yield from _entry(part, style)
    else:
        yield _safe(part, style) if isinstance(part, str) else part


def _entry(entry: Entry, style: Style) -> Iterator[RenderableType]:
    head = Table.grid()
    head.add_column(width=INDENT_COLUMNS, no_wrap=True)
    head.add_column(overflow="fold")
    head.add_row(Text(entry.word, style=entry.colour), _safe(entry.title, style))
    yield head
    text = "\n".join(terminal(line, is_unicode=style.is_unicode) for line in entry.lines)
    yield Padding(Text(text, style="dim"), (0, 0, 0, INDENT_COLUMNS))


def _table(grid: Grid, style: Style) -> Table:
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
            result.add_column(_safe(name, style), justify="right", no_wrap=True)
        else:
            result.add_column(_safe(name, style), overflow="fold")
    for cells in grid.rows:
        result.add_row(*(_safe(cell, style) for cell in cells))
    return result
