"""The delay is the one with which the run stalls as often as the host did."""

import pytest

from vmadvisor.model.simulate.calibrate import SEEDS, fitted
from vmadvisor.model.simulate.engine import run
from vmadvisor.model.simulate.physics import Physics


def test_the_fitted_delay_gives_the_stalls_that_were_counted(machine, breathing):
    load = breathing(50_000.0, 2_500.0)

    physics = fitted(machine(), load, Physics(), 300.0)

    stalls = [run(machine(), load, physics, seed=seed).stalls_count for seed in SEEDS]
    assert sum(stalls) / len(stalls) == pytest.approx(300, rel=0.35)


def test_more_stalls_mean_a_later_kswapd(machine, breathing):
    load = breathing(50_000.0, 2_500.0)

    few = fitted(machine(), load, Physics(), 30.0)
    many = fitted(machine(), load, Physics(), 500.0)

    assert many.wake_delay_s > 2 * few.wake_delay_s


def test_a_host_without_stalls_keeps_the_usual_delay_if_that_gives_none(machine, demand, interval):
    quiet = demand([interval()] * 5, usable=(9_000.0,), file=(500.0,), anon=(300.0,))

    assert fitted(machine(), quiet, Physics(), 0.0) == Physics()
