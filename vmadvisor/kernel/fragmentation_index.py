"""Why a block of some order cannot be had: too little free, or too scattered (``mm/vmstat.c``).

    index = 1000 - (1000 + free * 1000 / wanted) / blocks      __fragmentation_index()

-1000 where a block is there; towards 0 memory is lacking, which reclaim mends; towards 1000 free memory is
scattered, which compaction mends. Above vm.extfrag_threshold (500) the kernel compacts for orders > 3.
"""

from collections.abc import Sequence

SUITABLE_INDEX = -1000
_PERMILLE = 1000


def fragmentation_index(free_blocks_count: Sequence[int], order: int) -> int:
    """Per mille; 0 where nothing at all is free, as the kernel has it.

    >>> fragmentation_index((0, 0, 3), 2), fragmentation_index((600, 0, 0), 9)
    (-1000, 997)
    >>> fragmentation_index((2, 1, 0), 3), fragmentation_index((), 3)
    (500, 0)
    """
    blocks = sum(free_blocks_count)
    if not blocks:
        return 0
    if any(free_blocks_count[order:]):
        return SUITABLE_INDEX
    free_pages = sum(count << power for power, count in enumerate(free_blocks_count))
    return _PERMILLE - (_PERMILLE + free_pages * _PERMILLE // (1 << order)) // blocks
