"""The one number that a recording shows only through what it did: how late kswapd comes.

Stalls under the present settings were counted; the delay is the one with which the run counts as many.
Where none were counted, the usual delay stands unless the run stalls with it.
"""

from dataclasses import replace

from vmadvisor.model.simulate.demand import Demand
from vmadvisor.model.simulate.engine import run
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.physics import Physics

DELAY_MIN_S, DELAY_MAX_S = 0.0005, 0.25
SEEDS = (11, 12)
_HALVINGS_COUNT = 6
_FEW_COUNT = 3.0
"""So many stalls in a whole recording are chance: they bound the delay, they do not fix it."""


def fitted(machine: Machine, demand: Demand, physics: Physics, stalls_count: float) -> Physics:
    """``physics`` with the delay that gives ``stalls_count`` stalls over the demand, if one does."""
    usual = _stalls(machine, demand, physics)
    if stalls_count < _FEW_COUNT and usual <= _FEW_COUNT:
        return physics
    target = max(stalls_count, 1.0)
    if usual > target:
        least, most = DELAY_MIN_S, physics.wake_delay_s
    else:
        least, most = physics.wake_delay_s, DELAY_MAX_S
    for _ in range(_HALVINGS_COUNT):
        middle = (least * most) ** 0.5
        if _stalls(machine, demand, replace(physics, wake_delay_s=middle)) > target:
            most = middle
        else:
            least = middle
    return replace(physics, wake_delay_s=(least * most) ** 0.5)


def _stalls(machine: Machine, demand: Demand, physics: Physics) -> float:
    return sum(run(machine, demand, physics, seed=seed).stalls_count for seed in SEEDS) / len(SEEDS)
