"""Which kernel this is: the release if ``/proc/version`` is there, else a lower bound from formats.

    Linux version 6.12.94+deb13-amd64 (debian-kernel@lists.debian.org) ...

Without a release each thing a newer kernel began to print proves at least its version. What is *not*
printed proves nothing: an option may be off, a recorder may have left the file out.
"""

from collections.abc import Iterator

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources import version as version_file
from vmadvisor.sources.lru_gen import LruGen
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo

Base = tuple[int, int]

OLDEST_BASE: Base = (2, 6)
"""What anything with a zoneinfo or meminfo is at least."""

_EL7_MARK = ".el7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """``base`` is (major, minor); ``None`` when the snapshot holds nothing that dates it.

    ``is_el7`` is RHEL 7's 3.10, which carries much of 3.14's memory management.
    """

    base: Base | None
    is_inferred: bool
    is_el7: bool

    def since(self, major: int, minor: int) -> bool:
        """Whether a change merged in this version is in; an undated kernel has none of them."""
        return self.base is not None and self.base >= (major, minor)


def lineage_of(snapshot: Snapshot) -> Lineage:
    """The release's base, or the newest version that some format of the snapshot proves."""
    version = snapshot.get(KernelVersion) or _from_osrelease(snapshot)
    if version is not None:
        is_el7 = version.base == (3, 10) and _EL7_MARK in version.release
        return Lineage(base=version.base, is_inferred=False, is_el7=is_el7)
    return Lineage(base=max(_proven(snapshot), default=None), is_inferred=True, is_el7=False)


def _from_osrelease(snapshot: Snapshot) -> KernelVersion | None:
    """``/proc/sys/kernel/osrelease`` says the same without the words around it."""
    sysctl = snapshot.get(KernelSysctl)
    if sysctl is None or sysctl.osrelease is None:
        return None
    try:
        return version_file.parse(f"version {sysctl.osrelease}")
    except ParseError:
        return None


def _proven(snapshot: Snapshot) -> Iterator[Base]:
    for kind, evidence in _EVIDENCE:
        record = snapshot.get(kind)
        if record is not None:
            yield OLDEST_BASE
            for base, name in evidence:
                if getattr(record, name) is not None:
                    yield base
    zoneinfo = snapshot.get(Zoneinfo)
    if zoneinfo is not None:
        yield from _proven_by_zones(zoneinfo)
    if snapshot.get(LruGen) is not None:
        yield (6, 1)


def _proven_by_zones(zoneinfo: Zoneinfo) -> Iterator[Base]:
    """Lines that began in some version (``mm/vmstat.c:zoneinfo_show_print``); no mark's value."""
    yield OLDEST_BASE
    if zoneinfo.has_managed:
        yield (3, 9)
    if zoneinfo.has_node_stats:
        yield (4, 8)
    if zoneinfo.lists_empty_zones:
        yield (4, 12)
    for base, name in _ZONE_EVIDENCE:
        if any(getattr(zone, name) is not None for zone in zoneinfo.zones):
            yield base


_ZONE_EVIDENCE: tuple[tuple[Base, str], ...] = (
    ((5, 12), "cma_pages"),
    ((5, 16), "boost_pages"),
    ((6, 9), "promo_pages"),
    ((6, 19), "reserved_highatomic_pages"),
)
_EVIDENCE: tuple[tuple[type[object], tuple[tuple[Base, str], ...]], ...] = (
    (
        Meminfo,
        (
            ((3, 14), "mem_available_kib"),
            ((4, 16), "hugetlb_kib"),
            ((4, 20), "kreclaimable_kib"),
            ((5, 19), "zswap_kib"),
            ((6, 5), "unaccepted_kib"),
        ),
    ),
    (
        Vmstat,
        (
            ((4, 8), "allocstall_movable_total"),
            ((4, 13), "oom_kill_total"),
            ((4, 20), "workingset_restore_pages_total"),
            ((5, 8), "pgscan_anon_pages_total"),
            ((5, 9), "workingset_refault_anon_pages_total"),
            ((6, 2), "pgscan_khugepaged_pages_total"),
            ((6, 9), "zone_reclaim_success_total"),
            ((6, 15), "pgscan_proactive_pages_total"),
        ),
    ),
    (
        VmSysctl,
        (
            ((4, 6), "watermark_scale_factor_permyriad"),
            ((5, 0), "watermark_boost_factor_permyriad"),
            ((6, 15), "defrag_mode"),
        ),
    ),
)
