"""A request for pages, step by step as the allocator takes it (``__alloc_pages_slowpath``).

Above the low mark of its node, else of another; then kswapd is woken and the gap used up; then what a
running kswapd provides; then direct reclaim, a stall for every batch.
"""

from collections.abc import Sequence

from vmadvisor.model.simulate.kswapd import BATCH_PAGES, Kswapd
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.reclaim import Reclaim
from vmadvisor.model.simulate.stocks import NodeStocks, Stocks

ANON, WARM, STREAM, KERNEL = "anon", "warm", "stream", "kernel"
"""What pages are taken for: processes, the working set, files read once, and what no run gives back."""

_EASE_MIN_RATIO = 0.02


class Allocator:
    """``has_scanned`` says whether node_reclaim has served anyone since it was last asked."""

    __slots__ = ("_kswapd", "_machine", "_physics", "_reclaim", "_stocks", "has_scanned", "now_s")

    def __init__(
        self, machine: Machine, physics: Physics, stocks: Stocks, reclaim: Reclaim, kswapd: Kswapd
    ) -> None:
        self._machine, self._physics, self._stocks = machine, physics, stocks
        self._reclaim, self._kswapd = reclaim, kswapd
        self.has_scanned = False
        self.now_s = 0.0

    def request(self, intended: Sequence[float], pages: float, kind: str, step_s: float) -> float:
        """Takes pages, meant for the nodes in these shares; returns those that could not be had."""
        if pages <= 0:
            return 0.0
        nodes, left = self._stocks.nodes, 0.0
        for place, share in enumerate(intended):
            if share > 0:
                left += self._from_node(nodes, place, pages * share, kind)
        if left <= 0:
            return 0.0
        late = self._kswapd.wake(self.now_s, step_s) * left
        for node in nodes:
            if node.free > node.min:
                got = self._grab(node, left, node.min, kind)
                left, late = left - got, late - got
        left = self._from_kswapd(left, max(0.0, late), kind)
        return self._stall(left, kind, step_s) if left > 0 else 0.0

    def _from_node(self, nodes: list[NodeStocks], place: int, wanted: float, kind: str) -> float:
        """What is not to be had above any low mark."""
        node = nodes[place]
        if node.free > node.low:
            wanted -= self._grab(node, wanted, node.low, kind)
            if wanted <= 0:
                return 0.0
        if self._machine.tries_node_reclaim and node.file > node.unmapped:
            self._stocks.node_tries += wanted
        if self._machine.does_node_reclaim and len(nodes) > 1:
            freed = self._reclaim.take_file(node, max(BATCH_PAGES, wanted + node.low - node.free))
            self._stocks.node_scan += freed
            self.has_scanned = self.has_scanned or freed > 0
            wanted -= self._grab(node, wanted, node.low, kind)
        for other in nodes:
            if other.free > other.low and wanted > 0 and other is not node:
                wanted -= self._grab(other, wanted, other.low, kind)
        return max(0.0, wanted)

    @staticmethod
    def _grab(node: NodeStocks, wanted: float, mark: float, kind: str) -> float:
        got = node.free - mark
        got = min(got, wanted)
        if got <= 0:
            return 0.0
        node.free -= got
        if kind == ANON:
            node.anon += got
        elif kind == WARM:
            node.warm += got
        elif kind == STREAM:
            node.stream += got
        return got

    def _from_kswapd(self, wanted: float, late: float, kind: str) -> float:
        """What a running kswapd does not provide: all that was wanted before it came, and beyond its rate."""
        served = wanted - late
        for node in self._stocks.nodes:
            if served > 0 and node.credit > 0:
                self._kswapd.free(node, served + max(0.0, node.min - node.free), self.now_s)
                served -= self._grab(node, served, node.min, kind)
        return late + max(0.0, served)

    def _stall(self, wanted: float, kind: str, step_s: float) -> float:
        """Direct reclaim: each pass frees a batch or less; the harder it is, the longer it takes."""
        stocks, batch, spent_s = self._stocks, self._physics.stall_batch_pages, 0.0
        nodes, take = stocks.nodes, self._reclaim.take
        each = batch / len(nodes)
        while wanted > 0 and spent_s < step_s:
            freed = 0.0
            for node in nodes:
                freed += take(stocks, node, each)
            stocks.stalls += 1
            ease = min(1.0, max(freed / batch, _EASE_MIN_RATIO))
            spent_s += self._physics.stall_s / ease
            if freed < 1:
                break
            stocks.last_progress_s = self.now_s
            for node in nodes:
                if node.free > node.min:
                    wanted -= self._grab(node, wanted, node.min, kind)
        return max(0.0, wanted)
