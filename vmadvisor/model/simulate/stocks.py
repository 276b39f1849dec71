"""The moving parts of a run: pages by node, what is swapped out, what was counted."""

from vmadvisor.model.simulate.demand import Start
from vmadvisor.model.simulate.machine import Machine, Node

ASLEEP, COMING, RUNNING, HOPELESS = 0, 1, 2, 3
"""What a node's kswapd is doing; coming: woken, but not on a CPU yet; hopeless: it gave up."""


class NodeStocks:
    """One node. ``stream`` pages were read once, ``warm`` ones belong to the working set."""

    __slots__ = (
        "anon", "anon_aged", "comes_s", "credit", "failing_s", "free", "held", "high", "kswapd", "low", "min", "stream",
        "unmapped", "warm",
    )  # fmt: skip

    def __init__(self, node: Node, free: float, held: float, anon: float) -> None:
        self.min, self.low, self.high = node.min_pages, node.low_pages, node.high_pages
        self.unmapped = node.min_unmapped_pages
        self.free, self.held, self.anon = free, held, anon
        self.stream = self.warm = 0.0
        self.anon_aged = 0.0
        self.kswapd, self.comes_s, self.credit = ASLEEP, 0.0, 0.0
        self.failing_s = 0.0

    @property
    def file(self) -> float:
        """Page cache."""
        return self.stream + self.warm


class Stocks:
    """All nodes, the swap, and the counts of a run so far."""

    __slots__ = (
        "backlog", "cold_swapped", "hot_swapped", "kills", "kswapd_cpu_s", "kswapd_pages",
        "last_progress_s", "node_scan", "node_tries", "nodes", "recent_anon", "recent_file", "refault_anon",
        "refault_file", "stalls", "swap_in", "swap_out", "swap_room", "wakes",
    )  # fmt: skip

    def __init__(self, machine: Machine, start: Start, *, is_reuse_seen: bool) -> None:
        count = len(machine.nodes)
        self.nodes = [
            NodeStocks(node, free + machine.added_free_pages / count, held, anon)
            for node, free, held, anon in zip(
                machine.nodes,
                start.usable_pages,
                start.reserved_free_pages,
                start.anon_pages,
                strict=True,
            )
        ]
        for node, file in zip(self.nodes, start.file_pages, strict=True):
            if is_reuse_seen:
                node.warm = file
            else:
                node.stream = file
        self.cold_swapped = min(start.swapped_pages, float(machine.swap_total_pages))
        self.hot_swapped = 0.0
        self.swap_room = machine.swap_total_pages - self.cold_swapped
        self.backlog = 0.0
        self.last_progress_s = 0.0
        self.stalls = self.node_scan = self.node_tries = 0.0
        self.refault_file = self.refault_anon = self.recent_file = self.recent_anon = 0.0
        self.swap_in = self.swap_out = self.kswapd_pages = self.kswapd_cpu_s = 0.0
        self.wakes = self.kills = 0

    @property
    def anon(self) -> float:
        """Anonymous pages in memory."""
        pages = 0.0
        for (
            node
        ) in self.nodes:  # a sum() of a generator costs twice as much, and this is asked most
            pages += node.anon
        return pages

    @property
    def file(self) -> float:
        """Page cache of all nodes."""
        return sum(node.file for node in self.nodes)

    @property
    def warm(self) -> float:
        """Pages of the working set that are in memory."""
        pages = 0.0
        for node in self.nodes:
            pages += node.warm
        return pages

    @property
    def free(self) -> float:
        """Free pages, those of protected zones too."""
        pages = 0.0
        for node in self.nodes:
            pages += node.free + node.held
        return pages

    @property
    def swapped(self) -> float:
        """Pages in swap."""
        return self.cold_swapped + self.hot_swapped

    def give_back(self, pages: float) -> None:
        """Anonymous memory is freed, of all nodes alike."""
        anon = self.anon
        if pages <= 0 or anon <= 0:
            return
        part = min(1.0, pages / anon)
        for node in self.nodes:
            node.free += node.anon * part
            node.anon -= node.anon * part

    def set_aside(self, pages: float) -> float:
        """Free pages go to per-CPU lists, below zero they come back from there; returns those not to be had."""
        if pages <= 0:
            for node in self.nodes:
                node.free -= pages / len(self.nodes)
            return 0.0
        free = sum(max(0.0, node.free) for node in self.nodes)
        part = min(1.0, pages / free) if free > 0 else 0.0
        for node in self.nodes:
            node.free -= max(0.0, node.free) * part
        return pages - free * part

    def drop(self, pages: float) -> None:
        """Page cache goes without being reclaimed: deleted, truncated."""
        file = self.file
        if pages <= 0 or file <= 0:
            return
        part = min(1.0, pages / file)
        for node in self.nodes:
            node.free += node.file * part
            node.stream *= 1 - part
            node.warm *= 1 - part
