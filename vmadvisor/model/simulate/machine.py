"""The machine that a run takes place on: sizes, marks and the settings that rule reclaim.

Marks are the kernel's own as long as nothing that makes them changes, else its arithmetic to the page
(``kernel.watermarks``); a node's are the sums over its zones that serve user pages.
"""

from collections.abc import Sequence

from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.boost import pageblock_pages
from vmadvisor.kernel.marks import Marks, MarkSettings, is_capped, marks
from vmadvisor.kernel.min_free import (
    AUTOMATIC,
    KHUGEPAGED,
    automatic_kib,
    khugepaged_kib,
    min_free,
)
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.watermarks import in_force, table
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.swaps import Swaps
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo
from vmadvisor.units import pages_from_kib

NO_SWAP, DISK, ZRAM = "none", "disk", "zram"

SWAPPINESS_DEFAULT_COUNT = 60
STAYS_HOPELESS_SINCE = (6, 18)
MGLRU_PASSES_SINCE, WRITE_IGNORED_SINCE = (6, 3), (6, 19)
"""``mm/vmscan.c:lru_gen_shrink_node`` leaves at once unless it may write and unmap, and since 6.19 unmap."""

_WRITE_MODE, _UNMAP_MODE = 2, 4
MIN_UNMAPPED_DEFAULT_PCT = 1
ZRAM_USUAL_RATIO = 2.5
"""Original to stored size where nothing tells it: lzo and zstd on anonymous memory give 2 to 4."""

PAGE_STRUCT_PART_COUNT = 64
"""Of added memory, 64 bytes per 4096 go to its own ``struct page``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node's size, marks and what node_reclaim leaves alone."""

    node_id: int
    managed_pages: int
    min_pages: int
    low_pages: int
    high_pages: int
    min_unmapped_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Everything about a host that a setting may change, and what rules the kernel goes by."""

    page_size_bytes: int
    nodes: tuple[Node, ...]
    added_free_pages: int
    swap_total_pages: int
    swap_kind: str
    zram_ratio: float
    swappiness_count: int
    zone_reclaim_mode: int
    is_mglru: bool
    has_reclaim_costs: bool
    psi_counts_node_reclaim: bool = True
    kswapd_stays_hopeless: bool = False
    node_reclaim_needs_mode: int = 0
    """Bits without which node_reclaim tries, and takes nothing."""

    @property
    def tries_node_reclaim(self) -> bool:
        """Whether a request asks for a reclaim of its own node that comes to nothing."""
        return bool(self.zone_reclaim_mode) and len(self.nodes) > 1 and not self.does_node_reclaim

    @property
    def does_node_reclaim(self) -> bool:
        """Whether a request reclaims its own node before it turns to another."""
        needed = self.node_reclaim_needs_mode
        return bool(self.zone_reclaim_mode) and self.zone_reclaim_mode & needed == needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What marks are made from, where a setting says otherwise."""

    min_free_kib: int | None = None
    scale_factor_permyriad: int | None = None
    added_pages: int = 0


def machine_of(snapshot: Snapshot, sizes: Sizes | None = None) -> Machine | None:
    """The machine of a snapshot, with marks made anew under ``sizes``; ``None`` without zoneinfo."""
    zoneinfo, page_bytes = snapshot.get(Zoneinfo), page_size_bytes(snapshot)
    if zoneinfo is None or page_bytes is None:
        return None
    sizes = sizes or Sizes()
    sysctl, rules = snapshot.get(VmSysctl) or VmSysctl(), behaviour_of(snapshot)
    found = _marks(snapshot, zoneinfo.zones, sizes)
    if found is None:
        return None
    swap_pages, kind = _swap(snapshot, page_bytes)
    swappiness = sysctl.swappiness_count
    unmapped_pct = sysctl.min_unmapped_ratio_pct
    return Machine(
        page_size_bytes=page_bytes,
        nodes=_nodes(
            zoneinfo.zones,
            found,
            MIN_UNMAPPED_DEFAULT_PCT if unmapped_pct is None else unmapped_pct,
        ),
        added_free_pages=sizes.added_pages - sizes.added_pages // PAGE_STRUCT_PART_COUNT,
        swap_total_pages=swap_pages,
        swap_kind=kind,
        zram_ratio=ZRAM_USUAL_RATIO,
        swappiness_count=SWAPPINESS_DEFAULT_COUNT if swappiness is None else swappiness,
        zone_reclaim_mode=sysctl.zone_reclaim_mode or 0,
        is_mglru=bool(rules.is_mglru_on),
        has_reclaim_costs=rules.has_reclaim_costs,
        # Since 5.15; the boost line of zoneinfo came at the same time.
        psi_counts_node_reclaim=rules.prints_boost,
        kswapd_stays_hopeless=rules.version_base is not None
        and rules.version_base >= STAYS_HOPELESS_SINCE,
        node_reclaim_needs_mode=_needed_mode(rules.version_base, is_mglru=bool(rules.is_mglru_on)),
    )


