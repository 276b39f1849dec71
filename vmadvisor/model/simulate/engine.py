"""One run: demand meets the machine, a few milliseconds a step.

A request is served above the low mark of its node, else of another; where all are below, kswapd is woken
and comes late; from min on every 32 or so pages cost a stall (``__alloc_pages_slowpath``). kswapd frees
until high. Its delays are drawn anew each time: the scheduler's tail, not its mean, makes stalls.
"""

from collections.abc import Iterator
from math import ceil

from vmadvisor.model.simulate.allocator import ANON, KERNEL, STREAM, WARM, Allocator
from vmadvisor.model.simulate.demand import Demand, Interval
from vmadvisor.model.simulate.kswapd import Kswapd
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.noise import Noise
from vmadvisor.model.simulate.outcome import Instant, Outcome
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.reclaim import Reclaim
from vmadvisor.model.simulate.stocks import ASLEEP, Stocks

STEP_S = 0.02
STEPS_MAX_COUNT = 20_000
CALM_STEP_S = 0.2
_DELAYS = 1_000
_RECENT_S = 2.0
"""How long a refault counts as lately."""


def run(machine: Machine, demand: Demand, physics: Physics, *, seed: int) -> Outcome:
    """Runs the whole demand once."""
    return _Run(machine, demand, physics, seed).whole()


def run_in_parts(
    machine: Machine, demand: Demand, physics: Physics, *, seed: int
) -> Iterator[Outcome]:
    """One run, looked at after every interval: counts from the beginning on."""
    return _Run(machine, demand, physics, seed).parts()


