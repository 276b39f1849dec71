"""kswapd: woken when no node passes its low mark, late by a moment of chance, freeing up to high.

``mm/vmscan.c:kswapd``, ``balance_pgdat``. How much it may do in a step is its credit: what fills up to high
is done at once, the rest serves those who would else reclaim for themselves.
"""

from math import log

from vmadvisor.model.simulate.noise import Noise
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.reclaim import Reclaim
from vmadvisor.model.simulate.stocks import (
    ASLEEP,
    COMING,
    HOPELESS,
    RUNNING,
    NodeStocks,
    Stocks,
)

HOPELESS_BRIEF_S = 0.05
BATCH_PAGES = 32.0
"""``SWAP_CLUSTER_MAX``."""

_PASSES_PER_STEP_RATIO = 0.25
"""It goes through its lists so often in a step at most, then rests (``kswapd_failures``)."""

_EASE_MIN_RATIO = 0.05


class Kswapd:
    """The kswapd of every node; ``swaps`` says whether anonymous lists are gone through too."""

    __slots__ = ("_noise", "_physics", "_reclaim", "_stays_hopeless", "_stocks", "_swaps")  # fmt: skip

    def __init__(
        self,
        stocks: Stocks,
        reclaim: Reclaim,
        physics: Physics,
        noise: Noise,
        *,
        swaps: bool,
        stays_hopeless: bool,
    ) -> None:
        self._stays_hopeless = stays_hopeless
        self._stocks, self._reclaim, self._physics = stocks, reclaim, physics
        self._noise, self._swaps = noise, swaps

    def step(self, now_s: float, step_s: float) -> None:
        """Gives each running one its credit for this step; it first fills up to high."""
        for node in self._stocks.nodes:
            node.credit = 0.0
            if node.kswapd == COMING and now_s + step_s > node.comes_s:
                node.kswapd = RUNNING
                node.credit = self._rate(node) * min(step_s, now_s + step_s - node.comes_s)
            elif node.kswapd == RUNNING:
                node.credit = self._rate(node) * step_s
            if node.kswapd == RUNNING:
                self.free(node, node.high - node.free, now_s)
                if node.free >= node.high:
                    node.kswapd = ASLEEP
                self._watch_failures(node, now_s, step_s)
            elif node.kswapd == HOPELESS and now_s >= node.comes_s:
                node.kswapd = ASLEEP

    def _watch_failures(self, node: NodeStocks, now_s: float, step_s: float) -> None:
        """``kswapd_failures``: it gives up where high cannot be reached with the little there is to take.

        Until 6.17 the first page that a direct reclaimer frees brings it back (``shrink_node``); since then
        it stays asleep, and every request below min reclaims for itself.
        """
        is_failing = (
            node.kswapd == RUNNING
            and node.file < self._physics.hopeless_file_pages
            and not self._reclaim.can_swap(self._stocks)
        )
        node.failing_s = node.failing_s + step_s if is_failing else 0.0
        if node.failing_s >= self._physics.hopeless_after_s:
            node.failing_s = 0.0
            node.kswapd = HOPELESS
            rest_s = self._physics.hopeless_s if self._stays_hopeless else HOPELESS_BRIEF_S
            node.comes_s = now_s + rest_s

    def wake(self, now_s: float, step_s: float) -> float:
        """Wakes whoever sleeps; returns the share of this step that passes before the first comes."""
        soonest_s = step_s
        for node in self._stocks.nodes:
            if node.kswapd == ASLEEP and node.free < node.high:
                delay_s = self._delay_s()
                self._stocks.wakes += 1
                if delay_s < step_s:
                    node.kswapd = RUNNING
                    node.credit = self._rate(node) * (step_s - delay_s)
                else:
                    node.kswapd, node.comes_s = COMING, now_s + delay_s
                soonest_s = min(soonest_s, delay_s)
            elif node.kswapd == RUNNING:
                soonest_s = 0.0
        return soonest_s / step_s

    def free(self, node: NodeStocks, wanted: float, now_s: float) -> None:
        """Scans for ``wanted`` pages within the node's credit."""
        if wanted <= 0 or node.credit <= 0:
            return
        ease = max(self._reclaim.yield_ratio(node), _EASE_MIN_RATIO)
        listed = node.file + (node.anon if self._swaps else 0.0)
        scan = min(wanted / ease, node.credit, max(BATCH_PAGES, listed * _PASSES_PER_STEP_RATIO))
        rate = self._rate(node)
        freed = self._reclaim.take(self._stocks, node, scan)
        node.credit -= scan
        self._stocks.kswapd_pages += freed
        self._stocks.kswapd_cpu_s += scan / rate
        if freed >= 1:
            self._stocks.last_progress_s = now_s

    def _rate(self, node: NodeStocks) -> float:
        """Pages that it can scan in a second."""
        share = self._reclaim.anon_share(self._stocks, node)
        if share <= 0:
            return self._physics.kswapd_pages_per_s
        return self._physics.kswapd_pages_per_s / self._reclaim.cost_ratio(
            self._stocks, node, share
        )

    def _delay_s(self) -> float:
        """A Weibull delay: exponential at a shape of 1, with a longer tail below."""
        spread = -log(1 - self._noise.share())
        return float(self._physics.wake_delay_s * spread ** (1 / self._physics.wake_shape_count))
