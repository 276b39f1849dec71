"""Figures of runs: means over seeds, and what is foretold when they are anchored on what was measured."""

from collections.abc import Sequence

from vmadvisor.model.simulate.applied import Applied
from vmadvisor.model.simulate.engine import run
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.measured import Rate
from vmadvisor.model.simulate.outcome import Instant, Outcome
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.records import dataclass

FULL_S_PER_REFAULT = 1e-6
FULL_S_PER_SWAP_IN = 3e-5
FULL_S_PER_NODE_SCAN = 5e-6
FULL_S_PER_STALL = 5e-4
FULL_S_PER_KSWAPD_S = 0.55
"""What each adds to PSI's full time, fitted on lab recordings; only their proportion matters where full
time was measured."""

_LEAST = {
    "stalls": 0.01, "full": 0.001, "scan": 20.0, "anon": 5.0, "file": 20.0, "swap_in": 5.0,
    "free": 1.0,
}  # fmt: skip
"""Rates below these are as good as none: ratios are taken between what lies above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure and its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Rates over the whole recording; ``None`` where the model cannot say, and ``notes`` say why."""

    stalls_per_s: Figure | None
    full_stall_ratio: Figure | None
    node_reclaim_scan_pages_per_s: Figure | None
    refaults_anon_per_s: Figure | None
    refaults_file_per_s: Figure | None
    swapin_pages_per_s: Figure | None
    kept_free_bytes: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """A run's figures by name, means over seeds."""

    stalls: float
    full: float
    scan: float
    anon: float
    file: float
    swap_in: float
    free: float
    kills: float
    trajectory: tuple[Instant, ...]


def means_of(found: Applied, physics: Physics, seeds: Sequence[int]) -> Means:
    """Runs once for every seed."""
    runs = [run(found.machine, found.demand, physics, seed=seed) for seed in seeds]

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    seconds = runs[0].seconds_s
    return Means(
        stalls=mean([one.stalls_count for one in runs]) / seconds,
        full=mean([_full_s(one, found.machine) for one in runs]) / seconds,
        scan=mean([one.node_scan_pages for one in runs]) / seconds,
        anon=mean([one.refault_anon_pages for one in runs]) / seconds,
        file=mean([one.refault_file_pages for one in runs]) / seconds,
        swap_in=mean([one.swap_in_pages for one in runs]) / seconds,
        free=mean([one.mean_free_pages for one in runs]),
        kills=mean([one.kills_count for one in runs]),
        trajectory=runs[0].trajectory,
    )


def _full_s(outcome: Outcome, machine: Machine) -> float:
    """Seconds in which nobody could go on: waits for pages that were evicted, stalls, kswapd's own time."""
    waits = outcome.refault_file_pages * FULL_S_PER_REFAULT
    waits += outcome.swap_in_pages * FULL_S_PER_SWAP_IN
    if machine.psi_counts_node_reclaim:
        waits += outcome.node_scan_pages * FULL_S_PER_NODE_SCAN
    waits += outcome.stalls_count * FULL_S_PER_STALL
    waits += outcome.kswapd_cpu_s * FULL_S_PER_KSWAPD_S + outcome.blocked_s
    return min(waits, outcome.seconds_s)


def as_measured(rate: Rate | None) -> Figure | None:
    """A rate as it was counted, with what its parts say of its spread."""
    return None if rate is None else Figure(value=rate.value, low=rate.low, high=rate.high)


def scaled(figure: Figure, factor: float) -> Figure:
    """The figure in another unit."""
    return Figure(value=figure.value * factor, low=figure.low * factor, high=figure.high * factor)


def anchored(name: str, rate: Rate, runs: Sequence[Means], bases: Sequence[Means]) -> Figure:
    """Measured times the ratio of two runs, with what is as good as nothing on both sides of it."""
    least = _LEAST[name]
    ratios = [
        (getattr(run_, name) + least) / (getattr(base, name) + least)
        for run_, base in zip(runs, bases, strict=True)
    ]

    def of(measured_: float, ratio: float) -> float:
        return max(0.0, (measured_ + least) * ratio - least)

    value = of(rate.value, ratios[0])
    if value < least / 2:
        value = 0.0
    return Figure(
        value=value,
        low=min(value, of(rate.low, min(ratios))),
        high=max(value, of(rate.high, max(ratios))),
    )


def simulated(runs: Sequence[Means], page_bytes: int) -> Figures:
    """The runs' own figures, spread over what the physics leaves open."""

    def spread(name: str, factor: float = 1.0) -> Figure:
        values = [getattr(one, name) * factor for one in runs]
        return Figure(value=values[0], low=min(values), high=max(values))

    return Figures(
        stalls_per_s=spread("stalls"),
        full_stall_ratio=spread("full"),
        node_reclaim_scan_pages_per_s=spread("scan"),
        refaults_anon_per_s=spread("anon"),
        refaults_file_per_s=spread("file"),
        swapin_pages_per_s=spread("swap_in"),
        kept_free_bytes=spread("free", page_bytes),
    )
