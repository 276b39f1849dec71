"""Zone, node and buddy lines of an OOM report (``mm/show_mem.c:show_free_areas``).

    Node 0 DMA free:928kB boost:0kB min:132kB low:164kB high:196kB ... present:15992kB managed:15360kB ...
    lowmem_reserve[]: 0 202 202 202 202
    Node 0 DMA: 8*4kB (UM) 8*8kB (UM) 4*16kB (UM) ... 0*4096kB = 928kB

"Node 0 " is not printed by kernels without NUMA.
"""

import re
from collections.abc import Mapping

from vmadvisor.records import replace
from vmadvisor.sources.oom_report import OomZone

ZONE = re.compile(r"(?:Node (\d{1,4}) )?([A-Z]\w{1,15}) free:\s?(\d{1,19})kB (.*)", re.ASCII)
NODE = re.compile(r"Node (\d{1,4}) active_anon:(.*)", re.ASCII)
BUDDY = re.compile(r"(?:Node (\d{1,4}) )?([A-Z]\w{1,15}): (\d{1,10}\*\d{1,10}kB.*)", re.ASCII)
RESERVE = re.compile(r"(?:lowmem_reserve|protections)\[\]:((?: \d{1,19}){1,8})", re.ASCII)
COUNTERS = re.compile(
    r"\s*(?:active_anon|active_file|unevictable|slab_reclaimable|mapped|sec_pagetables|"
    r"kernel_misc_reclaimable|free|anon|inactive_anon):\d{1,19}(?:\s|$)",
    re.ASCII,
)
COUNTER = re.compile(r"([a-z_]{2,40}):(\d{1,19})(?=\s|$)", re.ASCII)
_SIZE = re.compile(r"([a-z_]{2,40}(?:\(\w{2,8}\))?):\s?(\d{1,19})[kK]B", re.ASCII)
_BLOCKS = re.compile(r"(\d{1,10})\*(\d{1,10})kB(?: \(([A-Z]{1,8})\))?", re.ASCII)
_BUDDY_END = re.compile(r"= ?\d{1,19}kB\s*$", re.ASCII)
_HOPELESS = re.compile(r"all_unreclaimable\? (yes|no)")

ORDERS_MAX = 32


def sizes_kib(text: str) -> dict[str, int]:
    """``name:NkB`` pairs; the first of a name counts.

    >>> sizes_kib("min:132kB isolated(anon):0kB shmem_thp: 8kB reserved_highatomic:2048KB")
    {'min': 132, 'isolated(anon)': 0, 'shmem_thp': 8, 'reserved_highatomic': 2048}
    """
    found: dict[str, int] = {}
    for name, number in _SIZE.findall(text):
        found.setdefault(name, int(number))
    return found


def is_hopeless(text: str) -> bool | None:
    """``all_unreclaimable? yes``; ``None`` where it is not printed (zones since 4.8)."""
    match = _HOPELESS.search(text)
    return None if match is None else match[1] == "yes"


def zone(match: re.Match[str]) -> OomZone | None:
    """A zone's line; ``None`` where a mark is missing: such a zone cannot be judged."""
    found = sizes_kib(match[4])
    if not {"min", "low", "high"} <= found.keys():
        return None
    return OomZone(
        node_id=int(match[1] or 0),
        name=match[2],
        free_kib=int(match[3]),
        min_kib=found["min"],
        low_kib=found["low"],
        high_kib=found["high"],
        boost_kib=found.get("boost"),
        reserved_highatomic_kib=found.get("reserved_highatomic"),
        free_highatomic_kib=found.get("free_highatomic"),
        present_kib=found.get("present"),
        managed_kib=found.get("managed"),
        free_cma_kib=found.get("free_cma"),
        slab_unreclaimable_kib=found.get("slab_unreclaimable"),
        all_unreclaimable=is_hopeless(match[4]),
    )


class Blocks:
    """Free blocks of one zone, by order."""

    __slots__ = ("block_kib", "counts", "types")

    def __init__(self, text: str) -> None:
        """Of a text that ``is_whole_buddy``."""
        found = _BLOCKS.findall(text)[:ORDERS_MAX]
        self.counts = tuple(int(count) for count, _, _ in found)
        self.types = tuple(letters for _, _, letters in found)
        self.block_kib = int(found[0][1]) if found else None

    @property
    def is_ladder(self) -> bool:
        """There is a block of a page, to begin with."""
        return bool(self.block_kib)


def is_whole_buddy(text: str) -> bool:
    """The line has its sum."""
    return _BUDDY_END.search(text) is not None


def with_blocks(found: OomZone, blocks: Blocks) -> OomZone:
    """The zone, its free blocks told."""
    return replace(
        found,
        free_blocks_count=blocks.counts,
        block_types=blocks.types,
        block_kib=blocks.block_kib,
    )


def counters_pages(text: str) -> Mapping[str, int]:
    """Mem-Info's counters.

    >>> dict(counters_pages(" free:631 free_pcp:0 free_cma:0"))
    {'free': 631, 'free_pcp': 0, 'free_cma': 0}
    """
    return {name: int(number) for name, number in COUNTER.findall(text)}
