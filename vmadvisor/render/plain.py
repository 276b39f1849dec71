"""A page without colour, of characters that are one column wide: as rich lays it out, without rich.

Where a table is too wide its widest columns of words are narrowed, the widest to the next and so on, and
their cells are wrapped; numbers are cut last, and visibly.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from vmadvisor.render.escape import terminal
from vmadvisor.render.parts import INDENT_COLUMNS, Entry, Grid, Headline
from vmadvisor.render.style import Style

_NARROW = "▁▂▃▄▅▆▇█·▸≥≤×–—…═"
"""What we print beyond ASCII; of any other character only rich knows how wide it is."""

_GAP_COLUMNS = 2


def lines(parts: Iterable[object], style: Style) -> list[str] | None:
    """The page's lines, blanks may end them; ``None`` where this module cannot lay it out."""
    try:
        return [line for part in parts for line in _lines(part, style)]
    except _BeyondUsError:
        return None


class _BeyondUsError(Exception):
    """A character of unknown width, a column of none, something of rich's own."""


def _lines(part: object, style: Style) -> Iterator[str]:
    width = style.width_columns
    if isinstance(part, Grid):
        yield from _table(part, style)
    elif isinstance(part, Headline):
        yield from wrapped(_safe(part.verdict + part.rest, style), width)
    elif isinstance(part, Entry):
        indent = " " * INDENT_COLUMNS
        words = part.word
        for line in wrapped(_safe(part.title, style), width - INDENT_COLUMNS):
            yield f"{words:{INDENT_COLUMNS}}{line}"
            words = ""
        for told in part.lines:
            for line in wrapped(_safe(told, style), width - INDENT_COLUMNS):
                yield indent + line
    elif isinstance(part, str):
        yield from wrapped(_safe(part, style), width)
    else:
        raise _BeyondUsError


def _safe(text: str, style: Style) -> str:
    found = terminal(text, is_unicode=style.is_unicode)
    if not found.isascii() and any(not c.isascii() and c not in _NARROW for c in found):
        raise _BeyondUsError
    return found


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns, broken between words where it can be.

    >>> wrapped("free pages stand below", 10), wrapped("abcdef", 4), wrapped("", 4)
    (['free pages', 'stand', 'below'], ['abcd', 'ef'], [''])
    """
    if width < 1:
        raise _BeyondUsError
    if len(text) <= width:
        return [text]
    starts = [0, *_breaks(text, width), len(text)]
    return [text[a:b].rstrip(" ")[:width] for a, b in pairwise(starts)]


def _breaks(text: str, width: int) -> Iterator[int]:
    """Where a new line begins: before a word that does not fit, within one that fits nowhere."""
    used = 0
    for start, end in _words(text):
        length = len(text[start:end].rstrip(" "))
        if length <= width - used:
            used += end - start
            continue
        if length <= width:
            if used and start:
                yield start
                used = end - start
            continue
        for piece in range(start, end, width):
            if piece:
                yield piece
            used = min(end - piece, width)


def _words(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each word with the blanks behind it; those before the first are its own."""
    start, position = 0, len(text) - len(text.lstrip(" "))
    while position < len(text):
        blank = text.find(" ", position)
        end = len(text) if blank < 0 else blank
        while end < len(text) and text[end] == " ":
            end += 1
        yield start, end
        start = position = end


def _table(grid: Grid, style: Style) -> Iterator[str]:
    header = tuple(_safe(name, style) for name in grid.columns)
    rows = [tuple(_safe(cell, style) for cell in cells) for cells in grid.rows]
    natural = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    widths = _widths(natural, grid.right, style.width_columns)
    if min(*natural, *widths) < 1:
        raise _BeyondUsError
    yield from _row(header, widths, grid.right, is_header=True)
    rule = "─" if style.is_unicode else "-"
    yield rule * (sum(widths) + _GAP_COLUMNS * (len(widths) - 1))
    for cells in rows:
        yield from _row(cells, widths, grid.right)


def _widths(natural: list[int], right: frozenset[int], total: int) -> list[int]:
    """Columns' widths, of those as wide as their cells, so that all of them fit into ``total``.

    >>> _widths([30, 9, 40], frozenset({1}), 60)
    [23, 9, 24]
    """
    blanks = [1] * (len(natural) - 1) + [0]  # a blank behind each is its own, the other is nobody's
    limit = total - (len(natural) - 1)
    widths = [min(limit, max(1, n + blank)) for n, blank in zip(natural, blanks, strict=True)]
    while (excess := sum(widths) - limit) > 0:
        wordy = [w for index, w in enumerate(widths) if index not in right]
        widest = max(wordy, default=0)
        step = widest - max((w for w in wordy if w != widest), default=0)
        if not step:
            widths = _reduced(widths, list(range(len(widths))), excess, widths)
            break
        ones = [i for i, w in enumerate(widths) if w == widest and i not in right]
        widths = _reduced(widths, ones, excess, [min(excess, step)] * len(widths))
    return [width - blank for width, blank in zip(widths, blanks, strict=True)]


def _reduced(widths: list[int], which: list[int], excess: int, most: list[int]) -> list[int]:
    """``excess`` taken from the columns ``which`` in equal parts, of each no more than its ``most``."""
    found, left, parts = list(widths), excess, len([i for i in which if most[i]])
    for index in which:
        if most[index]:
            taken = min(most[index], round(left / parts))
            found[index] -= taken
            left -= taken
            parts -= 1
    return found


def _row(
    cells: tuple[str, ...], widths: list[int], right: frozenset[int], *, is_header: bool = False
) -> Iterator[str]:
    columns = [
        [_cut(cell.rstrip(" "), width).rjust(width)] if index in right else wrapped(cell, width)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    height = max(map(len, columns))
    for column, width in zip(columns, widths, strict=True):
        missing = [""] * (height - len(column))
        column[:] = missing + column if is_header else column + missing
        column[:] = [line.ljust(width) for line in column]
    for line in zip(*columns, strict=True):
        yield (" " * _GAP_COLUMNS).join(line)


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1] + "…"
