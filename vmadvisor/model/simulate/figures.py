"""Figures of runs: means over seeds, and what is foretold when they are anchored on what was measured."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log

from vmadvisor.model.simulate.applied import Applied
from vmadvisor.model.simulate.engine import run, run_in_parts
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.measured import Rate
from vmadvisor.model.simulate.outcome import Instant, Outcome, since
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.records import dataclass

FULL_S_PER_REFAULT = 1e-6
FULL_S_PER_SWAP_IN = 3e-5
FULL_S_PER_NODE_SCAN = 5e-6
FULL_S_PER_STALL = 5e-4
FULL_S_PER_KSWAPD_S = 0.55
"""What each adds to PSI's full time, fitted on lab recordings; only their proportion matters where full
time was measured."""

STALLS = "stalls"
LEAST = {
    "stalls": 0.01, "full": 0.001, "scan": 20.0, "anon": 5.0, "file": 20.0, "swap_in": 5.0,
    "free": 1.0,
}  # fmt: skip
"""Rates below these are as good as none: ratios are taken between what lies above."""

MODEL_LOG = {
    "stalls": 0.9, "full": 0.5, "scan": 0.5, "anon": 0.8, "file": 0.4, "swap_in": 0.8, "free": 0.25,
}  # fmt: skip
"""How far runs under a setting that changes much are off, as a logarithm's standard deviation; found on
pairs of lab recordings (``tests/bench/whatif.py``)."""

REPEAT_LOG = {
    "full": 0.3, "scan": 0.3, "anon": 0.3, "file": 0.2, "swap_in": 0.3, "free": 0.1,
}  # fmt: skip
"""How far repeats of one load are apart beyond what their parts show, likewise."""

_FAR_LOG = 1.0
Z_90 = 1.645
_CHANCE_LOG = 0.3
_EPISODE_COUNT = 5.0
"""Stalls come in episodes of about so many: a count of n is as uncertain as n / 5 events."""


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
    """A run's figures by name, means over seeds.

    ``earlier_full_s``: where only a run's end is asked for, seconds without progress before that.
    """

    stalls: float
    full: float
    scan: float
    anon: float
    file: float
    swap_in: float
    swap_out: float
    free: float
    kills: float
    trajectory: tuple[Instant, ...]
    earlier_full_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One possible host under the present settings and others; weights sum to 1."""

    weight_ratio: float
    base: Means
    run: Means


def chance_variance(stalls_count: float) -> float:
    """Variance of the logarithm of a count of stalls, from one repeat to the next."""
    return _CHANCE_LOG**2 + 1 / (1 + stalls_count / _EPISODE_COUNT)


def means_of(found: Applied, physics: Physics, seeds: Sequence[int]) -> Means:
    """Runs once for every seed."""
    return _means(
        [run(found.machine, found.demand, physics, seed=seed) for seed in seeds], found.machine
    )


def means_of_end(
    found: Applied, physics: Physics, seeds: Sequence[int], *, skipped_count: int
) -> Means:
    """Of the intervals after so many; kills are those of the whole run."""
    looks = [tuple(run_in_parts(found.machine, found.demand, physics, seed=seed)) for seed in seeds]
    before = [look[skipped_count - 1] for look in looks]
    ends = [since(first, look[-1]) for first, look in zip(before, looks, strict=True)]
    return replace(
        _means(ends, found.machine),
        kills=sum(look[-1].kills_count for look in looks) / len(looks),
        earlier_full_s=sum(_full_s(one, found.machine) for one in before) / len(before),
    )


def _means(runs: Sequence[Outcome], machine: Machine) -> Means:
    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    seconds = runs[0].seconds_s
    return Means(
        stalls=mean([one.stalls_count for one in runs]) / seconds,
        full=mean([_full_s(one, machine) for one in runs]) / seconds,
        scan=mean([one.node_scan_pages for one in runs]) / seconds,
        anon=mean([one.refault_anon_pages for one in runs]) / seconds,
        file=mean([one.refault_file_pages for one in runs]) / seconds,
        swap_in=mean([one.swap_in_pages for one in runs]) / seconds,
        swap_out=mean([one.swap_out_pages for one in runs]) / seconds,
        free=mean([one.mean_free_pages for one in runs]),
        kills=mean([one.kills_count for one in runs]),
        trajectory=runs[0].trajectory,
    )


def _full_s(outcome: Outcome, machine: Machine) -> float:
    """Seconds in which nobody could go on: waits for pages that were evicted, stalls, kswapd's own time."""
    waits = outcome.refault_file_pages * FULL_S_PER_REFAULT
    waits += outcome.swap_in_pages * FULL_S_PER_SWAP_IN
    if machine.psi_counts_node_reclaim:
        waits += (outcome.node_scan_pages + outcome.node_tries_count) * FULL_S_PER_NODE_SCAN
    waits += outcome.stalls_count * FULL_S_PER_STALL
    waits += outcome.kswapd_cpu_s * FULL_S_PER_KSWAPD_S + outcome.blocked_s
    return min(waits, outcome.seconds_s)


def as_measured(rate: Rate | None) -> Figure | None:
    """A rate as it was counted, with what its parts say of its spread."""
    return None if rate is None else Figure(value=rate.value, low=rate.low, high=rate.high)


def scaled(figure: Figure, factor: float) -> Figure:
    """The figure in another unit."""
    return Figure(value=figure.value * factor, low=figure.low * factor, high=figure.high * factor)


def anchored(name: str, rate: Rate, pairs: Sequence[Pair], seconds_s: float) -> Figure:
    """Measured times the ratio of two runs, with what is as good as nothing on both sides of it.

    The further a setting takes the host from its present state, the less does what a run has wrong about
    that state say of the other: the measured figure then counts for less, and the interval is wider.
    """
    least = 1 / seconds_s if name == STALLS else LEAST[name]
    measured_log = log(rate.value + least)
    trust = _trust_ratio(name, rate, seconds_s)
    told, near = [], 0.0
    for one in pairs:
        base_log, run_log = (log(getattr(each, name) + least) for each in (one.base, one.run))
        same = exp(-abs(run_log - base_log) / _FAR_LOG)
        near += one.weight_ratio * same
        told.append(run_log + (same + (1 - same) * trust) * (measured_log - base_log))
    weights = [one.weight_ratio for one in pairs]
    middle = sum(w * each for w, each in zip(weights, told, strict=True))
    variance = sum(w * (each - middle) ** 2 for w, each in zip(weights, told, strict=True))
    variance += (1 - near) * MODEL_LOG[name] ** 2 + _chance_variance(
        name, exp(middle), rate, seconds_s
    )
    spread = Z_90 * variance**0.5
    value, low, high = (max(0.0, exp(middle + by) - least) for by in (0.0, -spread, spread))
    return Figure(value=0.0 if value < least / 2 else value, low=min(low, value), high=high)


def _trust_ratio(name: str, rate: Rate, seconds_s: float) -> float:
    """How much of a run's error under the present settings is its own, not chance in what was measured."""
    own = MODEL_LOG[name] ** 2
    return own / (own + _chance_variance(name, rate.value + LEAST[name], rate, seconds_s))


def _chance_variance(name: str, level: float, rate: Rate, seconds_s: float) -> float:
    """Of the logarithm of a figure at this level, from one repeat to the next."""
    if name == STALLS:
        return chance_variance(level * seconds_s)
    return log(1 + rate.error / (rate.value + LEAST[name])) ** 2 + REPEAT_LOG[name] ** 2


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
