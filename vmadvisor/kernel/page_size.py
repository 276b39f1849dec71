"""The size of a page, from counters that the kernel prints twice: in kB and in pages.

``/proc/meminfo`` says ``Active(file):  51200 kB`` where ``/proc/vmstat`` says ``nr_active_file 12800``.
MemTotal over managed pages is no such pair: some kernels count memory they do not manage yet. Where
pairs do not decide an ISA DMA zone still tells: it ends at 16 MB and leaves out page 0, and x86 has 4 KiB pages.
"""

from collections.abc import Iterator
from itertools import islice

from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import NodeStats, Zoneinfo
from vmadvisor.units import KIB_BYTES

PAGE_SIZES_BYTES = (4096, 8192, 16384, 32768, 65536, 262144)
"""Every base page size that a Linux architecture can be built with."""

_NEARNESS_DIVISOR = 32
"""The two files are read one after the other: a pair may differ by 3 %; unrelated files seldom do."""

_ISA_DMA_SPANNED_PAGES = 4095
_X86_PAGE_BYTES = 4096
_PROCESSES_MAX_COUNT = 16


def page_size_bytes(snapshot: Snapshot) -> int | None:
    """What the running system says, else the size that more than half of all pairs agree on."""
    if snapshot.host.page_size_bytes is not None:
        return snapshot.host.page_size_bytes
    pairs = [(kib, pages) for kib, pages in _pairs(snapshot) if kib and pages]
    for size in PAGE_SIZES_BYTES:
        votes_count = sum(_is_near(kib * KIB_BYTES, pages * size) for kib, pages in pairs)
        if 2 * votes_count > len(pairs):
            return size
    return _X86_PAGE_BYTES if _has_isa_dma_zone(snapshot) else None


def _has_isa_dma_zone(snapshot: Snapshot) -> bool:
    zoneinfo = snapshot.get(Zoneinfo)
    return zoneinfo is not None and any(
        zone.name == "DMA" and zone.spanned_pages == _ISA_DMA_SPANNED_PAGES
        for zone in zoneinfo.zones
    )


def _is_near(one_bytes: int, other_bytes: int) -> bool:
    return abs(one_bytes - other_bytes) * _NEARNESS_DIVISOR <= one_bytes


def _pairs(snapshot: Snapshot) -> Iterator[tuple[int | None, int | None]]:
    """(kB, pages) of one counter each."""
    yield from _process_pairs(snapshot)
    meminfo = snapshot.get(Meminfo)
    if meminfo is None:
        return
    vmstat, zoneinfo = snapshot.get(Vmstat), snapshot.get(Zoneinfo)
    if vmstat is not None:
        yield meminfo.active_anon_kib, vmstat.nr_active_anon_pages
        yield meminfo.inactive_anon_kib, vmstat.nr_inactive_anon_pages
        yield meminfo.active_file_kib, vmstat.nr_active_file_pages
        yield meminfo.inactive_file_kib, vmstat.nr_inactive_file_pages
        yield meminfo.mapped_kib, vmstat.nr_mapped_pages
        yield meminfo.unevictable_kib, vmstat.nr_unevictable_pages
        yield meminfo.mem_free_kib, vmstat.nr_free_pages
    elif zoneinfo is not None:
        nodes = zoneinfo.nodes
        yield meminfo.active_anon_kib, _sum(nodes, "nr_active_anon_pages")
        yield meminfo.inactive_anon_kib, _sum(nodes, "nr_inactive_anon_pages")
        yield meminfo.active_file_kib, _sum(nodes, "nr_active_file_pages")
        yield meminfo.inactive_file_kib, _sum(nodes, "nr_inactive_file_pages")
        yield meminfo.mem_free_kib, sum(zone.free_pages for zone in zoneinfo.zones)


def _process_pairs(snapshot: Snapshot) -> Iterator[tuple[int | None, int | None]]:
    """VmRSS of ``status`` and resident of ``statm`` are one number."""
    details = snapshot.processes.details if snapshot.processes is not None else {}
    for process in islice(details.values(), _PROCESSES_MAX_COUNT):
        if process.status is not None and process.statm is not None:
            yield process.status.vm_rss_kib, process.statm.resident_pages


def _sum(nodes: tuple[NodeStats, ...], name: str) -> int | None:
    found = [value for node in nodes if (value := getattr(node, name)) is not None]
    return sum(found) if len(found) == len(nodes) else None
