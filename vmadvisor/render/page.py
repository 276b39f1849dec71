"""A report as a page, before it takes a form: sections in the order in which they are read, made of blocks.

Its texts are as they came; every form makes them safe in its own way.
"""

from vmadvisor.records import dataclass
from vmadvisor.render.chart import Chart
from vmadvisor.render.parts import Entry, Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that is read first: what, how much, against what."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers that are read first."""

    items: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A finding, a recommendation, a way out. ``told`` and ``then`` are (label, text), ``commands`` (label, command).

    ``entry`` is the same as a terminal has it.
    """

    word: str
    title: str
    told: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]
    then: tuple[tuple[str, str], ...]
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """A table under its own heading."""

    title: str
    grid: Grid


Block = str | Grid | Titled | Figures | Claim | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``key`` is its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """``status`` is the verdict's name; ``facts`` say of which host, when, from what."""

    host: str
    status: str
    headline: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
