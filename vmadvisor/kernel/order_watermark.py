"""How many requests of one order a zone still serves before one falls below the mark: ``__zone_watermark_ok()``.

    usable = free - (2**order - 1) - pages that the request may not have
    it passes if usable > mark + lowmem_reserve, and for order > 0 a block that large is free

Until 4.4 there is no look at the lists. For each lower order its free pages are taken off and the mark is
halved, and what is left must lie above it at every step. A request that passes takes 2**order pages, out of
a larger block where it must; the count stands still for all else.
"""

from collections.abc import Iterator, Sequence


def _above_marks_pages(
    free_blocks_count: Sequence[int], order: int, usable_pages: int, mark_pages: int
) -> Iterator[int]:
    """The ladder until 4.4: pages above the halved mark, at each step."""
    for lower in range(min(order, len(free_blocks_count))):
        usable_pages -= free_blocks_count[lower] << lower
        mark_pages >>= 1
        yield usable_pages - mark_pages


def requests_left_count(
    free_blocks_count: Sequence[int],
    order: int,
    *,
    free_pages: int,
    mark_pages: int,
    reserve_pages: int,
    looks_at_lists: bool = True,
) -> int:
    """Requests of ``2**order`` pages that pass one after the other while nothing else is taken or freed.

    ``free_pages`` are those the request may have (without the high-atomic reserve and, unless it is
    movable, CMA pages), ``reserve_pages`` is the lowmem reserve against it, ``looks_at_lists`` is so since
    4.4. Source: ``__zone_watermark_ok()`` in ``mm/page_alloc.c``.

    >>> requests_left_count((40, 10, 1), 2, free_pages=64, mark_pages=20, reserve_pages=0)
    1
    >>> requests_left_count((0, 0, 16), 1, free_pages=64, mark_pages=50, reserve_pages=4)
    5
    >>> requests_left_count((64,), 0, free_pages=64, mark_pages=70, reserve_pages=0)
    0
    """
    size_pages = 1 << order
    usable_pages = free_pages - (size_pages - 1)
    above_pages = [usable_pages - mark_pages - reserve_pages]
    if not looks_at_lists:
        above_pages += _above_marks_pages(free_blocks_count, order, usable_pages, mark_pages)
    passing_count = max(0, min(-(-pages // size_pages) for pages in above_pages))
    if order == 0:
        return passing_count
    blocks_count = sum(
        count << (power - order) for power, count in enumerate(free_blocks_count) if power >= order
    )
    return min(blocks_count, passing_count)
