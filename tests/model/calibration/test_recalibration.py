"""Hosts whose true map is known: it is found, and its interval holds it as often as it says."""

import numpy as np
import pytest

from vmadvisor.model.calibration.recalibration import Prior, deviation, recalibrated

PRIOR = Prior(shift_spread=0.75, scale_spread=10**-0.5)
Z90 = 1.645


def drawn(random, shift, scale, count):
    """Log-odds said, and what came of them on a host with this map."""
    said = random.normal(-1.0, 2.5, count)
    came = (random.random(count) < 1 / (1 + np.exp(-(shift + scale * said)))).astype(float)
    return said, came


@pytest.mark.parametrize(("shift", "scale"), [(1.1, 0.6), (-1.3, 1.5), (0.8, 1.2), (-0.9, 0.7)])
def test_a_known_map_is_found_within_a_fifth(shift, scale):
    found = [
        recalibrated(*drawn(np.random.default_rng(seed), shift, scale, 4000), np.ones(4000), PRIOR)
        for seed in range(10)
    ]

    assert all(abs(one.shift - shift) < 0.2 * abs(shift) for one in found)
    assert all(abs(one.scale_ratio - scale) < 0.2 * scale for one in found)


@pytest.mark.parametrize("instants_count", [30, 200])
def test_intervals_of_90_percent_hold_about_90_percent_of_hosts(instants_count):
    """Hosts differ as the prior says; 600 of them: chance alone moves the share by 0.012 (one sigma)."""
    random, hosts_count = np.random.default_rng(11), 600
    shifts = random.normal(0, PRIOR.shift_spread, hosts_count)
    scales = random.normal(1, PRIOR.scale_spread, hosts_count)
    held = np.zeros(2)
    for shift, scale in zip(shifts, scales, strict=True):
        found = recalibrated(
            *drawn(random, shift, scale, instants_count), np.ones(instants_count), PRIOR
        )
        held += (
            abs(found.shift - shift) <= Z90 * found.shift_variance**0.5,
            abs(found.scale_ratio - scale) <= Z90 * found.scale_variance**0.5,
        )

    shares = held / hosts_count
    print(f"n = {hosts_count} hosts of {instants_count} instants: shift, scale held in {shares}")
    assert ((shares > 0.86) & (shares < 0.94)).all()


def test_without_instants_the_prior_stands():
    nothing = np.zeros(0)
    found = recalibrated(nothing, nothing, nothing, PRIOR)

    assert (found.shift, found.scale_ratio) == (0.0, 1.0)
    assert found.shift_variance == pytest.approx(0.5625)
    assert found.scale_variance == pytest.approx(0.1)


def test_overlapping_instants_that_count_as_parts_leave_as_much_open_as_one_of_each():
    said, came = drawn(np.random.default_rng(3), 0.7, 0.8, 300)
    once = recalibrated(said, came, np.ones(300), PRIOR)
    tenfold = recalibrated(np.repeat(said, 10), np.repeat(came, 10), np.full(3000, 0.1), PRIOR)

    assert tenfold.shift == pytest.approx(once.shift)
    assert tenfold.shift_variance == pytest.approx(once.shift_variance)


def test_outcomes_that_are_perfectly_told_apart_still_give_a_finite_map():
    said = np.array([-13.8, -9.0, 9.0, 13.8])
    found = recalibrated(said, np.array([0.0, 0.0, 1.0, 1.0]), np.full(4, 50.0), PRIOR)

    assert np.isfinite([found.shift, found.scale_ratio]).all()


@pytest.mark.parametrize(("width", "low", "high"), [(0.0, 0.0, 0.25), (1.5, 1.0, 2.0)])
def test_the_spread_between_groups_is_found(width, low, high):
    random = np.random.default_rng(9)
    groups = np.repeat(np.arange(60), 80)
    said = random.normal(-0.5, 1.5, len(groups))
    z = said + random.normal(0, 1, 60)[groups] * width
    came = (random.random(len(groups)) < 1 / (1 + np.exp(-z))).astype(float)

    assert low <= deviation(said, came, groups, np.ones(len(groups))) <= high
