"""What zones keep from requests that could be served higher up (``mm/page_alloc.c``).

    protection: (0, 3019, 4427, 4427, 4427)      lowmem_reserve of a DMA zone, by the request's highest zone

``setup_per_zone_lowmem_reserve()``: for a request whose highest zone is j, zone i keeps the managed pages
of the zones above it, up to j, divided by its lowmem_reserve_ratio. ``calculate_totalreserve_pages()``
adds to each zone's largest such reserve its high mark. Unlike marks, both are set anew whenever
vm.lowmem_reserve_ratio is *read*, so they follow ``managed`` more closely.
"""

from collections.abc import Sequence

from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.size_ranges import earliest_pages
from vmadvisor.kernel.watermarks import ZoneMarks, in_force, table
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo

_TYPES = ("DMA", "DMA32", "Normal", "HighMem", "Movable", "Device")
"""Zone types from low to high; a kernel is built with some of them, always Normal and Movable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneReserve:
    """One zone's protection array: computed, printed, and their agreement as ``ZoneMarks`` has it.

    ``computed_pages`` is ``None`` where a ratio or an unlisted zone's place is not known.
    """

    node_id: int
    zone: str
    computed_pages: tuple[int, ...] | None
    kernel_pages: tuple[int, ...]
    agreement: str


def protection(
    managed_pages: Sequence[int], ratios_count: Sequence[int], behaviour: Behaviour
) -> tuple[tuple[int, ...], ...]:
    """The arrays of one node, all zone types from low to high; a type without a ratio counts as 0.

    >>> from vmadvisor.kernel.behaviour import behaviour_at
    >>> from vmadvisor.sources.version import parse
    >>> now = behaviour_at(parse("version 6.18.44"))
    >>> for array in protection((3840, 772918, 360448, 0), (256, 256, 32, 0), now):
    ...     print(array)
    (0, 3019, 4427, 4427)
    (0, 0, 1408, 1408)
    (0, 0, 0, 0)
    (0, 0, 0, 0)
    """
    arrays = []
    for i, own_pages in enumerate(managed_pages):
        ratio = (
            max(ratios_count[i], behaviour.reserve_ratio_min_count) if i < len(ratios_count) else 0
        )
        is_clear = ratio < 1 or (own_pages == 0 and not behaviour.reserves_for_empty_zones)
        above_pages, array = 0, [0] * (i + 1)
        for pages in managed_pages[i + 1 :]:
            above_pages += pages
            array.append(0 if is_clear else above_pages // ratio)
        arrays.append(tuple(array))
    return tuple(arrays)


def reserves(snapshot: Snapshot) -> tuple[ZoneReserve, ...]:
    """Every zone's reserve, in zoneinfo's order; empty without zoneinfo."""
    zoneinfo = snapshot.get(Zoneinfo)
    if zoneinfo is None:
        return ()
    sysctl, behaviour = snapshot.get(VmSysctl) or VmSysctl(), behaviour_of(snapshot)
    ratios, types = sysctl.lowmem_reserve_ratios_count, _zone_types(zoneinfo)
    if types is None or ratios is None or behaviour.version_base is None:
        return tuple(_reserve(zone, None, None) for zone in zoneinfo.zones)
    found = []
    for zone in zoneinfo.zones:
        sizes = {z.name: z.managed_pages for z in zoneinfo.zones if z.node_id == zone.node_id}
        managed_pages = [sizes.get(name, 0) for name in types]
        place = types.index(zone.name)
        array = protection(managed_pages, ratios, behaviour)[place]
        earlier_pages = [earliest_pages(pages) for pages in managed_pages]
        earliest = protection(earlier_pages, ratios, behaviour)[place]
        found.append(_reserve(zone, array, earliest))
    return tuple(found)


def totalreserve_pages(snapshot: Snapshot, marks: Sequence[ZoneMarks] | None = None) -> int | None:
    """What user pages can never have; ``None`` without zoneinfo or without any zone's array.

    ``marks`` is this snapshot's ``watermarks.table`` where the caller has it already.
    """
    zones, arrays = marks if marks is not None else table(snapshot), reserves(snapshot)
    if not zones:
        return None
    total_pages = 0
    for zone, reserve in zip(zones, arrays, strict=True):
        array = reserve.kernel_pages or reserve.computed_pages
        if array is None and zone.managed_pages:
            return None
        kept_pages = max(array or (0,)) + in_force(zone).high_pages
        total_pages += min(kept_pages, zone.managed_pages)
    return total_pages


def _reserve(
    zone: Zone, computed: tuple[int, ...] | None, earliest: tuple[int, ...] | None
) -> ZoneReserve:
    printed = zone.protection_pages
    if computed is None or earliest is None or not printed:
        agreement = "unknown"
    elif printed == computed:
        agreement = "equal"
    else:
        is_between = len(printed) == len(computed) and all(
            least <= seen <= most
            for least, seen, most in zip(earliest, printed, computed, strict=True)
        )
        agreement = "stale" if is_between else "different"
    return ZoneReserve(
        node_id=zone.node_id,
        zone=zone.name,
        computed_pages=computed,
        kernel_pages=printed,
        agreement=agreement,
    )


def _zone_types(zoneinfo: Zoneinfo) -> tuple[str, ...] | None:
    """The types this kernel is built with; until 4.11 empty zones are not listed but have a place.

    ``None`` where the arrays' length does not tell which types are missing from the list.
    """
    listed = {zone.name for zone in zoneinfo.zones}
    length = max((len(zone.protection_pages) for zone in zoneinfo.zones), default=0)
    if not listed <= set(_TYPES):
        return None
    if not zoneinfo.lists_empty_zones:
        listed |= {"Normal", "Movable"}
        if len(listed) == length - 1 and "HighMem" not in listed:
            # 64-bit: Device was built in from 4.3 on, DMA and DMA32 hold the pages they exist for.
            listed |= {"Device"} if {"DMA", "DMA32"} <= listed else set()
    if length and len(listed) != length:
        return None
    return tuple(name for name in _TYPES if name in listed)
