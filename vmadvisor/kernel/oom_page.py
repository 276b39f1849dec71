"""The page size of the host that wrote an OOM report: its smallest free block, or two counts of one thing.

    Node 0 DMA: 8*4kB ...                               the first block is a page
    active_anon:1413442 and Node 0 active_anon:5653768kB
    pgtables_bytes of a table: multiples of a page

x86 has 4 KiB pages, as have most others: that is what stands where nothing tells.
"""

from math import gcd

from vmadvisor.kernel.page_size import PAGE_SIZES_BYTES
from vmadvisor.sources.oom_report import OomMemory, OomReport, OomTable
from vmadvisor.units import KIB_BYTES

DEFAULT_BYTES = 4096
_ROWS_MIN_COUNT = 4
"""Fewer page table sizes may all be multiples of a larger power of two by chance."""


def oom_page_bytes(report: OomReport) -> int:
    """Bytes of a page."""
    told = _told_by_memory(report.memory) if report.memory is not None else None
    if told is None and report.table is not None:
        told = _told_by_table(report.table)
    return told or DEFAULT_BYTES


def _told_by_memory(memory: OomMemory) -> int | None:
    for zone in memory.zones:
        if zone.block_kib is not None and zone.block_kib * KIB_BYTES in PAGE_SIZES_BYTES:
            return zone.block_kib * KIB_BYTES
    for name in ("active_anon", "inactive_anon", "active_file"):
        pages = memory.pages.get(name)
        kib = sum(node.get(name, 0) for node in memory.node_kib.values())
        if pages and kib * KIB_BYTES // pages in PAGE_SIZES_BYTES and not kib * KIB_BYTES % pages:
            return kib * KIB_BYTES // pages
    return None


def _told_by_table(table: OomTable) -> int | None:
    sizes = [task.pgtables_bytes for task in table.tasks if task.pgtables_bytes]
    if len(sizes) < _ROWS_MIN_COUNT:
        return None
    common = gcd(*sizes)
    return max((size for size in PAGE_SIZES_BYTES if common % size == 0), default=None)
