"""Free memory by the size of its blocks: why a request can stall while memory is free.

From buddyinfo, per zone; with ``--deep`` also per migrate type (pagetypeinfo): whole free blocks on the
Movable list do not help an unmovable request before the kernel steals one.
"""

from collections.abc import Sequence

from vmadvisor.model.order_room import OrderRoom, order_rooms
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.buddyinfo import Buddyinfo
from vmadvisor.sources.pagetypeinfo import Pagetypeinfo

COSTLY_ORDER = 3
"""PAGE_ALLOC_COSTLY_ORDER: above it the kernel gives up instead of retrying (``mm/page_alloc.c``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeBySize:
    """One zone, or one migrate type of it. ``costly_pages`` are free in blocks above order 3.

    ``largest_order`` is that of the largest free block; ``None`` where nothing is free.
    ``is_at_least``: the kernel stopped counting, so the pages are a lower bound.
    """

    node_id: int
    zone: str
    migrate_type: str | None
    free_pages: int
    costly_pages: int
    largest_order: int | None
    is_at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragmentation:
    """``by_zone`` from buddyinfo; ``by_type`` is empty unless pagetypeinfo was read.

    ``by_order``: what is left for requests of each order; empty without zoneinfo.
    """

    by_zone: tuple[FreeBySize, ...]
    by_type: tuple[FreeBySize, ...]
    by_order: tuple[OrderRoom, ...] = ()

    @property
    def starved_orders(self) -> tuple[OrderRoom, ...]:
        """Orders up to the costly one that the kernel cannot be served in though single pages are."""
        if not self.by_order or not self.by_order[0].kernel_requests_left_count:
            return ()
        return tuple(
            one for one in self.by_order[1 : COSTLY_ORDER + 1] if not one.kernel_requests_left_count
        )


def _free_by_size(
    blocks_count: Sequence[int],
    *,
    node_id: int,
    zone: str,
    migrate_type: str | None = None,
    is_at_least: bool = False,
) -> FreeBySize:
    pages = [count << order for order, count in enumerate(blocks_count)]
    return FreeBySize(
        node_id=node_id,
        zone=zone,
        migrate_type=migrate_type,
        free_pages=sum(pages),
        costly_pages=sum(pages[COSTLY_ORDER + 1 :]),
        largest_order=max(
            (order for order, count in enumerate(blocks_count) if count), default=None
        ),
        is_at_least=is_at_least,
    )


def fragmentation(snapshot: Snapshot, before: Snapshot | None = None) -> Fragmentation | None:
    """``None`` without buddyinfo; migrate types with nothing free are left out."""
    buddy, deep = snapshot.get(Buddyinfo), snapshot.get(Pagetypeinfo)
    if buddy is None:
        return None
    by_type = [
        _free_by_size(
            one.free_blocks_count,
            node_id=one.node_id,
            zone=one.zone,
            migrate_type=one.migrate_type,
            is_at_least=one.has_lower_bounds,
        )
        for one in (deep.free_blocks if deep is not None else ())
    ]
    return Fragmentation(
        by_zone=tuple(
            _free_by_size(zone.free_blocks_count, node_id=zone.node_id, zone=zone.name)
            for zone in buddy.zones
        ),
        by_type=tuple(one for one in by_type if one.free_pages),
        by_order=order_rooms(before, snapshot),
    )
