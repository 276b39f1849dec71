"""``/proc/pagetypeinfo``: free blocks per zone, migrate type and order (``mm/vmstat.c:pagetypeinfo_show``).

    Pages per block:  512

    Free pages count per migrate type at order       0      1      2
    Node    0, zone   Normal, type      Movable     17      4 >100000

Root only. Reading walks the free lists with interrupts off, so it is read on request only.
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_HEAD_COUNT = 6  # "Node", "0,", "zone", "Normal,", "type", migrate type


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBlocks:
    """``free_blocks_count[order]`` blocks of 2**order pages are free in one zone for one type.

    The kernel stops at 100000 (5.5+) and prints ``>100000``: then the number is a lower bound and
    ``has_lower_bounds`` is true.
    """

    node_id: int
    zone: str
    migrate_type: str
    free_blocks_count: tuple[int, ...]
    has_lower_bounds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagetypeinfo:
    """``pageblock_nr_pages`` is the kernel's own name for the pages of one block."""

    pageblock_nr_pages: int
    free_blocks: tuple[FreeBlocks, ...]


def _free_blocks(fields: list[str], number: int) -> FreeBlocks:
    counts = fields[_HEAD_COUNT:]
    if not counts or fields[2] != "zone" or fields[4] != "type":
        found = " ".join(fields)[:60]
        raise ParseError(f"expected 'Node N, zone Z, type T', found {found!r}", line_number=number)
    return FreeBlocks(
        node_id=unsigned(fields[1].removesuffix(","), line_number=number),
        zone=fields[3].removesuffix(","),
        migrate_type=fields[5],
        free_blocks_count=tuple(
            unsigned(count.removeprefix(">"), line_number=number) for count in counts
        ),
        has_lower_bounds=any(count.startswith(">") for count in counts),
    )


def parse(text: str) -> Pagetypeinfo:
    r"""Text in, record out; the tables after the free blocks are left out.

    >>> line = "Node    0, zone   Normal, type      Movable     17      4 >100000"
    >>> free = parse(f"Pages per block:  512\n{line}\n").free_blocks[0]
    >>> free.migrate_type, free.free_blocks_count, free.has_lower_bounds
    ('Movable', (17, 4, 100000), True)
    """
    pageblock_pages: int | None = None
    free_blocks: list[FreeBlocks] = []
    for number, line in whole_lines(text):
        if line.startswith("Number of blocks"):
            break
        if line.startswith("Pages per block:"):
            pageblock_pages = unsigned(line.partition(":")[2].strip(), line_number=number)
        elif line.startswith("Node"):
            free_blocks.append(_free_blocks(line.split(), number))
    if pageblock_pages is None or not free_blocks:
        raise ParseError("no 'Pages per block' line or no free blocks")
    return Pagetypeinfo(pageblock_nr_pages=pageblock_pages, free_blocks=tuple(free_blocks))


SOURCE = FileSource(
    path="proc/pagetypeinfo",
    record=Pagetypeinfo,
    parse=parse,
    cost="which page types fragment free memory cannot be told",
)
