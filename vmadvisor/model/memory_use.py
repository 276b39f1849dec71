"""Where the memory went: parts that add up to MemTotal, the rest named as unaccounted.

meminfo's fields overlap; each page is counted once here:

- shmem is taken out of Cached, unaccepted memory (6.5+) out of MemFree;
- kernel stacks out of VmallocUsed (they are vmalloc areas with VMAP_STACK);
- a page in the swap cache that is still mapped is in AnonPages already: only the unmapped ones are a
  part, which is what the LRU lists hold beyond AnonPages, Buffers and Cached;
- ZFS ARC out of what nothing else explains (its buffers are plain pages; the part in slab stays under
  slab), ballooned pages only where they fit there: some balloons take their pages out of MemTotal.

``unaccounted`` is what is left: drivers, network buffers, firmware pages. It is a few MB to either side
where pages sit in per-CPU batches or the files were not read in one instant.
"""

from collections.abc import Iterator

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.arcstats import Arcstats
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.sources.zram import Zram
from vmadvisor.units import KIB_BYTES, kib_from_pages, pages_from_kib

VMALLOC_COUNTS_PAGES_SINCE = (5, 3)
"""VmallocUsed is address space until 4.3, 0 until 5.2, allocated pages since 5.3 (97105f0ab7b8)."""

SAME_KERNEL_MIN_RATIO = 0.9
"""MemTotal is the sum of the zones' managed pages, but for pages on their way in or out."""


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


def is_of_these_zones(info: Meminfo, zoneinfo: Zoneinfo, page_size_bytes: int) -> bool:
    """False in a container whose meminfo is made up by lxcfs while zoneinfo is the host's."""
    managed_pages = sum(zone.managed_pages for zone in zoneinfo.zones)
    return pages_from_kib(info.mem_total_kib, page_size_bytes) >= (
        SAME_KERNEL_MIN_RATIO * managed_pages
    )


def _unmapped_swap_cache_kib(info: Meminfo) -> int | None:
    """Swap cache that is in no page table; all of it where the LRU lists are not printed."""
    lists = (
        info.active_anon_kib,
        info.inactive_anon_kib,
        info.active_file_kib,
        info.inactive_file_kib,
        info.unevictable_kib,
    )
    others = (info.anon_pages_kib, info.buffers_kib, info.cached_kib)
    known_lists = [size for size in lists if size is not None]
    known_others = [size for size in others if size is not None]
    if info.swap_cached_kib is None or len(known_lists + known_others) < len(lists + others):
        return info.swap_cached_kib
    return min(info.swap_cached_kib, max(sum(known_lists) - sum(known_others), 0))


def _zram_kib(snapshot: Snapshot, info: Meminfo, page_size_bytes: int | None) -> int | None:
    """The devices' own word; else all zsmalloc pages but zswap's."""
    devices = [zram.mem_used_bytes for zram in snapshot.each(Zram).values()]
    known = [used for used in devices if used is not None]
    if known:
        return sum(known) // KIB_BYTES
    vmstat = snapshot.get(Vmstat)
    if vmstat is None or vmstat.nr_zspages_pages is None or page_size_bytes is None:
        return None
    return _minus(kib_from_pages(vmstat.nr_zspages_pages, page_size_bytes), info.zswap_kib)


def _pcp_kib(snapshot: Snapshot, info: Meminfo, page_size_bytes: int | None) -> int | None:
    zoneinfo = snapshot.get(Zoneinfo)
    if zoneinfo is None or page_size_bytes is None:
        return None
    if not is_of_these_zones(info, zoneinfo, page_size_bytes):
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
        ("free", _minus(info.mem_free_kib, info.unaccepted_kib), "MemFree - Unaccepted"),
        (
            "free, on per-CPU lists",
            _pcp_kib(snapshot, info, page_size_bytes),
            "zoneinfo pagesets count",
        ),
        ("anonymous", info.anon_pages_kib, "AnonPages"),
        ("file cache", _minus(buffers_and_cache, info.shmem_kib), "Buffers + Cached - Shmem"),
        ("shmem and tmpfs", info.shmem_kib, "Shmem"),
        ("swap cache, unmapped", _unmapped_swap_cache_kib(info), "SwapCached less what is mapped"),
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
        (
            "zram",
            _zram_kib(snapshot, info, page_size_bytes),
            "zram mm_stat mem_used_total, or nr_zspages - Zswap",
        ),
        ("zswap", info.zswap_kib, "Zswap"),
        ("hardware corrupted", info.hardware_corrupted_kib, "HardwareCorrupted"),
        ("unaccepted", info.unaccepted_kib, "Unaccepted"),
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


def _claims(info: Meminfo, snapshot: Snapshot, rest_kib: int) -> Iterator[Part]:
    """What can only be taken out of what nothing else explains."""
    balloon_kib = info.balloon_kib
    if balloon_kib is not None and balloon_kib <= rest_kib:
        yield Part(name="balloon", size_kib=balloon_kib, source="Balloon")
        rest_kib -= balloon_kib
    arc = snapshot.get(Arcstats)
    if arc is not None and arc.size_bytes is not None:
        arc_kib = min(arc.size_bytes // KIB_BYTES, max(rest_kib, 0))
        yield Part(name="ZFS ARC outside slab", size_kib=arc_kib, source="arcstats size")


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
    for part in _claims(info, snapshot, rest):
        parts.append(part)
        rest -= part.size_kib
    parts.append(Part(name="unaccounted", size_kib=rest, source="MemTotal less all above"))
    return MemoryUse(
        total_kib=info.mem_total_kib,
        parts=tuple(parts),
        missing=tuple(name for name, size, _ in known if size is None and name in _ALWAYS_THERE),
    )
