"""Stocks and flows of one sample: what can still be given before kswapd, before anonymous pages, before OOM.

A leak shrinks ``stock_pages`` and a backup only ``slack_pages``: that is what tells them apart.
"""

from vmadvisor.model.sample import Sample
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Pages of the whole host at one moment, and the counters that flows are made of.

    ``easy_pages``: free above low, page cache, and half of the reclaimable slab: gone before anything
    has to be swapped. ``stock_pages``: all that can go before ``should_reclaim_retry`` gives up: free
    above min, page cache, half of the slab, and what free swap can take of the anonymous pages.
    ``taken_pages`` = −free + stolen: its rise is what was allocated and not given back.
    """

    time_s: float
    managed_pages: int
    free_pages: int
    slack_pages: int
    gap_pages: int
    above_min_pages: int
    min_pages: int
    file_pages: int
    easy_pages: int
    stock_pages: int
    swap_room_pages: int
    taken_pages: int
    lowest_node_ratio: float


def _stolen_pages(sample: Sample) -> int:
    vmstat = sample.vmstat
    return (vmstat.pgsteal_kswapd_pages_total or 0) + (vmstat.pgsteal_direct_pages_total or 0)


def stock_of(sample: Sample) -> Stock:
    """Sums over the nodes; ``lowest_node_ratio`` is the least free-above-min over min of any node."""
    nodes = sample.nodes
    slack = sum(node.slack_pages for node in nodes)
    above_min = sum(node.above_min_pages for node in nodes)
    slab = sample.slab_reclaimable_pages // 2
    swap_room = min(sample.swap_free_pages or 0, sample.anon_pages)
    free = sum(node.free_pages for node in nodes)
    return Stock(
        time_s=sample.time_s,
        managed_pages=sum(node.managed_pages for node in nodes),
        free_pages=free,
        slack_pages=slack,
        gap_pages=sum(node.gap_pages for node in nodes),
        above_min_pages=above_min,
        min_pages=sum(node.min_pages for node in nodes),
        file_pages=sample.file_pages,
        easy_pages=slack + sample.file_pages + slab,
        stock_pages=above_min + sample.file_pages + slab + swap_room,
        swap_room_pages=swap_room,
        taken_pages=_stolen_pages(sample) - free,
        lowest_node_ratio=min(
            (node.above_min_pages / max(node.min_pages, 1) for node in nodes), default=0.0
        ),
    )
