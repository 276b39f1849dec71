"""What reclaim takes from a node: page cache or anonymous pages, in the proportion the kernel would scan.

``mm/vmscan.c:get_scan_count`` decides between the lists, or with MGLRU ``get_type_to_scan``, as
``kernel.scan_balance`` has it; here both costs are known, since the run has counted its refaults.
"""

from vmadvisor.kernel.scan_balance import DEF_PRIORITY_ORDER, SWAPPINESS_SUM_COUNT
from vmadvisor.model.simulate.machine import ZRAM, Machine
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.stocks import NodeStocks, Stocks

_SWAP_ROOM_MIN_PAGES = 64
"""``MIN_LRU_BATCH``: MGLRU leaves anonymous pages alone below this, and the rest is drift."""

_BATCHED_MAX_PAGES = 32 << DEF_PRIORITY_ORDER
_BATCH_PULL_RATIO = 0.4
"""A pass takes ``SWAP_CLUSTER_MAX`` pages of either list, however small its share: of lists so short that
the first priorities ask for less, this pulls the shares towards one another."""

_MISTAKEN_RATIO, _LAST_RESORT_RATIO = 0.01, 0.3
"""Of pages in use that are scanned, those swapped out nevertheless: while others are idle, and then."""


class Reclaim:
    """Takes pages from nodes by a machine's rules."""

    __slots__ = ("_anon_cost", "_floor", "_hard", "_has_swap", "_is_mglru", "_recent", "_stored", "_swappiness", "cold_anon")  # fmt: skip

    def __init__(self, machine: Machine, physics: Physics) -> None:
        self._has_swap, self._is_mglru = machine.swap_total_pages > 0, machine.is_mglru
        self._anon_cost = physics.anon_cost_ratio
        self._hard = physics.hard_file_pages
        self._floor = physics.floor_file_pages
        self._recent = physics.recent_refault_ratio
        anon = float(machine.swappiness_count)
        self._swappiness = anon, max(SWAPPINESS_SUM_COUNT - anon, 0.0)
        self._stored = 1 / machine.zram_ratio if machine.swap_kind == ZRAM else 0.0
        self.cold_anon = 0.0

    def can_swap(self, stocks: Stocks) -> bool:
        """Whether anonymous pages can go anywhere at all."""
        return stocks.swap_room >= _SWAP_ROOM_MIN_PAGES and self._swappiness[0] > 0

    def anon_share(self, stocks: Stocks, node: NodeStocks) -> float:
        """Anonymous share of what is scanned."""
        if stocks.swap_room < _SWAP_ROOM_MIN_PAGES or not self._has_swap:
            return 0.0
        if self._is_mglru:
            return max(self._mglru_share(stocks), self._last_share(node))
        if node.stream + node.warm + node.free <= node.high:
            return 1.0
        if stocks.recent_file < _SWAP_ROOM_MIN_PAGES:
            return 0.0  # cache_trim_mode: page cache that nobody came back for lately
        anon, file = self._swappiness
        cost = stocks.recent_anon / (stocks.recent_anon + stocks.recent_file + 1)
        anon, file = anon / (1 + cost), file / (2 - cost)
        share = anon / (anon + file)
        if 0 < share < 1 and max(node.anon, node.file) < _BATCHED_MAX_PAGES:
            share += (0.5 - share) * _BATCH_PULL_RATIO
        return share

    def _mglru_share(self, stocks: Stocks) -> float:
        """File, unless refaults that the kernel calls recent speak against it (``get_type_to_scan``)."""
        anon, file = self._swappiness
        seen = stocks.recent_file * self._recent
        if not anon or seen < _SWAP_ROOM_MIN_PAGES:
            return 0.0
        return anon * seen / (anon * seen + file * (stocks.recent_anon + 1))

    def _last_share(self, node: NodeStocks) -> float:
        """Page cache whose generations are used up gives way to the other type (``isolate_folios``)."""
        return 1 - self.yield_ratio(node) if self._swappiness[0] else 0.0

    def yield_ratio(self, node: NodeStocks) -> float:
        """Freed of what is scanned in the page cache: little is left where little is cached."""
        easy = node.stream + node.warm - self._floor
        return easy / (easy + self._hard) if easy > 0 else 0.0

    def cost_ratio(self, stocks: Stocks, node: NodeStocks, share: float) -> float:
        """Work per page scanned, in pages of clean cache: a page is dear once it is written to swap."""
        if share <= 0 or node.anon_aged < 1:
            return 1.0
        return 1 + share * self._easy(stocks, node) * self._anon_cost

    def _easy(self, stocks: Stocks, node: NodeStocks) -> float:
        """The part of the anonymous pages scanned that nobody uses."""
        if node.anon <= 0:
            return 0.0
        cold = max(0.0, self.cold_anon - stocks.cold_swapped) * node.anon / stocks.anon
        hot = max(0.0, node.anon - cold)
        return cold / (cold + 0.5 * hot) if cold > 0 else 0.0

    def take(self, stocks: Stocks, node: NodeStocks, scan_pages: float) -> float:
        """Scans, frees and returns how many pages it freed."""
        share = self.anon_share(stocks, node)
        if share > 0 and node.anon_aged < 1 and node.anon > 0:
            # Pages just faulted in count as used: the first pass over the list frees none of them.
            passed = scan_pages * share / max(1 - share, 0.02)
            node.anon_aged = min(1.0, node.anon_aged + passed / node.anon)
            share = 0.0
        freed = self._take_file(node, scan_pages * (1 - share) * self.yield_ratio(node))
        if share > 0:
            freed += self._take_anon(stocks, node, scan_pages * share)
        node.free += freed
        return freed

    def take_file(self, node: NodeStocks, wanted_pages: float) -> float:
        """node_reclaim's way: page cache only, and not the last of it."""
        freed = self._take_file(node, min(wanted_pages, max(0.0, node.file - node.unmapped)))
        node.free += freed
        return freed

    def _take_file(self, node: NodeStocks, wanted: float) -> float:
        got = node.stream + node.warm - self._floor
        if got <= 0:
            return 0.0
        got = min(got, wanted)
        stream = min(node.stream, got)
        node.stream -= stream
        node.warm -= got - stream
        return got

    def _take_anon(self, stocks: Stocks, node: NodeStocks, scanned: float) -> float:
        """What nobody uses leaves at once; what is in use is found so, most of the time."""
        anon = node.anon
        if anon <= 0:
            return 0.0
        cold = max(0.0, self.cold_anon - stocks.cold_swapped) * anon / stocks.anon
        hot = max(0.0, anon - cold)
        easy = cold / (cold + 0.5 * hot) if cold > 0 else 0.0
        from_cold = min(scanned * easy, cold, stocks.swap_room)
        mistaken = _MISTAKEN_RATIO if cold > 0 else _LAST_RESORT_RATIO
        from_hot = min(scanned * (1 - easy) * mistaken, hot, stocks.swap_room - from_cold)
        stocks.cold_swapped += from_cold
        stocks.hot_swapped += from_hot
        got = from_cold + from_hot
        stocks.swap_room -= got
        stocks.swap_out += got
        stocks.recent_anon += got
        node.anon -= got
        return got * (1 - self._stored)
