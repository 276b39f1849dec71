"""Where vm.min_free_kbytes comes from: the kernel's own value, khugepaged's raise, or someone's hand.

- ``calculate_min_free_kbytes()`` (``mm/page_alloc.c``): 4 * sqrt(lowmem kB), within [128, cap] kB.
- ``set_recommended_min_free_kbytes()`` (``mm/khugepaged.c``): 11 pageblocks per populated zone, at most a
  twentieth of lowmem; it only raises, and runs where huge pages are ``always`` or ``madvise``.

67584 kB on a one-node x86-64 host is khugepaged's: 11 * 512 pages * 3 zones.
"""

from math import isqrt

from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.boost import pageblock_pages
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.size_ranges import PERMILLE
from vmadvisor.kernel.watermarks import in_force, table
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.transparent_hugepage import TransparentHugepage
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo
from vmadvisor.units import KIB_BYTES, kib_from_pages

AUTOMATIC, KHUGEPAGED, SET, UNKNOWN = "automatic", "khugepaged", "set", "unknown"

MIN_FREE_FLOOR_KIB = 128
BOOT_MIN_PERMILLE = 940
"""What of today's memory the kernel can have counted at boot: 94.8 % in a guest of 208 MB, more in larger
ones. The root of it is within 3 %, so few hands hit that range by chance."""

_ROOT_FACTOR = 16
_BLOCKS_PER_ZONE_COUNT = 11  # 2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES
_LOWMEM_PART_COUNT = 20
_NOT_FOR_USER = frozenset({"HighMem", "Movable", "Device"})
"""Zones that a GFP_USER request may not use (``nr_free_buffer_pages``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinFree:
    """``automatic_kib`` is the value at boot, ``recalculated_kib`` what hotplug would make it now.

    ``khugepaged_kib`` is its recommendation, whether or not it runs. ``origin`` is that of the present
    value: one that an earlier, somewhat smaller size gives counts as the kernel's own.
    """

    kib: int | None
    automatic_kib: int | None
    recalculated_kib: int | None
    khugepaged_kib: int | None
    origin: str
    missing: tuple[str, ...]


def automatic_kib(buffer_pages: int, page_size: int, cap_kib: int) -> int:
    """``4 * sqrt(kB)`` of the pages that user requests may have.

    >>> automatic_kib(87_040, 4096, 262_144), automatic_kib(200_000_000, 4096, 65_536)
    (2360, 65536)
    """
    root_kib = isqrt(buffer_pages * (page_size // KIB_BYTES) * _ROOT_FACTOR)
    return min(max(root_kib, MIN_FREE_FLOOR_KIB), cap_kib)


def khugepaged_kib(buffer_pages: int, zones_count: int, block_pages: int, page_size: int) -> int:
    """Eleven pageblocks per zone, but no more than a twentieth.

    >>> khugepaged_kib(4_000_000, 3, 512, 4096), khugepaged_kib(178_205, 3, 512, 4096)
    (67584, 35640)
    """
    wanted_pages = _BLOCKS_PER_ZONE_COUNT * zones_count * block_pages
    return kib_from_pages(min(wanted_pages, buffer_pages // _LOWMEM_PART_COUNT), page_size)


def min_free(snapshot: Snapshot) -> MinFree:
    """The present value beside those that the kernel would choose."""
    zoneinfo, page_bytes = snapshot.get(Zoneinfo), page_size_bytes(snapshot)
    kib = (snapshot.get(VmSysctl) or VmSysctl()).min_free_kib
    needs = (
        ("proc/zoneinfo", zoneinfo),
        ("page size", page_bytes),
        ("proc/sys/vm/min_free_kbytes", kib),
        ("a kernel version", behaviour_of(snapshot).version_base),
    )
    lacking = tuple(name for name, there in needs if there is None)
    if zoneinfo is None or page_bytes is None or behaviour_of(snapshot).version_base is None:
        return MinFree(
            kib=kib,
            automatic_kib=None,
            recalculated_kib=None,
            khugepaged_kib=None,
            origin=UNKNOWN,
            missing=lacking,
        )
    return _of_zones(snapshot, zoneinfo.zones, page_bytes, kib, lacking)


def _of_zones(
    snapshot: Snapshot,
    zones: tuple[Zone, ...],
    page_size: int,
    kib: int | None,
    lacking: tuple[str, ...],
) -> MinFree:
    rules = behaviour_of(snapshot)
    usable = [zone for zone in zones if zone.name not in _NOT_FOR_USER]
    boot_pages = sum(zone.managed_pages for zone in usable)
    now_pages = sum(
        max(mark.managed_pages - in_force(mark).high_pages, 0)
        for mark in table(snapshot)
        if mark.zone not in _NOT_FOR_USER
    )
    cap_kib = rules.min_free_cap_kib
    block_pages = pageblock_pages(snapshot, page_size)
    zones_count = _populated_count(zones, rules)
    return MinFree(
        kib=kib,
        automatic_kib=automatic_kib(boot_pages, page_size, cap_kib),
        recalculated_kib=automatic_kib(now_pages, page_size, cap_kib),
        khugepaged_kib=None
        if block_pages is None
        else khugepaged_kib(now_pages, zones_count, block_pages, page_size),
        origin=_origin(snapshot, rules, kib, page_size, boot_pages, now_pages, zones_count),
        missing=lacking if block_pages is not None else (*lacking, "pageblock size"),
    )


def _populated_count(zones: tuple[Zone, ...], rules: Behaviour) -> int:
    left_out = set() if rules.khugepaged_counts_movable else {"Movable", "Device"}
    return sum(1 for zone in zones if zone.managed_pages and zone.name not in left_out)


def _origin(
    snapshot: Snapshot,
    rules: Behaviour,
    kib: int | None,
    page_size: int,
    boot_pages: int,
    now_pages: int,
    zones_count: int,
) -> str:
    """``khugepaged`` first: its value is one number or a narrow range, and it overwrites the other."""
    huge, block_pages = snapshot.get(TransparentHugepage), pageblock_pages(snapshot, page_size)
    if kib is None:
        return UNKNOWN
    is_off = huge is not None and huge.enabled == "never"
    can_be_khugepaged = not (is_off and rules.thp_off_lowers_min_free)
    # Marks are subtracted as they were when it ran: those of the automatic value, or today's.
    shrunk_pages = boot_pages * (PERMILLE - BOOT_MIN_PERMILLE) // PERMILLE
    least_pages = max(now_pages - shrunk_pages, 0)
    if can_be_khugepaged and block_pages is not None:
        least_kib = khugepaged_kib(least_pages, zones_count, block_pages, page_size)
        most_kib = khugepaged_kib(boot_pages, zones_count, block_pages, page_size)
        if least_kib <= kib <= most_kib:
            return KHUGEPAGED
    least_kib = automatic_kib(least_pages, page_size, rules.min_free_cap_kib)
    if least_kib <= kib <= automatic_kib(boot_pages, page_size, rules.min_free_cap_kib):
        return AUTOMATIC
    if can_be_khugepaged and block_pages is None:
        return UNKNOWN
    return SET
