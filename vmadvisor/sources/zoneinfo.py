"""``/proc/zoneinfo``, 2.6.32 to 7.x (``mm/vmstat.c:zoneinfo_show_print``).

    Node 0, zone    DMA32
      per-node stats              4.8+, in the node's first populated zone only
          nr_inactive_anon 10
      pages free     362856
            boost    0            5.16+
            min      11148
            low      16732
            high     22316
            promo    27900        6.9+
            managed  372274       3.9+
            protection: (0, 0, 0, 0, 0)
          nr_free_pages 362856
      pagesets
        cpu: 0
                  count: 0
                  high:  0        a second "high", with a colon
      node_unreclaimable:  0

The file is no snapshot: zones are printed one after the other without a lock over all.
"""

import re

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import signed, unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_HEAD = re.compile(r"Node\s+(\d{1,5}),\s+zone\s+(\S{1,32})\s*$", re.ASCII)
_MARKS = frozenset({"boost", "min", "low", "high", "promo", "spanned", "present", "managed", "cma"})
_TAIL = frozenset(
    {"node_unreclaimable", "all_unreclaimable", "reserved_highatomic", "free_highatomic"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pageset:
    """One CPU's free lists: pages on them are free to that CPU but not in ``free_pages``."""

    cpu_id: int
    count_pages: int
    high_pages: int
    batch_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone of one node. Marks are as printed: they include ``boost`` (5.0+).

    ``managed_pages`` is ``present`` where the kernel has no ``managed`` line (before 3.9): that is
    what such a kernel computes its marks from. ``protection_pages`` is empty where not printed.
    """

    node_id: int
    name: str
    free_pages: int
    min_pages: int
    low_pages: int
    high_pages: int
    promo_pages: int | None
    boost_pages: int | None
    spanned_pages: int | None
    present_pages: int | None
    managed_pages: int
    cma_pages: int | None
    protection_pages: tuple[int, ...]
    nr_free_cma_pages: int | None
    nr_mlock_pages: int | None
    reserved_highatomic_pages: int | None
    free_highatomic_pages: int | None
    pagesets: tuple[Pageset, ...]
    stat_threshold_pages: int | None
    unreclaimable: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStats:
    """LRU lists of one node: "per-node stats" since 4.8, the sum of its zones before."""

    node_id: int
    nr_active_anon_pages: int | None
    nr_inactive_anon_pages: int | None
    nr_active_file_pages: int | None
    nr_inactive_file_pages: int | None
    nr_unevictable_pages: int | None
    nr_slab_reclaimable_pages: int | None
    nr_slab_unreclaimable_pages: int | None
    nr_dirty_pages: int | None
    nr_writeback_pages: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoneinfo:
    """Zones in the file's order; ``has_*`` tell what this kernel's format carries."""

    zones: tuple[Zone, ...]
    nodes: tuple[NodeStats, ...]
    has_managed: bool
    has_node_stats: bool
    lists_empty_zones: bool


class _Block:
    """One zone while it is read."""

    def __init__(self, node_id: int, name: str, line_number: int) -> None:
        self.node_id = node_id
        self.name = name
        self.line_number = line_number
        self.marks: dict[str, int] = {}
        self.counters: dict[str, int] = {}
        self.node_counters: dict[str, int] = {}
        self.tail: dict[str, int] = {}
        self.protection: tuple[int, ...] = ()
        self.pagesets: list[dict[str, int]] = []
        self.stat_threshold: int | None = None


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    section = ""
    for number, line in whole_lines(text):
        fields = line.split()
        if not fields:
            continue
        first = fields[0]
        if first == "Node":
            match = _HEAD.match(line.strip())
            if match is None:
                raise ParseError(
                    f"expected 'Node N, zone NAME', found {line[:60]!r}", line_number=number
                )
            blocks.append(_Block(int(match[1]), match[2], number))
            section = "zone"
            continue
        if not blocks:
            continue
        section = _read_line(blocks[-1], section, fields, number)
    return blocks


def _read_line(block: _Block, section: str, fields: list[str], number: int) -> str:
    """Reads one line into ``block``; returns the section that the next line belongs to."""
    first, last = fields[0], fields[-1]
    if first == "per-node":
        return "node"
    if first == "pagesets":
        return "pagesets"
    if first == "pages" and len(fields) == 3:  # noqa: PLR2004 - "pages free N"
        block.marks["free"] = unsigned(last, line_number=number)
        return "zone"
    if first == "protection:":
        inside = " ".join(fields[1:]).strip("()")
        block.protection = tuple(
            signed(part.strip(), line_number=number) for part in inside.split(",") if part.strip()
        )
        return "zone"
    if first == "vm" and fields[:3] == ["vm", "stats", "threshold:"]:
        block.stat_threshold = max(unsigned(last, line_number=number), block.stat_threshold or 0)
        return "pagesets"
    key = first.rstrip(":")
    if key in _TAIL and len(fields) == 2:  # noqa: PLR2004 - a name and its value
        block.tail[key] = unsigned(last, line_number=number)
        return section
    if len(fields) == 2:  # noqa: PLR2004 - a name and its value
        _read_pair(block, section, first, last, number)
    return section


def _read_pair(block: _Block, section: str, name: str, value: str, number: int) -> None:
    if section == "pagesets":
        if name == "cpu:":
            block.pagesets.append({"cpu": unsigned(value, line_number=number)})
        elif name in {"count:", "high:", "batch:"} and block.pagesets:
            block.pagesets[-1][name[:-1]] = signed(value, line_number=number)
    elif section == "node":
        block.node_counters[name] = signed(value, line_number=number)
    elif name in _MARKS:
        block.marks[name] = unsigned(value, line_number=number)
    elif not name.endswith(":"):
        block.counters[name] = signed(value, line_number=number)


def _zone(block: _Block) -> Zone:
    marks = block.marks
    size = marks.get("managed")
    if size is None and block.counters:
        # Counters follow "present" at once only before 3.9; without them the read is torn in between.
        size = marks.get("present")
    missing = [name for name in ("free", "min", "low", "high") if name not in marks]
    if size is None:
        missing.append("managed")
    if missing or size is None:
        raise ParseError(
            f"node {block.node_id} zone {block.name} has no {', '.join(missing)}",
            line_number=block.line_number,
        )
    unreclaimable = block.tail.get("node_unreclaimable", block.tail.get("all_unreclaimable"))
    return Zone(
        node_id=block.node_id,
        name=block.name,
        free_pages=marks["free"],
        min_pages=marks["min"],
        low_pages=marks["low"],
        high_pages=marks["high"],
        promo_pages=marks.get("promo"),
        boost_pages=marks.get("boost"),
        spanned_pages=marks.get("spanned"),
        present_pages=marks.get("present"),
        managed_pages=size,
        cma_pages=marks.get("cma"),
        protection_pages=block.protection,
        nr_free_cma_pages=block.counters.get("nr_free_cma"),
        nr_mlock_pages=block.counters.get("nr_mlock"),
        reserved_highatomic_pages=block.tail.get("reserved_highatomic"),
        free_highatomic_pages=block.tail.get("free_highatomic"),
        pagesets=tuple(_pageset(pageset, block) for pageset in block.pagesets),
        stat_threshold_pages=block.stat_threshold,
        unreclaimable=None if unreclaimable is None else unreclaimable > 0,
    )


def _pageset(found: dict[str, int], block: _Block) -> Pageset:
    try:
        return Pageset(
            cpu_id=found["cpu"],
            count_pages=found["count"],
            high_pages=found["high"],
            batch_pages=found["batch"],
        )
    except KeyError as missing:
        where = f"node {block.node_id} zone {block.name} cpu {found['cpu']}"
        raise ParseError(f"{where} has no {missing}", line_number=block.line_number) from None


def _node(node_id: int, blocks: list[_Block]) -> NodeStats:
    own = [block for block in blocks if block.node_id == node_id]
    tables = [block.node_counters for block in own if block.node_counters]
    # Slab counters moved from zone to node in 4.13, LRU lists in 4.8: whoever prints it, counts.
    tables += [block.counters for block in own]

    def total(name: str) -> int | None:
        found = [table[name] for table in tables if name in table]
        return sum(found) if found else None

    return NodeStats(
        node_id=node_id,
        nr_active_anon_pages=total("nr_active_anon"),
        nr_inactive_anon_pages=total("nr_inactive_anon"),
        nr_active_file_pages=total("nr_active_file"),
        nr_inactive_file_pages=total("nr_inactive_file"),
        nr_unevictable_pages=total("nr_unevictable"),
        nr_slab_reclaimable_pages=total("nr_slab_reclaimable"),
        nr_slab_unreclaimable_pages=total("nr_slab_unreclaimable"),
        nr_dirty_pages=total("nr_dirty"),
        nr_writeback_pages=total("nr_writeback"),
    )


def parse(text: str) -> Zoneinfo:
    r"""Text in, record out; a zone without free, min, low, high or a size raises ``ParseError``.

    >>> text = "Node 0, zone DMA\n  pages free 5\n min 1\n low 2\n high 3\n managed 9\n"
    >>> zone = parse(text).zones[0]
    >>> zone.name, zone.free_pages, zone.high_pages, zone.managed_pages
    ('DMA', 5, 3, 9)
    """
    blocks = _blocks(text)
    if not blocks:
        raise ParseError("no 'Node N, zone NAME' line")
    zones = tuple(_zone(block) for block in blocks)
    return Zoneinfo(
        zones=zones,
        nodes=tuple(_node(node_id, blocks) for node_id in sorted({z.node_id for z in zones})),
        has_managed=any("managed" in block.marks for block in blocks),
        has_node_stats=any(block.node_counters for block in blocks),
        lists_empty_zones=any(zone.managed_pages == 0 for zone in zones),
    )


SOURCE = FileSource(
    path="proc/zoneinfo",
    record=Zoneinfo,
    parse=parse,
    cost="no zone's free pages can be held against its marks",
)
