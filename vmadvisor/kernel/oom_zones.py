"""Why no zone could serve the request: ``__zone_watermark_ok()`` for each zone as it was printed.

    usable = free - (2**order - 1) - high-atomic reserve - free CMA pages (unless movable)
    it passes if usable > mark + lowmem_reserve, and for order > 0 a block that large is free

Reclaim gives up below the min mark; the last attempt before a kill is at the high mark (``mm/page_alloc.c:
__alloc_pages_may_oom``), so that memory freed meanwhile saves a process.
"""

from vmadvisor.kernel.oom_request import OomRequest, may_use, oom_request, reserve_pages
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomReport, OomZone

BELOW_MIN, BELOW_HIGH, PASSES = "below_min", "below_high", "passes"
PROTECTED, FRAGMENTED, CMA_ONLY = "lowmem_protection", "fragmentation", "cma_only"
NOT_ALLOWED = "not_for_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneCheck:
    """One zone against the request. ``why`` is one of the words above; sizes in kB as printed.

    ``usable_kib`` is what the request could count on, ``reserve_kib`` the lowmem protection against it.
    """

    node_id: int
    zone: str
    free_kib: int
    min_kib: int
    low_kib: int
    high_kib: int
    boost_kib: int | None
    managed_kib: int | None
    usable_kib: int
    reserve_kib: int
    free_cma_kib: int
    largest_free_order: int | None
    why: str

    @property
    def is_short(self) -> bool:
        """It could not serve the request."""
        return self.why in {BELOW_MIN, PROTECTED, FRAGMENTED, CMA_ONLY}


def zone_checks(report: OomReport, page_bytes: int) -> tuple[ZoneCheck, ...]:
    """Every zone that was printed, in the report's order."""
    zones = report.memory.zones if report.memory is not None else ()
    names, request = frozenset(zone.name for zone in zones), oom_request(report)
    page_kib = max(page_bytes // 1024, 1)
    return tuple(_check(zone, names, request, page_kib) for zone in zones)


def _check(zone: OomZone, names: frozenset[str], request: OomRequest, page_kib: int) -> ZoneCheck:
    reserve_kib = reserve_pages(zone, names, request) * page_kib
    cma_kib = zone.free_cma_kib or 0
    usable_kib = zone.free_kib - ((1 << request.order) - 1) * page_kib - _highatomic_kib(zone)
    without_cma_kib = usable_kib if request.is_movable else usable_kib - cma_kib
    return ZoneCheck(
        node_id=zone.node_id,
        zone=zone.name,
        free_kib=zone.free_kib,
        min_kib=zone.min_kib,
        low_kib=zone.low_kib,
        high_kib=zone.high_kib,
        boost_kib=zone.boost_kib,
        managed_kib=zone.managed_kib,
        usable_kib=without_cma_kib,
        reserve_kib=reserve_kib,
        free_cma_kib=cma_kib,
        largest_free_order=_largest_order(zone, request),
        why=_why(zone, request, reserve_kib, usable_kib, without_cma_kib),
    )


def _highatomic_kib(zone: OomZone) -> int:
    """Pages kept for atomic requests: their free part where it is printed (6.13), else all of them."""
    if zone.free_highatomic_kib is not None:
        return zone.free_highatomic_kib
    return min(zone.reserved_highatomic_kib or 0, zone.free_kib)


def _why(
    zone: OomZone, request: OomRequest, reserve_kib: int, usable_kib: int, without_cma_kib: int
) -> str:
    if not may_use(zone, request):
        return NOT_ALLOWED
    if without_cma_kib > zone.min_kib + reserve_kib:
        if request.order and not _has_block(zone, request):
            return FRAGMENTED
        return PASSES if without_cma_kib > zone.high_kib + reserve_kib else BELOW_HIGH
    if usable_kib > zone.min_kib + reserve_kib:
        return CMA_ONLY
    return PROTECTED if without_cma_kib > zone.min_kib else BELOW_MIN


def _largest_order(zone: OomZone, request: OomRequest) -> int | None:
    """The largest order that has a free block this request may take; ``None`` where blocks are not told."""
    if not zone.free_blocks_count:
        return None
    orders = [
        order for order in range(len(zone.free_blocks_count)) if _is_usable(zone, order, request)
    ]
    return max(orders, default=-1)


def _has_block(zone: OomZone, request: OomRequest) -> bool:
    """A free block that is large enough; true where blocks are not told."""
    largest = _largest_order(zone, request)
    return largest is None or largest >= request.order


def _is_usable(zone: OomZone, order: int, request: OomRequest) -> bool:
    """Free blocks of only high-atomic, isolated or (unless movable) CMA pages do not count."""
    if not zone.free_blocks_count[order]:
        return False
    letters = set(zone.block_types[order]) if order < len(zone.block_types) else set()
    closed = {"H", "I"} if request.is_movable else {"H", "I", "C"}
    return not letters or bool(letters - closed)


FREE_FACTOR = 2
"""A node counts as having had memory when more than twice its high marks were free."""


def short_nodes(checks: tuple[ZoneCheck, ...]) -> frozenset[int] | None:
    """Nodes that were out while others were not: the request was bound to them. ``None`` if all or none."""
    nodes = {check.node_id for check in checks if check.why != NOT_ALLOWED}
    well = {
        check.node_id
        for check in checks
        if check.why == PASSES
        and check.usable_kib > FREE_FACTOR * (check.high_kib + check.reserve_kib)
        and check.reserve_kib + check.high_kib
        < (check.managed_kib or check.usable_kib) // FREE_FACTOR
    }
    short = nodes - {check.node_id for check in checks if check.why == PASSES}
    return frozenset(short) if short and well and short | well == nodes else None