def _needed_mode(version: tuple[int, int] | None, *, is_mglru: bool) -> int:
    if not is_mglru or version is None or version < MGLRU_PASSES_SINCE:
        return 0
    return _UNMAP_MODE if version >= WRITE_IGNORED_SINCE else _UNMAP_MODE | _WRITE_MODE


def _swap(snapshot: Snapshot, page_bytes: int) -> tuple[int, str]:
    swaps = snapshot.get(Swaps)
    devices = () if swaps is None else swaps.devices
    pages = sum(pages_from_kib(device.size_kib, page_bytes) for device in devices)
    if not pages:
        return 0, NO_SWAP
    first = max(devices, key=lambda device: device.priority_count)
    return pages, ZRAM if "zram" in first.path else DISK


def _marks(snapshot: Snapshot, zones: Sequence[Zone], sizes: Sizes) -> list[Marks] | None:
    """Every zone's marks; ``None`` where a changed setting cannot be reckoned with."""
    if sizes == Sizes():
        return [in_force(zone) for zone in table(snapshot)]
    if not sizes.added_pages:
        changed = table(
            snapshot,
            min_free_kib=sizes.min_free_kib,
            scale_factor_permyriad=sizes.scale_factor_permyriad,
        )
        found = [zone.computed for zone in changed if zone.computed is not None]
        return found if len(found) == len(zones) else None
    return _marks_of_more(snapshot, zones, sizes)


def _marks_of_more(snapshot: Snapshot, zones: Sequence[Zone], sizes: Sizes) -> list[Marks] | None:
    """Marks once memory is added to the highest zone, and min_free_kbytes as the kernel would choose it."""
    rules, page_bytes = behaviour_of(snapshot), page_size_bytes(snapshot) or 0
    sysctl = snapshot.get(VmSysctl) or VmSysctl()
    kib = sizes.min_free_kib
    if kib is None:
        kib = _chosen_min_free_kib(snapshot, sizes.added_pages)
    factor = sizes.scale_factor_permyriad
    if factor is None:
        factor = sysctl.watermark_scale_factor_permyriad
    if kib is None or (rules.has_scale_factor and factor is None):
        return None
    capped = is_capped(zones, rules)
    managed = [zone.managed_pages for zone in zones]
    place = max(i for i, pages in enumerate(managed) if pages and not capped[i])
    managed[place] += sizes.added_pages
    settings = MarkSettings(
        min_free_pages=pages_from_kib(kib, page_bytes),
        scale_factor_permyriad=factor if rules.has_scale_factor else None,
        has_promo=rules.has_promo,
    )
    found = marks(managed, capped, settings)
    return None if found is None else list(found)


def _chosen_min_free_kib(snapshot: Snapshot, added_pages: int) -> int | None:
    now, rules = min_free(snapshot), behaviour_of(snapshot)
    zoneinfo, page_bytes = snapshot.get(Zoneinfo), page_size_bytes(snapshot)
    if zoneinfo is None or page_bytes is None or now.origin not in {AUTOMATIC, KHUGEPAGED}:
        return now.kib
    populated = [zone for zone in zoneinfo.zones if zone.managed_pages]
    buffer_pages = added_pages + sum(zone.managed_pages for zone in populated)
    automatic = automatic_kib(buffer_pages, page_bytes, rules.min_free_cap_kib)
    block = pageblock_pages(snapshot, page_bytes)
    if now.origin == AUTOMATIC or block is None:
        return automatic
    return max(automatic, khugepaged_kib(buffer_pages, len(populated), block, page_bytes))


def _nodes(zones: Sequence[Zone], found: Sequence[Marks], unmapped_pct: int) -> tuple[Node, ...]:
    by_node: dict[int, list[tuple[Zone, Marks]]] = {}
    for zone, mark in zip(zones, found, strict=True):
        if zone.managed_pages:
            by_node.setdefault(zone.node_id, []).append((zone, mark))
    return tuple(_node(node_id, pairs, unmapped_pct) for node_id, pairs in by_node.items())


def _node(node_id: int, pairs: Sequence[tuple[Zone, Marks]], unmapped_pct: int) -> Node:
    """Sums over the zones that serve user pages, as ``model.sample`` takes them."""
    serving = [
        mark
        for zone, mark in pairs
        if max(zone.protection_pages, default=0) + mark.high_pages < zone.managed_pages
    ] or [mark for _, mark in pairs]
    managed_pages = sum(zone.managed_pages for zone, _ in pairs)
    return Node(
        node_id=node_id,
        managed_pages=managed_pages,
        min_pages=sum(mark.min_pages for mark in serving),
        low_pages=sum(mark.low_pages for mark in serving),
        high_pages=sum(mark.high_pages for mark in serving),
        min_unmapped_pages=managed_pages * unmapped_pct // 100,
    )
