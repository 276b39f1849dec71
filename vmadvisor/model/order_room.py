"""What is left for requests of each order before one stalls: a host with free memory stalls too.

Per zone, how many requests pass the min mark (``kernel/order_watermark.py``), summed over the zones that
serve the request, and how fast that goes between two readings. Two kinds of request: a task's (movable:
page faults, huge pages; any serving zone, CMA pages too) and the kernel's (unmovable: stacks, sockets'
buffers, slabs; neither CMA pages nor the Movable and HighMem zones).
"""

from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.order_watermark import requests_left_count
from vmadvisor.kernel.zone_types import reserve_against_pages
from vmadvisor.model.rates import interval_s
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.buddyinfo import Buddyinfo
from vmadvisor.sources.zoneinfo import Zone, Zoneinfo

_MOVABLE_ONLY = frozenset({"Movable", "HighMem"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRoom:
    """Requests of ``2**order`` pages that pass the min mark; the next one reclaims or compacts itself.

    ``*_gone_per_s``: how fast their number fell since the reading before, negative where it rose, ``None``
    without one. Counts are at most this: buddyinfo does not tell which blocks lie in CMA or in the
    high-atomic reserve, and it is read a moment after zoneinfo.
    """

    order: int
    task_requests_left_count: int
    kernel_requests_left_count: int
    task_gone_per_s: float | None
    kernel_gone_per_s: float | None


def _left_count(
    zone: Zone,
    blocks: tuple[int, ...],
    order: int,
    *,
    reserve_pages: int,
    is_movable: bool,
    looks_at_lists: bool,
) -> int:
    if not is_movable and zone.name in _MOVABLE_ONLY:
        return 0
    barred_pages = zone.free_highatomic_pages  # before 6.19 the whole reserve is held back
    if barred_pages is None:
        barred_pages = zone.reserved_highatomic_pages or 0
    if not is_movable:
        barred_pages += zone.nr_free_cma_pages or 0
    return requests_left_count(
        blocks,
        order,
        free_pages=zone.free_pages - barred_pages,
        mark_pages=zone.min_pages,
        reserve_pages=reserve_pages,
        looks_at_lists=looks_at_lists,
    )


def _left_counts(snapshot: Snapshot, *, is_movable: bool) -> tuple[int, ...] | None:
    """By order, over all zones; ``None`` without both files."""
    buddy, zoneinfo = snapshot.get(Buddyinfo), snapshot.get(Zoneinfo)
    if buddy is None or zoneinfo is None:
        return None
    zones = {(zone.node_id, zone.name): zone for zone in zoneinfo.zones}
    names = {zone.name for zone in zoneinfo.zones}
    highest_zone = "Movable" if is_movable else "Normal"
    looks_at_lists = behaviour_of(snapshot).checks_free_lists
    left: dict[int, int] = {}
    for one in buddy.zones:
        zone = zones.get((one.node_id, one.name))
        if zone is None:
            continue
        reserve_pages = reserve_against_pages(zone.protection_pages, names, highest_zone)
        for order in range(len(one.free_blocks_count)):
            left[order] = left.get(order, 0) + _left_count(
                zone,
                one.free_blocks_count,
                order,
                reserve_pages=reserve_pages,
                is_movable=is_movable,
                looks_at_lists=looks_at_lists,
            )
    return tuple(left[order] for order in sorted(left)) or None


def _gone_per_s(
    before: Snapshot | None, after: Snapshot, left: tuple[int, ...], *, is_movable: bool
) -> tuple[float | None, ...]:
    seconds_s = None if before is None else interval_s(before, after, Buddyinfo)
    earlier = None if before is None else _left_counts(before, is_movable=is_movable)
    if seconds_s is None or earlier is None or len(earlier) != len(left):
        return (None,) * len(left)
    return tuple((old - new) / seconds_s for old, new in zip(earlier, left, strict=True))


def order_rooms(before: Snapshot | None, after: Snapshot) -> tuple[OrderRoom, ...]:
    """From order 0 up; empty without buddyinfo or zoneinfo."""
    tasks, kernel = (_left_counts(after, is_movable=is_movable) for is_movable in (True, False))
    if tasks is None or kernel is None:
        return ()
    tasks_gone, kernel_gone = (
        _gone_per_s(before, after, left, is_movable=is_movable)
        for left, is_movable in ((tasks, True), (kernel, False))
    )
    return tuple(
        OrderRoom(
            order=order,
            task_requests_left_count=tasks[order],
            kernel_requests_left_count=kernel[order],
            task_gone_per_s=tasks_gone[order],
            kernel_gone_per_s=kernel_gone[order],
        )
        for order in range(len(tasks))
    )
