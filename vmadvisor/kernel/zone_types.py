"""Zone types by configuration, and what a zone keeps from requests that could use higher ones.

``lowmem_reserve[]``, ``protection:`` in zoneinfo, has one number per zone type the kernel was built with; which
ones, the names of its zones tell (``mm/page_alloc.c:setup_per_zone_lowmem_reserve()``).
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

ORDERED_NAMES = ("DMA", "DMA32", "Normal", "HighMem", "Movable", "Device")
_SETS = (
    ("DMA", "DMA32", "Normal", "Movable"),
    ("DMA", "DMA32", "Normal", "Movable", "Device"),
    ("DMA", "Normal", "HighMem", "Movable"),
    ("Normal", "HighMem", "Movable"),
    ("DMA", "Normal", "HighMem", "Movable", "Device"),
    ("DMA32", "Normal", "Movable"),
    ("DMA32", "Normal", "Movable", "Device"),
    ("DMA", "Normal", "Movable"),
    ("DMA", "Normal", "Movable", "Device"),
    ("Normal", "Movable"),
    ("Normal", "Movable", "Device"),
    ("DMA", "DMA32", "Normal", "HighMem", "Movable"),
)
"""64-bit x86 and arm, 32-bit with high memory, powerpc, s390."""


def reserve_against_pages(
    reserve_pages: Sequence[int], names: AbstractSet[str], highest_zone: str
) -> int:
    """What a zone keeps from requests that may use the types up to ``highest_zone``.

    ``names`` are of all zones that were printed. Where the types cannot be told it is the most of all.

    >>> reserve_against_pages((0, 700, 700, 900), {"DMA", "DMA32", "Normal"}, "Normal")
    700
    """
    types = next((s for s in _SETS if len(s) == len(reserve_pages) and names <= set(s)), None)
    if not reserve_pages or types is None:
        return max(reserve_pages, default=0)
    allowed = [index for index, name in enumerate(types) if _is_allowed(name, highest_zone)]
    return reserve_pages[allowed[-1]] if allowed else 0


def _is_allowed(name: str, highest: str) -> bool:
    return ORDERED_NAMES.index(name) <= ORDERED_NAMES.index(highest)
