"""Where the memory was when the OOM killer ran: the host's by Mem-Info, or a cgroup's by its own statistics.

tmpfs and shared memory are counted among anonymous pages by the LRU lists and by themselves: here they
stand apart. What no counter names (drivers, balloons, vmalloc, network buffers) is what is missing to the sum.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomCgroup, OomMemory
from vmadvisor.units import KIB_BYTES

ANON, TMPFS, FILE, UNEVICTABLE = "anonymous", "tmpfs", "file_cache", "unevictable"
SLAB, SLAB_RECLAIMABLE, PAGE_TABLES = "slab_unreclaimable", "slab_reclaimable", "page_tables"
STACKS, HUGE_PAGES, FREE, OTHER = "kernel_stacks", "huge_pages", "free", "unaccounted"
KERNEL = "kernel"

_KERNEL_STATS = (
    "slab",
    "kernel_stack",
    "pagetables",
    "sec_pagetables",
    "percpu",
    "sock",
    "vmalloc",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryShare:
    """One user of memory; ``share_ratio`` is of all there is: managed RAM, or what the cgroup used."""

    name: str
    size_bytes: int
    share_ratio: float


def host_shares(memory: OomMemory, page_bytes: int) -> tuple[MemoryShare, ...]:
    """Largest first; empty where Mem-Info or the size of RAM is missing."""
    ram_pages = (memory.ram_pages or 0) - (memory.reserved_pages or 0)
    counters = memory.pages
    if ram_pages <= 0 or "active_anon" not in counters:
        return ()
    shmem = counters.get("shmem", 0)
    lru = sum(counters.get(f"{kind}_anon", 0) for kind in ("active", "inactive", "isolated"))
    found = {
        ANON: max(lru - shmem, 0),
        TMPFS: shmem,
        FILE: sum(counters.get(f"{kind}_file", 0) for kind in ("active", "inactive", "isolated")),
        UNEVICTABLE: counters.get("unevictable", 0),
        SLAB: counters.get("slab_unreclaimable", 0),
        SLAB_RECLAIMABLE: counters.get("slab_reclaimable", 0),
        PAGE_TABLES: counters.get("pagetables", 0) + counters.get("sec_pagetables", 0),
        FREE: counters.get("free", 0) + counters.get("free_pcp", 0),
    }
    sizes = {name: pages * page_bytes for name, pages in found.items()}
    sizes[STACKS] = (
        sum(node.get("kernel_stack", 0) for node in memory.node_kib.values()) * KIB_BYTES
    )
    sizes[HUGE_PAGES] = (
        sum(pool.total_count * pool.size_kib for pool in memory.hugepages) * KIB_BYTES
    )
    total_bytes = ram_pages * page_bytes
    sizes[OTHER] = max(total_bytes - sum(sizes.values()), 0)
    return _shares(sizes, total_bytes)


def cgroup_shares(group: OomCgroup) -> tuple[MemoryShare, ...]:
    """Largest first; empty without statistics."""
    stats, memory = group.stats_bytes, group.charges.get("memory")
    sizes = _of_v2(stats) if "anon" in stats else _of_v1(stats)
    total_bytes = memory.usage_kib * KIB_BYTES if memory is not None else sum(sizes.values())
    return _shares(sizes, total_bytes) if total_bytes and sizes else ()


def _of_v2(stats: Mapping[str, int]) -> dict[str, int]:
    shmem = stats.get("shmem", 0)
    kernel = stats.get("kernel")
    if kernel is None:
        kernel = sum(stats.get(name, 0) for name in _KERNEL_STATS)
    return {
        ANON: stats["anon"],
        TMPFS: shmem,
        FILE: max(stats.get("file", 0) - shmem, 0),
        KERNEL: kernel,
    }


def _of_v1(stats: Mapping[str, int]) -> dict[str, int]:
    """rss is anonymous memory, cache is file pages and tmpfs."""
    if "rss" not in stats:
        return {}
    shmem = stats.get("shmem", 0)
    return {ANON: stats["rss"], TMPFS: shmem, FILE: max(stats.get("cache", 0) - shmem, 0)}


def _shares(sizes: Mapping[str, int], total_bytes: int) -> tuple[MemoryShare, ...]:
    found = [
        MemoryShare(name=name, size_bytes=size, share_ratio=size / total_bytes)
        for name, size in sizes.items()
        if size
    ]
    return tuple(sorted(found, key=lambda share: (-share.size_bytes, share.name)))