class _Run:
    def __init__(self, machine: Machine, demand: Demand, physics: Physics, seed: int) -> None:
        self.machine, self.demand, self.physics = machine, demand, physics
        self.placement = Noise(seed)
        """Of bursts; a sequence of its own, so that other settings meet the same load."""
        self.stocks = Stocks(machine, demand.start, is_reuse_seen=demand.is_reuse_seen)
        self.reclaim = Reclaim(machine, physics)
        swaps = machine.swap_total_pages > 0
        self.kswapd = Kswapd(
            self.stocks,
            self.reclaim,
            physics,
            Noise(seed + _DELAYS),
            swaps=swaps,
            stays_hopeless=machine.kswapd_stays_hopeless,
        )
        self.allocator = Allocator(machine, physics, self.stocks, self.reclaim, self.kswapd)
        self.now_s = 0.0
        self.step_s = max(STEP_S, demand.seconds_s / STEPS_MAX_COUNT)
        self.killed_ratio = 0.0
        self.free_integral = 0.0
        self.blocked_s = 0.0
        self.trajectory: list[Instant] = []

    def whole(self) -> Outcome:
        """Every interval in turn."""
        for interval in self.demand.intervals:
            self._interval(interval)
            self._note()
        return self._outcome(self.demand.seconds_s)

    def parts(self) -> Iterator[Outcome]:
        """What it came to after each interval."""
        seconds_s = 0.0
        for interval in self.demand.intervals:
            self._interval(interval)
            self._note()
            seconds_s += interval.seconds_s
            yield self._outcome(seconds_s)

    def _outcome(self, seconds: float) -> Outcome:
        stocks = self.stocks
        return Outcome(
            seconds_s=seconds,
            stalls_count=stocks.stalls,
            node_scan_pages=stocks.node_scan,
            node_tries_count=stocks.node_tries,
            refault_file_pages=stocks.refault_file,
            refault_anon_pages=stocks.refault_anon,
            swap_in_pages=stocks.swap_in,
            swap_out_pages=stocks.swap_out,
            kswapd_pages=stocks.kswapd_pages,
            kswapd_cpu_s=stocks.kswapd_cpu_s,
            wakes_count=stocks.wakes,
            kills_count=stocks.kills,
            blocked_s=self.blocked_s,
            mean_free_pages=self.free_integral / seconds if seconds else stocks.free,
            trajectory=tuple(self.trajectory),
        )

    def _note(self) -> None:
        stocks = self.stocks
        self.trajectory.append(
            Instant(
                time_s=self.now_s,
                free_pages=stocks.free,
                file_pages=stocks.file,
                anon_pages=stocks.anon,
                swapped_pages=stocks.swapped,
                stalls_count=stocks.stalls,
                kills_count=stocks.kills,
            )
        )

    def _interval(self, interval: Interval) -> None:
        """Frees come first, then the burst, at a moment of chance; the rest is spread evenly."""
        calm = self._is_calm(interval)
        steps = max(
            1, ceil(interval.seconds_s / (max(CALM_STEP_S, self.step_s) if calm else self.step_s))
        )
        step_s = interval.seconds_s / steps
        alive = 1 - self.killed_ratio
        wanted = interval.anon_alloc_pages * alive
        burst_steps = min(steps, max(1, ceil(wanted / (self.physics.burst_pages_per_s * step_s))))
        first = int(self.placement.share() * (steps - burst_steps + 1))
        per_step = wanted / burst_steps
        self.reclaim.cold_anon = self._cold_anon(interval)
        kept, lent = self._aside(interval, alive)
        kernel = (interval.kernel_pages - kept + lent) / steps
        read = (interval.cold_read_pages + interval.written_pages) / steps
        self.stocks.drop(interval.dropped_pages)
        short = 0.0
        for step in range(steps):
            if step == first:
                self.stocks.give_back(interval.anon_free_pages * alive)
                short = self.stocks.set_aside(kept - lent)
            is_burst = first <= step < first + burst_steps
            more = short if step == first else 0.0
            self._step(interval, step_s, per_step if is_burst else 0.0, kernel + more, read)

    @staticmethod
    def _aside(interval: Interval, alive: float) -> tuple[float, float]:
        """Pages freed that stay on per-CPU lists, and pages that the next burst takes from there.

        Neither counts as free (``NR_FREE_PAGES``), and both look like kernel memory that grows as anonymous
        memory is freed, and shrinks as it is taken.
        """
        kept = min(max(0.0, interval.kernel_pages), interval.anon_free_pages * alive)
        lent = min(max(0.0, -interval.kernel_pages), interval.anon_alloc_pages * alive)
        return kept, lent

    def _is_calm(self, interval: Interval) -> bool:
        """No mark is in reach within this interval: long steps will do."""
        stocks = self.stocks
        if stocks.backlog > 0 or stocks.hot_swapped > 0:
            return False
        most = interval.anon_alloc_pages + interval.cold_read_pages + interval.written_pages
        most += max(0.0, interval.kernel_pages) + interval.reread_pages_per_s * interval.seconds_s
        return all(node.kswapd == ASLEEP and node.free - most > node.low for node in stocks.nodes)

    def _cold_anon(self, interval: Interval) -> float:
        """Idle processes' memory, and some of the busy ones' too."""
        stocks = self.stocks
        busy = max(0.0, stocks.anon + stocks.swapped - interval.idle_anon_pages)
        return interval.idle_anon_pages + busy * self.physics.busy_idle_ratio

    def _step(
        self, interval: Interval, step_s: float, burst: float, kernel: float, read: float
    ) -> None:
        stocks = self.stocks
        self.kswapd.step(self.now_s, step_s)
        self.allocator.now_s = self.now_s
        self._want(interval, burst, step_s)
        if kernel >= 0:
            self.allocator.request(interval.intended_ratio, kernel, KERNEL, step_s)
        else:
            stocks.nodes[0].free -= kernel
        self._read(interval, read, step_s)
        self._return_hot(interval, step_s)
        fade = 1 - step_s / _RECENT_S
        stocks.recent_file *= fade
        stocks.recent_anon *= fade
        self.now_s += step_s
        self.free_integral += stocks.free * step_s

    def _want(self, interval: Interval, pages: float, step_s: float) -> None:
        """Anonymous memory; who does not get it waits, and at last someone is killed."""
        stocks = self.stocks
        was_blocked = stocks.backlog > 0
        pages += stocks.backlog
        stocks.backlog = self.allocator.request(interval.intended_ratio, pages, ANON, step_s)
        if stocks.backlog <= 0:
            return
        self.blocked_s += step_s
        if not was_blocked:
            stocks.last_progress_s = self.now_s
        self._maybe_kill()

    def _maybe_kill(self) -> None:
        """Nothing was freed for a while although someone waits: the largest process goes."""
        stocks = self.stocks
        if self.now_s - stocks.last_progress_s < self.physics.oom_after_s:
            return
        anon = stocks.anon
        victim = min(max(self.demand.largest_anon_pages, anon * 0.1), anon)
        if anon <= 0:
            return
        stocks.give_back(victim)
        self.killed_ratio += (1 - self.killed_ratio) * victim / anon
        stocks.kills += 1
        stocks.backlog = 0.0
        stocks.last_progress_s = self.now_s

    def _read(self, interval: Interval, cold: float, step_s: float) -> None:
        kind = WARM if self.demand.is_reuse_seen else STREAM
        self.allocator.request(interval.intended_ratio, cold, kind, step_s)
        if interval.reread_pages_per_s <= 0 or interval.working_set_pages <= 0:
            return
        there = min(1.0, self.stocks.warm / interval.working_set_pages)
        misses = interval.reread_pages_per_s * step_s * (1 - there**self.physics.miss_count)
        misses = min(misses, max(0.0, interval.working_set_pages - self.stocks.warm))
        if self.allocator.has_scanned:
            misses *= self.physics.node_pace_ratio
        self.allocator.has_scanned = False
        if misses > 0:
            self.stocks.refault_file += misses
            self.stocks.recent_file += misses
            self.allocator.request(interval.intended_ratio, misses, WARM, step_s)

    def _return_hot(self, interval: Interval, step_s: float) -> None:
        """Swapped pages that are in use come back."""
        stocks = self.stocks
        if stocks.hot_swapped <= 0:
            return
        back = stocks.hot_swapped * min(1.0, step_s / self.physics.hot_return_s)
        stocks.hot_swapped -= back
        stocks.swap_room += back
        stocks.swap_in += back
        stocks.refault_anon += back
        stocks.recent_anon += back
        stocks.backlog += self.allocator.request(interval.intended_ratio, back, ANON, step_s)
