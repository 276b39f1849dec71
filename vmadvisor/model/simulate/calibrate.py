"""How late kswapd comes: the one temper that a recording shows only through the stalls it led to.

Delays of several sizes are tried; each is weighed by how well its run agrees with the stalls that were
counted, and by how usual it is. Few stalls leave many delays standing, and the intervals wide.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log

from vmadvisor.model.simulate.applied import Applied
from vmadvisor.model.simulate.figures import Z_90, Figure, Means, chance_variance, means_of
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.records import dataclass

SEEDS = (1, 2)
DELAYS_S = (0.0004, 0.0008, 0.0016, 0.0028, 0.005, 0.009, 0.018, 0.036, 0.08)
"""From a CPU that idles beside the waker to one that is shared by many."""

_SPREAD_LOG = log(3.0)
"""Hosts differ in their usual delay by this factor."""

_MODEL_LOG = 0.4

_STEP_LOG = log(DELAYS_S[-1] / DELAYS_S[0]) / (len(DELAYS_S) - 1)

_KEPT_RATIO = 0.1
_KEPT_MAX_COUNT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One possible host: its physics, how much it is to be believed, its run under the present settings."""

    physics: Physics
    weight_ratio: float
    base: Means
    seeds: tuple[int, ...] = SEEDS


def members(own: Applied, physics: Physics, stalls_count: float | None) -> list[Member]:
    """The likeliest hosts, the likeliest first; weights sum to 1. Without a count the usual ones."""
    tried = []
    for delay_s in DELAYS_S:
        each = replace(physics, wake_delay_s=delay_s)
        base = means_of(own, each, SEEDS)
        weight = -((log(delay_s / physics.wake_delay_s) / _SPREAD_LOG) ** 2) / 2
        if stalls_count is not None:
            weight += _agreement(base.stalls * own.demand.seconds_s, stalls_count)
        tried.append((weight, each, base))
    tried.sort(key=lambda one: -one[0])
    best = tried[0][0]
    kept = [one for one in tried[:_KEPT_MAX_COUNT] if exp(one[0] - best) >= _KEPT_RATIO]
    total = sum(exp(weight - best) for weight, _, _ in kept)
    return [
        Member(physics=each, weight_ratio=exp(weight - best) / total, base=base)
        for weight, each, base in kept
    ]


def _agreement(simulated_count: float, counted: float) -> float:
    """Logarithm of the likelihood."""
    off = log((simulated_count + 1) / (counted + 1))
    return -off * off / (2 * (chance_variance(counted) + _MODEL_LOG**2))


def typical(found: Sequence[Member]) -> Physics:
    """The likeliest physics, with the weighted mean of the delays."""
    middle = exp(sum(one.weight_ratio * log(one.physics.wake_delay_s) for one in found))
    return replace(found[0].physics, wake_delay_s=middle)


def delay_of(found: Sequence[Member]) -> Figure:
    """The delay in seconds, with its 90 % interval; between two delays that were tried any may be true."""
    middle = log(typical(found).wake_delay_s)
    variance = sum(
        one.weight_ratio * (log(one.physics.wake_delay_s) - middle) ** 2 for one in found
    )
    spread = Z_90 * (variance + _STEP_LOG**2 / 12) ** 0.5
    return Figure(value=exp(middle), low=exp(middle - spread), high=exp(middle + spread))
