"""What a simulation keeps of one snapshot, beside the forecast's sample.

Anonymous memory of a process that burnt no CPU between two scans is idle: swap can take it for good.
Only its ticks tell, never its name.
"""

from collections.abc import Mapping

from vmadvisor.model.sample import Sample, sample_of
from vmadvisor.records import dataclass
from vmadvisor.snapshot import ProcessScan, Snapshot
from vmadvisor.sources.zoneinfo import NodeStats, Zoneinfo
from vmadvisor.units import pages_from_kib


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLists:
    """One node's LRU pages; ``usable_pages`` are free ones that ordinary requests may have."""

    node_id: int
    usable_pages: int
    free_pages: int
    file_pages: int
    active_file_pages: int
    anon_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessUse:
    """One process with user memory: CPU ticks since it began, anonymous pages in RAM and in swap."""

    ticks_total: int
    anon_pages: int
    swap_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One moment. ``uses`` is empty where no processes were scanned for it."""

    sample: Sample
    nodes: tuple[NodeLists, ...]
    uses: Mapping[int, ProcessUse]
    dirty_pages: int


def observed(snapshot: Snapshot) -> Observed | None:
    """``None`` where the sample's files, or the nodes' LRU lists, are missing."""
    sample, zoneinfo = sample_of(snapshot), snapshot.get(Zoneinfo)
    if sample is None or zoneinfo is None:
        return None
    stats = {node.node_id: node for node in zoneinfo.nodes}
    nodes = tuple(
        _lists(stats[node.node_id], node.free_pages, node.above_min_pages + node.min_pages)
        for node in sample.nodes
        if node.node_id in stats
    )
    if not nodes:
        return None
    return Observed(
        sample=sample,
        nodes=nodes,
        uses=_uses(snapshot.processes, sample.page_size_bytes),
        dirty_pages=sample.vmstat.nr_dirty_pages or 0,
    )


def _lists(node: NodeStats, free_pages: int, usable_pages: int) -> NodeLists:
    active_file_pages = node.nr_active_file_pages or 0
    return NodeLists(
        node_id=node.node_id,
        usable_pages=min(usable_pages, free_pages),
        free_pages=free_pages,
        file_pages=active_file_pages + (node.nr_inactive_file_pages or 0),
        active_file_pages=active_file_pages,
        anon_pages=(node.nr_active_anon_pages or 0) + (node.nr_inactive_anon_pages or 0),
    )


def _uses(scan: ProcessScan | None, page_bytes: int) -> dict[int, ProcessUse]:
    if scan is None:
        return {}
    found = {}
    for pid_id, process in scan.details.items():
        status = process.status
        if process.stat.is_kernel_thread or status is None:
            continue
        found[pid_id] = ProcessUse(
            ticks_total=process.stat.utime_ticks_total + process.stat.stime_ticks_total,
            anon_pages=pages_from_kib(status.rss_anon_kib or status.vm_rss_kib or 0, page_bytes),
            swap_pages=pages_from_kib(status.vm_swap_kib or 0, page_bytes),
        )
    return found


def idle_pages(now: Observed, later: Observed) -> int:
    """Anonymous pages, swapped ones too, of processes that do nothing from ``now`` to ``later``."""
    return sum(
        use.anon_pages + use.swap_pages
        for pid_id, use in now.uses.items()
        if pid_id in later.uses and later.uses[pid_id].ticks_total == use.ticks_total
    )
