r"""A manual page in man(7) macros: the same words as ``--help``, escaped so that roff obeys none of them.

.SH OPTIONS
.TP
\fB\-\-interval SECONDS\fR
Time between two moments.  [default: 1.0]
"""

from collections.abc import Iterable, Iterator

from vmadvisor.records import dataclass

_ESCAPES = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}
_CONTROL = (".", "'")
_LINE_COLUMNS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its paragraphs: plain ones, ``items`` (term, meaning), and ``verbatim`` lines."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    verbatim: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManPage:
    """``name`` is ``vmadvisor-check``; ``summary`` one line without a full stop."""

    name: str
    version: str
    summary: str
    sections: tuple[Section, ...]


def escaped(text: str) -> str:
    r"""One line of text as roff prints it back.

    >>> escaped(r".x -y \n"), escaped("it's é")
    ('\\&.x \\-y \\en', 'it\\(aqs \\[u00E9]')
    """
    line = "".join(
        _ESCAPES.get(char, char if char.isascii() else f"\\[u{ord(char):04X}]") for char in text
    )
    return rf"\&{line}" if text.startswith(_CONTROL) else line


def render(page: ManPage) -> str:
    """The page as ``man -l -`` takes it."""
    title = page.name.upper()
    lines = [
        rf'.TH "{escaped(title)}" "1" "" "vmadvisor {escaped(page.version)}" "User Commands"',
        ".SH NAME",
        rf"{escaped(page.name)} \- {escaped(page.summary)}",
    ]
    for section in page.sections:
        lines += _section(section)
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f'.SH "{escaped(section.title)}"'
    for index, paragraph in enumerate(section.paragraphs):
        if index:
            yield ".PP"
        yield from _filled(paragraph)
    for term, meaning in section.items:
        yield ".TP"
        yield rf"\fB{escaped(term)}\fR"
        yield from _filled(meaning)
    if section.verbatim:
        if section.paragraphs or section.items:
            yield ".PP"
        yield ".nf"
        yield from _verbatim(section.verbatim)
        yield ".fi"


def _verbatim(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        # An empty line, or one that begins with a blank, is a break of its own to old formatters.
        yield rf"\&{escaped(line)}" if not line or line[0] == " " else escaped(line)


def _filled(text: str) -> Iterator[str]:
    """Lines of bounded length; roff fills them anew."""
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= _LINE_COLUMNS:
            yield escaped(line)
            line = ""
        line = f"{line} {word}" if line else word
    if line:
        yield escaped(line)
