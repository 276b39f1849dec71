"""Delays are weighed by the stalls that their runs lead to; few stalls leave many of them standing."""

from math import exp, log

import pytest

from vmadvisor.model.simulate.applied import Applied
from vmadvisor.model.simulate.calibrate import members, typical
from vmadvisor.model.simulate.physics import Physics


@pytest.fixture
def host(machine, breathing):
    return Applied(machine=machine(), demand=breathing(50_000.0, 2_500.0), notes=())


def spread_log(found):
    middle = log(typical(found).wake_delay_s)
    parts = [one.weight_ratio * (log(one.physics.wake_delay_s) - middle) ** 2 for one in found]
    return sum(parts) ** 0.5


def test_weights_sum_to_one_and_the_likeliest_comes_first(host):
    found = members(host, Physics(), 120.0)

    weights = [one.weight_ratio for one in found]
    assert sum(weights) == pytest.approx(1)
    assert weights == sorted(weights, reverse=True)


def test_the_believed_delays_give_about_the_stalls_that_were_counted(host):
    found = members(host, Physics(), 120.0)

    logs = [one.weight_ratio * log(one.base.stalls * host.demand.seconds_s + 1) for one in found]
    assert exp(sum(logs)) == pytest.approx(120, rel=0.6)


def test_more_stalls_mean_a_later_kswapd(host):
    few, many = (typical(members(host, Physics(), count)) for count in (40.0, 600.0))

    assert many.wake_delay_s > 1.7 * few.wake_delay_s


def test_a_host_that_could_not_stall_keeps_the_usual_delay_and_its_spread(
    machine, demand, interval
):
    quiet = demand([interval()] * 5, usable=(9_000.0,), file=(500.0,), anon=(300.0,))

    found = members(Applied(machine=machine(), demand=quiet, notes=()), Physics(), 0.0)

    assert typical(found).wake_delay_s == pytest.approx(Physics().wake_delay_s, rel=0.5)
    assert spread_log(found) > 0.5


def test_without_a_count_the_usual_delay_stands(host):
    found = members(host, Physics(), None)

    assert typical(found).wake_delay_s == pytest.approx(Physics().wake_delay_s, rel=0.5)
