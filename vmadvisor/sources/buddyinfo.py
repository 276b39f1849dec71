"""``/proc/buddyinfo``: free blocks of each order per zone (``mm/vmstat.c:frag_show_print``).

    Node 0, zone   Normal   4381   1093    185   1530    567    102      4      0      0      0      0

Columns are orders 0, 1, 2, …: how many there are depends on the architecture. Reading takes each
zone's lock.
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_HEAD_COUNT = 4  # "Node", "0,", "zone", name
_ORDERS_MAX_COUNT = 64
"""No block is larger than an address space; kernels have 11 to some 20 orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuddyZone:
    """``free_blocks_count[order]`` blocks of 2**order pages are free."""

    node_id: int
    name: str
    free_blocks_count: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buddyinfo:
    """Populated zones in the file's order."""

    zones: tuple[BuddyZone, ...]


def parse(text: str) -> Buddyinfo:
    r"""Text in, record out; no zone at all raises ``ParseError``.

    >>> parse("Node 0, zone   DMA      1      0      3\n").zones[0].free_blocks_count
    (1, 0, 3)
    """
    zones: list[BuddyZone] = []
    for number, line in whole_lines(text):
        fields = line.split()
        if not fields or fields[0] != "Node":
            continue
        if len(fields) <= _HEAD_COUNT or fields[2] != "zone":
            raise ParseError(
                f"expected 'Node N, zone NAME', found {line[:60]!r}", line_number=number
            )
        if len(fields) > _HEAD_COUNT + _ORDERS_MAX_COUNT:
            raise ParseError(
                f"expected at most {_ORDERS_MAX_COUNT} orders, found {len(fields) - _HEAD_COUNT}",
                line_number=number,
            )
        zones.append(
            BuddyZone(
                node_id=unsigned(fields[1].removesuffix(","), line_number=number),
                name=fields[3],
                free_blocks_count=tuple(
                    unsigned(field, line_number=number) for field in fields[_HEAD_COUNT:]
                ),
            )
        )
    if not zones:
        raise ParseError("no 'Node N, zone NAME' line")
    return Buddyinfo(zones=tuple(zones))


SOURCE = FileSource(
    path="proc/buddyinfo",
    record=Buddyinfo,
    parse=parse,
    cost="how fragmented free memory is cannot be told",
)
