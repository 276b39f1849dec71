"""Numbers and lines of kernel text, read strictly: a number that is none raises ``ParseError``.

The kernel ends every line; a last line without its newline is a torn read and is left out, because
a number cut in half looks like a smaller number.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from vmadvisor.errors import ParseError

T = TypeVar("T")

UNSIGNED_MAX = 2**64 - 1
"""The widest integer the kernel prints (``unsigned long`` on 64-bit, ``u64`` counters)."""

_DIGITS_MAX_COUNT = 20


def unsigned(text: str, *, line_number: int | None = None) -> int:
    """A decimal number the kernel can have printed.

    >>> unsigned("4096")
    4096
    >>> unsigned("-1")
    Traceback (most recent call last):
    ...
    vmadvisor.errors.ParseError: expected a number, found '-1'
    """
    if len(text) <= _DIGITS_MAX_COUNT and text.isascii() and text.isdigit():
        value = int(text)
        if value <= UNSIGNED_MAX:
            return value
    raise ParseError(f"expected a number, found {text[:40]!r}", line_number=line_number)


def signed(text: str, *, line_number: int | None = None) -> int:
    """As ``unsigned``, with an optional minus.

    >>> signed("-1000")
    -1000
    """
    if text.startswith("-"):
        return -unsigned(text[1:], line_number=line_number)
    return unsigned(text, line_number=line_number)


def single(text: str) -> int:
    r"""The one number of a one-value file; a trailing newline may be missing.

    >>> single("60\n")
    60
    """
    return signed(text.strip())


def single_unsigned(text: str) -> int:
    r"""``single`` for a file that cannot hold a negative number.

    >>> single_unsigned("67584\n")
    67584
    """
    return unsigned(text.strip())


def bracketed(text: str) -> str:
    r"""The chosen word of a sysfs choice.

    >>> bracketed("always [madvise] never\n")
    'madvise'
    """
    _, opening, rest = text.partition("[")
    word, closing, _ = rest.partition("]")
    if not opening or not closing or not word:
        raise ParseError(f"expected a word in brackets, found {text[:60]!r}", line_number=1)
    return word


def from_file(files: Mapping[str, str], name: str, parse: Callable[[str], T]) -> T | None:
    r"""One small file of a directory, parsed; ``None`` where it is absent; errors name the file.

    >>> from_file({"swappiness": "60\n"}, "swappiness", single)
    60
    """
    text = files.get(name)
    if text is None:
        return None
    try:
        return parse(text)
    except ParseError as error:
        raise ParseError(f"{name}: {error}") from None


def whole_lines(text: str) -> Iterator[tuple[int, str]]:
    r"""Yields (line number from 1, line) for every line that the kernel finished.

    >>> list(whole_lines("a 1\nb 2\nc 3"))
    [(1, 'a 1'), (2, 'b 2')]
    """
    lines = text.split("\n")
    yield from enumerate(lines[:-1], 1)


def counters(text: str) -> dict[str, int]:
    r"""``name value`` lines as vmstat, memory.stat and memory.events print them.

    Lines of another shape are left out; a value that is no number raises ``ParseError``.

    >>> counters("pgfault 7\nnr_dirty 3\n")
    {'pgfault': 7, 'nr_dirty': 3}
    """
    found: dict[str, int] = {}
    for number, line in whole_lines(text):
        fields = line.split()
        if len(fields) == 2:  # noqa: PLR2004 - a name and its value
            found[fields[0]] = signed(fields[1], line_number=number)
    return found
