"""MemAvailable as the kernel computes it (``mm/show_mem.c:si_mem_available``, 3.14+).

    MemAvailable = free - reserve + (C - min(C / 2, W)) + (S - min(S / 2, W))

C is the file LRU, S the reclaimable slab (since 4.20 with other reclaimable kernel pages), W the sum of
the low marks, boost included. The reserve is W until 4.4 and totalreserve_pages since.
"""

from collections.abc import Sequence

from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.reserves import totalreserve_pages
from vmadvisor.kernel.watermarks import ZoneMarks, in_force, table
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.units import pages_from_kib


def mem_available_pages(snapshot: Snapshot, marks: Sequence[ZoneMarks] | None = None) -> int | None:
    """``None`` where the kernel has no such number (before 3.14) or something is ``missing``.

    4.17 to 4.19 also count pages that no file shows: the kernel's number can then be higher.
    """
    if missing(snapshot):
        return None
    rule = behaviour_of(snapshot).available_reserve
    zones = marks if marks is not None else table(snapshot)
    low_pages = sum(in_force(zone).low_pages + (zone.boost_pages or 0) for zone in zones)
    reserve_pages = low_pages if rule == "low_marks" else totalreserve_pages(snapshot, zones)
    meminfo, page_bytes = snapshot.get(Meminfo), page_size_bytes(snapshot)
    if rule is None or meminfo is None or page_bytes is None or reserve_pages is None:
        return None
    file_pages = pages_from_kib(
        (meminfo.active_file_kib or 0) + (meminfo.inactive_file_kib or 0), page_bytes
    )
    slab_kib = meminfo.kreclaimable_kib
    slab_pages = pages_from_kib(
        (meminfo.sreclaimable_kib or 0) if slab_kib is None else slab_kib, page_bytes
    )
    free_pages = pages_from_kib(meminfo.mem_free_kib, page_bytes)
    return available_pages(
        free_pages=free_pages,
        reserve_pages=reserve_pages,
        file_pages=file_pages,
        slab_pages=slab_pages,
        low_pages=low_pages,
    )


def available_pages(
    *, free_pages: int, reserve_pages: int, file_pages: int, slab_pages: int, low_pages: int
) -> int:
    """The formula itself.

    >>> available_pages(
    ...     free_pages=900, reserve_pages=70, file_pages=400, slab_pages=30, low_pages=50
    ... )
    1195
    """
    kept_file_pages = min(file_pages // 2, low_pages)
    kept_slab_pages = min(slab_pages // 2, low_pages)
    return max(
        0, free_pages - reserve_pages + file_pages - kept_file_pages + slab_pages - kept_slab_pages
    )


def missing(snapshot: Snapshot) -> tuple[str, ...]:
    """What keeps it from being computed, as paths below the root or a reason; empty if nothing does."""
    meminfo, behaviour = snapshot.get(Meminfo), behaviour_of(snapshot)
    if meminfo is None:
        return ("proc/meminfo",)
    needs = (
        ("Active(file) in proc/meminfo", meminfo.active_file_kib is not None),
        ("Inactive(file) in proc/meminfo", meminfo.inactive_file_kib is not None),
        (
            "KReclaimable or SReclaimable in proc/meminfo",
            meminfo.kreclaimable_kib is not None or meminfo.sreclaimable_kib is not None,
        ),
        ("page size", page_size_bytes(snapshot) is not None),
        ("proc/zoneinfo", bool(table(snapshot))),
        ("a kernel of 3.14 or later", behaviour.available_reserve is not None),
    )
    return tuple(name for name, is_there in needs if not is_there)
