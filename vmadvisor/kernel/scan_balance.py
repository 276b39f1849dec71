"""What reclaim would scan now, anonymous or file pages, and by which of the kernel's rules.

``mm/vmscan.c:get_scan_count`` for global reclaim at its first priority (12), node by node; with MGLRU on,
``get_swappiness()`` and ``get_type_to_scan()`` instead. Rules in the kernel's order:

    file_only_no_swap      no free swap: swappiness means nothing
    file_tiny_anon_only    file LRU + free <= sum of high: anonymous pages only, whatever swappiness says
    cache_trim_file_only   many inactive file pages that need no ageing: file only, likewise
    swappiness_zero        file only, until file_tiny turns it round
    fraction               both, by swappiness and by what each list's reclaim has cost lately

The costs are not visible. Since 5.8 they shift the anonymous share between ``s/1 : (200-s)/2`` and
``s/2 : (200-s)/1``; before, they could shift it to any value.
"""

from collections.abc import Sequence
from math import isqrt

from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.watermarks import ZoneMarks, in_force, table
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import NodeStats, Zoneinfo
from vmadvisor.units import pages_from_kib

DEF_PRIORITY_ORDER = 12
"""Reclaim looks at 1/4096 of a list first; a list below 4096 pages counts as empty then."""

SWAPPINESS_SUM_COUNT = 200
MIN_LRU_BATCH_PAGES = 64
"""MGLRU leaves anonymous pages alone below this much free swap (``get_swappiness()``)."""

ALL_PERMYRIAD = 10_000
_INACTIVE_RATIO_FACTOR = 10
_GIB_BYTES = 1 << 30

NO_SWAP = "file_only_no_swap"
FILE_TINY = "file_tiny_anon_only"
CACHE_TRIM = "cache_trim_file_only"
SWAPPINESS_ZERO = "swappiness_zero"
FRACTION = "fraction"
MGLRU_NO_SWAP = "mglru_file_only_no_swap"
MGLRU_SWAPPINESS_ZERO = "mglru_swappiness_zero"
MGLRU_FILE_FIRST = "mglru_file_first"
MGLRU_ANON_FIRST = "mglru_anon_first"
MGLRU_REFAULTS = "mglru_refaults"

_REFAULTS_UNSEEN = "whether refaults have just activated pages, which keeps a list under ageing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanBalance:
    """The anonymous share of the pages scanned lies between ``anon_min`` and ``anon_max``.

    ``rule`` and both shares are ``None`` where ``unknown`` names what is not there; with a rule,
    ``unknown`` names what else the kernel looks at and no file shows.
    """

    node_id: int
    rule: str | None
    anon_min_permyriad: int | None
    anon_max_permyriad: int | None
    unknown: tuple[str, ...]


def scan_balance(snapshot: Snapshot) -> tuple[ScanBalance, ...]:
    """One verdict per node that has memory; empty without zoneinfo."""
    zoneinfo = snapshot.get(Zoneinfo)
    if zoneinfo is None:
        return ()
    zones = table(snapshot)
    return tuple(
        _of_node(snapshot, node, [zone for zone in zones if zone.node_id == node.node_id])
        for node in zoneinfo.nodes
        if any(zone.node_id == node.node_id and zone.managed_pages for zone in zones)
    )


def anon_share_permyriad(swappiness_count: int) -> tuple[int, int]:
    """The least and greatest anonymous share of ``fraction`` since 5.8.

    ``s/(1+x) : (200-s)/(2-x)`` with x, the anonymous part of the cost, from 1 down to 0.

    >>> anon_share_permyriad(60), anon_share_permyriad(200)
    ((1764, 4615), (10000, 10000))
    """
    anon, file = swappiness_count, SWAPPINESS_SUM_COUNT - swappiness_count
    return (
        ALL_PERMYRIAD * anon // (anon + 2 * file),
        ALL_PERMYRIAD * 2 * anon // (2 * anon + file),
    )


def is_inactive_low(inactive_pages: int, active_pages: int, page_size: int) -> bool:
    """``inactive_is_low()``: whether active pages must age into the inactive list.

    >>> is_inactive_low(900, 1000, 4096), is_inactive_low(200_000, 1_500_000, 4096)
    (True, True)
    """
    gib = (inactive_pages + active_pages) * page_size // _GIB_BYTES
    ratio = isqrt(_INACTIVE_RATIO_FACTOR * gib) if gib else 1
    return inactive_pages * ratio < active_pages


