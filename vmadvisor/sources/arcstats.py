"""``/proc/spl/kstat/zfs/arcstats``: ZFS's own cache (OpenZFS ``module/zfs/arc.c``).

    name                            type data
    size                            4    3222822648
    c_max                           4    8324997120

The ARC is in none of meminfo's caches: to the kernel it is memory in use.
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_FIELDS = {"size": "size_bytes", "c": "c_bytes", "c_min": "c_min_bytes", "c_max": "c_max_bytes"}
_COLUMNS_COUNT = 3  # name, type, data


@dataclass(frozen=True, slots=True, kw_only=True)
class Arcstats:
    """``c`` is the target that ``size`` moves to; it stays between ``c_min`` and ``c_max``."""

    size_bytes: int
    c_bytes: int | None = None
    c_min_bytes: int | None = None
    c_max_bytes: int | None = None


def parse(text: str) -> Arcstats:
    r"""Text in, record out; without ``size`` it is no arcstats: ``ParseError``.

    >>> parse("name type data\nsize 4 3222822648\nc_min 4 33554432\n").c_min_bytes
    33554432
    """
    found: dict[str, int] = {}
    for number, line in whole_lines(text):
        fields = line.split()
        if len(fields) == _COLUMNS_COUNT and fields[0] in _FIELDS:
            found[_FIELDS[fields[0]]] = unsigned(fields[2], line_number=number)
    if "size_bytes" not in found:
        raise ParseError("no 'size' line")
    return Arcstats(**found)


SOURCE = FileSource(
    path="proc/spl/kstat/zfs/arcstats",
    record=Arcstats,
    parse=parse,
    cost="memory held by ZFS cannot be told from leaked memory",
    optional=True,
)
