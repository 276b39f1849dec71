"""Where the memory went: parts that add up to MemTotal, the rest named as unaccounted.

meminfo's fields overlap; each page is counted once here: shmem is taken out of Cached, kernel stacks
out of VmallocUsed (they are vmalloc areas with VMAP_STACK), ZFS ARC out of what nothing else explains
(its buffers are plain pages; the part in slab stays under slab). ``unaccounted`` is what is left:
drivers, network buffers, ballooned or firmware pages; a few hundred kB to either side is read skew.
"""

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.arcstats import Arcstats
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.sources.zram import Zram
from vmadvisor.units import KIB_BYTES, kib_from_pages

VMALLOC_COUNTS_PAGES_SINCE = (5, 3)
"""VmallocUsed is address space until 4.3, 0 until 5.2, allocated pages since 5.3 (97105f0ab7b8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of the table; ``source`` names the kernel's own fields it was computed from."""

    name: str
    size_kib: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryUse:
    """``parts`` sum to ``total_kib`` exactly; ``missing`` are the parts that could not be told apart."""

    total_kib: int
    parts: tuple[Part, ...]
    missing: tuple[str, ...]


def _minus(whole: int | None, part: int | None) -> int | None:
    if whole is None:
        return None
    return max(whole - (part or 0), 0)


def _vmalloc_kib(info: Meminfo, version: KernelVersion | None) -> int | None:
    """Pages in vmalloc areas other than kernel stacks; ``None`` where the field means something else."""
    if version is None or version.base < VMALLOC_COUNTS_PAGES_SINCE:
        return None
    return _minus(info.vmalloc_used_kib, info.kernel_stack_kib)


def _hugetlb_kib(info: Meminfo) -> int | None:
    if info.hugetlb_kib is not None:
        return info.hugetlb_kib
    if info.huge_pages_total_count is None or info.huge_page_size_kib is None:
        return None
    return info.huge_pages_total_count * info.huge_page_size_kib


def _zram_kib(snapshot: Snapshot) -> int | None:
    devices = [zram.mem_used_bytes for zram in snapshot.each(Zram).values()]
    known = [used for used in devices if used is not None]
    return sum(known) // KIB_BYTES if known else None


def _pcp_kib(snapshot: Snapshot, page_size_bytes: int | None) -> int | None:
    zoneinfo = snapshot.get(Zoneinfo)
    if zoneinfo is None or page_size_bytes is None:
        return None
    pages = sum(pageset.count_pages for zone in zoneinfo.zones for pageset in zone.pagesets)
    return kib_from_pages(max(pages, 0), page_size_bytes)


def _known_parts(
    info: Meminfo, snapshot: Snapshot, page_size_bytes: int | None
) -> list[tuple[str, int | None, str]]:
    version = snapshot.get(KernelVersion)
    buffers_and_cache = (
        None if info.cached_kib is None else info.cached_kib + (info.buffers_kib or 0)
    )
    slab_apart = info.sreclaimable_kib is not None and info.sunreclaim_kib is not None
    return [
        ("free", info.mem_free_kib, "MemFree"),
        ("free, on per-CPU lists", _pcp_kib(snapshot, page_size_bytes), "zoneinfo pagesets count"),
        ("anonymous", info.anon_pages_kib, "AnonPages"),
        ("file cache", _minus(buffers_and_cache, info.shmem_kib), "Buffers + Cached - Shmem"),
        ("shmem and tmpfs", info.shmem_kib, "Shmem"),
        ("swap cache", info.swap_cached_kib, "SwapCached"),
        ("slab, reclaimable", info.sreclaimable_kib, "SReclaimable"),
        (
            "slab, unreclaimable",
            info.sunreclaim_kib if slab_apart else _minus(info.slab_kib, info.sreclaimable_kib),
            "SUnreclaim",
        ),
        ("page tables", info.page_tables_kib, "PageTables"),
        ("page tables, secondary", info.sec_page_tables_kib, "SecPageTables"),
        ("kernel stacks", info.kernel_stack_kib, "KernelStack"),
        ("per-CPU data", info.percpu_kib, "Percpu"),
        ("vmalloc", _vmalloc_kib(info, version), "VmallocUsed - KernelStack"),
        ("huge pages", _hugetlb_kib(info), "Hugetlb, or HugePages_Total x Hugepagesize"),
        ("zram", _zram_kib(snapshot), "zram mm_stat mem_used_total"),
        ("zswap", info.zswap_kib, "Zswap"),
        ("hardware corrupted", info.hardware_corrupted_kib, "HardwareCorrupted"),
        ("unaccepted", info.unaccepted_kib, "Unaccepted"),
        ("balloon", info.balloon_kib, "Balloon"),
    ]


_ALWAYS_THERE = frozenset(
    {
        "anonymous",
        "file cache",
        "shmem and tmpfs",
        "slab, reclaimable",
        "slab, unreclaimable",
        "page tables",
    }
)


def memory_use(snapshot: Snapshot, page_size_bytes: int | None) -> MemoryUse | None:
    """The table for one moment; ``None`` without meminfo."""
    info = snapshot.get(Meminfo)
    if info is None:
        return None
    known = _known_parts(info, snapshot, page_size_bytes)
    parts = [
        Part(name=name, size_kib=size, source=source)
        for name, size, source in known
        if size is not None
    ]
    rest = info.mem_total_kib - sum(part.size_kib for part in parts)
    arc = snapshot.get(Arcstats)
    if arc is not None and arc.size_bytes is not None:
        arc_kib = min(arc.size_bytes // KIB_BYTES, max(rest, 0))
        parts.append(Part(name="ZFS ARC outside slab", size_kib=arc_kib, source="arcstats size"))
        rest -= arc_kib
    parts.append(Part(name="unaccounted", size_kib=rest, source="MemTotal less all above"))
    return MemoryUse(
        total_kib=info.mem_total_kib,
        parts=tuple(parts),
        missing=tuple(name for name, size, _ in known if size is None and name in _ALWAYS_THERE),
    )
