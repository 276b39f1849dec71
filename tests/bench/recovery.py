"""How well tempers are recovered from hosts whose tempers are known: ``synthetic_hosts``.

    python tests/bench/recovery.py --hosts 60 --seconds 60

Estimates are to be within 20 % of the truth; 90 % intervals are to hold it nine times in ten.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from synthetic_hosts import drawn_demand, drawn_machine, drawn_physics, moments_of

from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.simulate.applied import Applied
from vmadvisor.model.simulate.calibrate import delay_of, members
from vmadvisor.model.simulate.demand import demand_of
from vmadvisor.model.simulate.measured import measured
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.model.simulate.physics import Physics, estimated

NEAR_RATIO = 0.2
LIKE = Path(__file__).resolve().parents[2] / "fixtures" / "6.12-cache-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Estimates over truths, and whether the interval of the delay held it."""

    ratios: dict[str, float]
    is_delay_inside: bool
    stalls_count: float


def like() -> Observed:
    """A moment of a real guest, for what a synthetic host does not have."""
    found = observed(next(iter(walk(LIKE))))
    assert found is not None
    return found


def recover(seed: int, seconds_s: float, base: Observed) -> Recovered:
    """Draws a host, records it, and estimates it from the recording alone."""
    chance = random.Random(seed)
    machine, truth = drawn_machine(chance), drawn_physics(chance)
    load = drawn_demand(chance, machine, seconds_s)
    moments = moments_of(machine, load, truth, base, seed=10_000 + seed)
    seen = demand_of(moments)
    assert seen is not None
    counted = measured(moments, zone_reclaim_mode=0)
    assert counted.stalls is not None
    stalls_count = counted.stalls.value * counted.seconds_s
    physics = estimated(moments, Physics())
    found = members(Applied(machine=machine, demand=seen, notes=()), physics, stalls_count)
    delay = delay_of(found)
    wanted, had = (sum(one.anon_alloc_pages for one in each.intervals) for each in (seen, load))
    return Recovered(
        ratios={
            "delay": delay.value / truth.wake_delay_s,
            "kswapd rate": physics.kswapd_pages_per_s / truth.kswapd_pages_per_s,
            "pages a stall": physics.stall_batch_pages / truth.stall_batch_pages,
            "demand": wanted / had,
        },
        is_delay_inside=delay.low <= truth.wake_delay_s <= delay.high,
        stalls_count=stalls_count,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints, by temper, how far estimates are off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    base = like()
    found = [
        recover(seed, options.seconds, base)
        for seed in range(options.seed, options.seed + options.hosts)
    ]
    stalls = sorted(one.stalls_count for one in found)
    print(
        f"{len(found)} hosts of {options.seconds:g} s, {stalls[0]:.0f} to {stalls[-1]:.0f} stalls, median {median(stalls):.0f}"
    )
    for name in found[0].ratios:
        ratios = [one.ratios[name] for one in found]
        near = sum(abs(ratio - 1) <= NEAR_RATIO for ratio in ratios)
        off = median(max(ratio, 1 / ratio) for ratio in ratios)
        print(
            f"{name:14} median x{median(ratios):.2f}, typically off x{off:.2f}, within 20 %: {near}/{len(found)}"
        )
    inside = sum(one.is_delay_inside for one in found)
    print(f"delay inside its 90 % interval: {inside}/{len(found)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
