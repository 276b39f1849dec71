"""The size of a page, from counters that the kernel prints twice: in kB and in pages.

``/proc/meminfo`` says ``Active(file):  51200 kB`` where ``/proc/vmstat`` says ``nr_active_file 12800``.
MemTotal over managed pages is no such pair: some kernels count memory they do not manage yet.
"""

from collections import Counter
from collections.abc import Iterator

from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import NodeStats, Zoneinfo
from vmadvisor.units import KIB_BYTES

PAGE_SIZES_BYTES = (4096, 8192, 16384, 32768, 65536, 262144)
"""Every base page size that a Linux architecture can be built with."""

_NEARNESS_DIVISOR = 4
"""The two files are read one after the other: a pair may differ by a quarter, sizes differ by two."""


def page_size_bytes(snapshot: Snapshot) -> int | None:
    """What the running system says, else the size most pairs agree on; ``None`` if none decides."""
    if snapshot.host.page_size_bytes is not None:
        return snapshot.host.page_size_bytes
    votes: Counter[int] = Counter()
    for kib, pages in _pairs(snapshot):
        if kib and pages:
            votes.update(
                size for size in PAGE_SIZES_BYTES if _is_near(kib * KIB_BYTES, pages * size)
            )
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _is_near(one_bytes: int, other_bytes: int) -> bool:
    return abs(one_bytes - other_bytes) * _NEARNESS_DIVISOR <= one_bytes


def _pairs(snapshot: Snapshot) -> Iterator[tuple[int | None, int | None]]:
    """(kB, pages) of one counter each."""
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


def _sum(nodes: tuple[NodeStats, ...], name: str) -> int | None:
    found = [value for node in nodes if (value := getattr(node, name)) is not None]
    return sum(found) if len(found) == len(nodes) else None
