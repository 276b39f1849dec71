r"""``/proc/swaps``: active swap areas (``mm/swapfile.c:swap_show``).

    Filename                                Type            Size            Used            Priority
    /swap\040file                           file            8388604         76              -2

The kernel escapes blanks and backslashes in the path as octal; without swap only the header stands.
"""

import re

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import signed, unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_ESCAPE = re.compile(r"\\([0-7]{3})")
_COLUMNS_COUNT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapDevice:
    """One area. ``kind`` is ``partition`` or ``file``; higher priorities are filled first.

    ``path`` is unescaped; that of an unlinked file ends in `` (deleted)``.
    """

    path: str
    kind: str
    size_kib: int
    used_kib: int
    priority_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swaps:
    """Active areas in the file's order; empty when the host has no swap."""

    devices: tuple[SwapDevice, ...]


def parse(text: str) -> Swaps:
    r"""Text in, record out; the header alone is "no swap", a text without it ``ParseError``.

    >>> parse("Filename Type Size Used Priority\n/swap\\040file file 1024 76 -2\n").devices[0].path
    '/swap file'
    """
    lines = list(whole_lines(text))
    if not lines or not lines[0][1].startswith("Filename"):
        raise ParseError("expected the header 'Filename Type ...'", line_number=1)
    return Swaps(devices=tuple(_device(line, number) for number, line in lines[1:] if line.strip()))


def _device(line: str, number: int) -> SwapDevice:
    columns = line.rsplit(None, _COLUMNS_COUNT - 1)  # from the right: the path may hold anything
    if len(columns) != _COLUMNS_COUNT:
        raise ParseError(
            f"expected {_COLUMNS_COUNT} columns, found {line[:60]!r}", line_number=number
        )
    path, kind, size, used, priority = columns
    return SwapDevice(
        path=_ESCAPE.sub(lambda match: chr(int(match[1], 8)), path),
        kind=kind,
        size_kib=unsigned(size, line_number=number),
        used_kib=unsigned(used, line_number=number),
        priority_count=signed(priority, line_number=number),
    )


SOURCE = FileSource(
    path="proc/swaps",
    record=Swaps,
    parse=parse,
    cost="which swap areas there are, and whether zram is among them, cannot be told",
)