def _of_node(snapshot: Snapshot, node: NodeStats, zones: Sequence[ZoneMarks]) -> ScanBalance:
    rules, page_bytes = behaviour_of(snapshot), page_size_bytes(snapshot)
    meminfo, sysctl = snapshot.get(Meminfo), snapshot.get(VmSysctl) or VmSysctl()
    swap_free_kib = None if meminfo is None else meminfo.swap_free_kib
    swappiness = sysctl.swappiness_count
    needs = (
        ("SwapFree in proc/meminfo", swap_free_kib),
        ("proc/sys/vm/swappiness", swappiness),
        ("page size", page_bytes),
        ("a kernel version", rules.version_base),
        ("sys/kernel/mm/lru_gen", rules.is_mglru_on),
    )
    lacking = tuple(name for name, there in needs if there is None)
    if swap_free_kib == 0 and rules.is_mglru_on is not None:
        rule = MGLRU_NO_SWAP if rules.is_mglru_on else NO_SWAP
        return _verdict(node, rule, 0, 0)
    if lacking or swap_free_kib is None or swappiness is None or page_bytes is None:
        return _verdict(node, None, None, None, *lacking)
    if rules.is_mglru_on:
        return _of_generations(node, swappiness, pages_from_kib(swap_free_kib, page_bytes))
    return _of_lists(node, zones, swappiness, page_bytes, rules)


def _verdict(
    node: NodeStats, rule: str | None, least: int | None, most: int | None, *unknown: str
) -> ScanBalance:
    return ScanBalance(
        node_id=node.node_id,
        rule=rule,
        anon_min_permyriad=least,
        anon_max_permyriad=most,
        unknown=unknown,
    )


def _of_generations(node: NodeStats, swappiness_count: int, swap_free_pages: int) -> ScanBalance:
    if swap_free_pages < MIN_LRU_BATCH_PAGES:
        return _verdict(node, MGLRU_NO_SWAP, 0, 0)
    if swappiness_count == 0:
        return _verdict(node, MGLRU_SWAPPINESS_ZERO, 0, 0)
    ages = "the generations' ages (lru_gen debugfs file)"
    if swappiness_count == 1:
        return _verdict(node, MGLRU_FILE_FIRST, 0, ALL_PERMYRIAD, ages)
    if swappiness_count == SWAPPINESS_SUM_COUNT:
        return _verdict(node, MGLRU_ANON_FIRST, 0, ALL_PERMYRIAD, ages)
    return _verdict(node, MGLRU_REFAULTS, 0, ALL_PERMYRIAD, "refaults by generation and tier")


def _of_lists(
    node: NodeStats,
    zones: Sequence[ZoneMarks],
    swappiness_count: int,
    page_size: int,
    rules: Behaviour,
) -> ScanBalance:
    sizes = (
        node.nr_inactive_anon_pages,
        node.nr_active_anon_pages,
        node.nr_inactive_file_pages,
        node.nr_active_file_pages,
    )
    if None in sizes:
        return _verdict(node, None, None, None, "the node's LRU lists in proc/zoneinfo")
    inactive_anon, active_anon, inactive_file, active_file = (size or 0 for size in sizes)
    # Until 5.6 every cgroup decided by its own lists; the node's are those of all together.
    unseen = () if rules.balances_whole_node else ("each cgroup's own lists, which decide",)
    high_pages = sum(in_force(zone).high_pages + (zone.boost_pages or 0) for zone in zones)
    free_pages = sum(zone.free_pages for zone in zones)
    is_tiny = inactive_file + active_file + free_pages <= high_pages
    if is_tiny and not rules.file_tiny_needs_inactive_anon:
        return _verdict(node, FILE_TINY, ALL_PERMYRIAD, ALL_PERMYRIAD, *unseen)
    can_take_anon = inactive_anon >> DEF_PRIORITY_ORDER > 0 and not is_inactive_low(
        inactive_anon, active_anon, page_size
    )
    if is_tiny and can_take_anon:
        return _verdict(node, FILE_TINY, ALL_PERMYRIAD, ALL_PERMYRIAD, _REFAULTS_UNSEEN, *unseen)
    is_file_low = (
        is_inactive_low(inactive_file, active_file, page_size)
        if rules.file_lists_use_ratio
        else inactive_file < active_file
    )
    if inactive_file >> DEF_PRIORITY_ORDER > 0 and not is_file_low:
        seen = (_REFAULTS_UNSEEN,) if rules.balances_whole_node else ()
        return _verdict(node, CACHE_TRIM, 0, 0, *seen, *unseen)
    if swappiness_count == 0:
        return _verdict(node, SWAPPINESS_ZERO, 0, 0, *unseen)
    least, most = (
        anon_share_permyriad(min(swappiness_count, SWAPPINESS_SUM_COUNT))
        if rules.has_reclaim_costs
        else (0, ALL_PERMYRIAD)
    )
    return _verdict(
        node, FRACTION, least, most, "what each list's reclaim has cost lately", *unseen
    )
