"""What a page is made of, before it is laid out: a headline, findings, tables, and lines of plain text.

Its cells and lines are made safe for a terminal when they are laid out, once the style is known.
"""


class Headline:
    """The verdict, and what it is about."""

    __slots__ = ("colour", "rest", "verdict")

    def __init__(self, verdict: str, rest: str, colour: str) -> None:
        self.verdict = verdict
        self.rest = rest
        self.colour = colour


class Entry:
    """A finding: a short word before its title, and lines that belong to it."""

    __slots__ = ("colour", "lines", "title", "word")

    def __init__(self, word: str, title: str, lines: tuple[str, ...], colour: str) -> None:
        self.word = word
        self.title = title
        self.lines = lines
        self.colour = colour


class Grid:
    """A table; the columns whose index is in ``right`` are right-aligned and never wrapped."""

    __slots__ = ("columns", "right", "rows")

    def __init__(self, columns: tuple[str, ...], right: frozenset[int]) -> None:
        self.columns = columns
        self.right = right
        self.rows: list[tuple[str, ...]] = []


Part = Headline | Entry | Grid | str

INDENT_COLUMNS = 9
"""The widest severity and a blank: what belongs to a finding stands to the right of it."""
