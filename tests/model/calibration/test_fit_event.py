"""An event gets a map of its own only where that was seen to do better."""

import pytest

from vmadvisor.model.backtest.trial import Trials
from vmadvisor.model.calibration.fit_event import LEAST_ONSETS_COUNT, fit_event, prior_of


def test_a_host_that_differs_gets_its_own_map_and_less_is_left_open(host):
    found = fit_event("direct_reclaim", host(1.2, 0.6))

    assert found.reason is None
    assert found.shift == pytest.approx(1.2, rel=0.2)
    assert found.scale_ratio == pytest.approx(0.6, rel=0.2)
    assert found.gain_ratio.low > 0
    assert found.brier_after.value < found.brier_before.value
    assert found.spread < prior_of("direct_reclaim").shift_spread / 2
    assert (found.instants_count, found.groups_count) == (2400, 6)


def test_a_well_calibrated_host_gets_the_shipped_map_within_its_error(host):
    """Of 20 hosts; the joint interval of 90 % may miss a few, a kept map hardly moves anything."""
    found = [
        fit_event("direct_reclaim", host(0.0, 1.0, instants_count=120, seed=seed))
        for seed in range(20)
    ]

    within = [
        abs(one.shift) < 1.645 * one.shift_spread
        and abs(one.scale_ratio - 1) < 1.645 * one.scale_spread
        for one in found
    ]
    kept = [one for one in found if one.reason is None]
    print(f"n = {len(found)}: {sum(within)} within their error, {len(kept)} kept")
    assert sum(within) >= 14
    assert len(kept) <= 6
    assert all(abs(one.gain_ratio.value) < 0.03 for one in found)


def test_more_instants_narrow_the_spread_and_few_leave_it_nearly_as_shipped(host):
    few = fit_event("direct_reclaim", host(0.9, 0.8, recordings_count=2, instants_count=12))
    many = fit_event("direct_reclaim", host(0.9, 0.8, recordings_count=8, instants_count=300))

    assert many.shift_spread < few.shift_spread < prior_of("direct_reclaim").shift_spread


def test_a_host_without_onsets_gets_no_map(host):
    found = fit_event("direct_reclaim", host(0.0, 1.0, never=True))

    assert found.reason == "0 onsets: a map of its own takes 5 or more"
    assert (found.instants_count, found.onsets_count) == (2400, 0)
    assert (found.shift, found.scale_ratio, found.gain_ratio.value) == (0.0, 1.0, None)


def test_a_host_with_fewer_onsets_than_it_takes_gets_none(host):
    recordings = host(-2.5, 1.0, recordings_count=2, instants_count=30, seed=2)
    found = fit_event("direct_reclaim", recordings)

    assert 0 < found.onsets_count < LEAST_ONSETS_COUNT
    assert found.reason.startswith(f"{found.onsets_count} onsets")


def test_no_instants_are_said_in_words():
    found = fit_event("memory_stall", [Trials(name="short", trials=())])

    assert found.reason == "no instant with a forecast and a known outcome"


def test_a_single_recording_is_judged_by_stretches_of_time(host):
    found = fit_event("direct_reclaim", host(1.3, 0.6, recordings_count=1, instants_count=900))

    assert found.groups_count == 5
    assert found.reason is None
    assert found.gain_ratio.low is not None


def test_hosts_that_differ_from_recording_to_recording_keep_a_wide_spread(host):
    mixed = [
        recording
        for number, shift in enumerate((-2.0, 2.2, -1.5, 1.9, 0.1, 2.6))
        for recording in host(shift, 1.0, recordings_count=1, seed=number)
    ]

    assert fit_event("direct_reclaim", mixed).spread > 1.0
