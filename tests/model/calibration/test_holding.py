"""What a stored map said, held against what then came: keep it, fit it anew, or throw it away."""

from dataclasses import replace

import pytest

from vmadvisor.model.calibration.fit_host import calibrated
from vmadvisor.model.calibration.holding import HOLDS, REFIT, THROW_AWAY, UNKNOWN, holding
from vmadvisor.model.calibration.host_identity import HostIdentity


@pytest.fixture
def stored(host):
    return calibrated(
        host(1.2, 0.6),
        [],
        host=HostIdentity(),
        fitted_utc="2026-02-03T04:05:06Z",
        horizons_s=(10.0,),
    )


def held(stored, recordings):
    return holding(stored, recordings).events[0]


def test_the_same_host_later_holds(stored, host):
    found = held(stored, host(1.2, 0.6, seed=77))

    assert found.is_mapped
    assert found.advice == HOLDS
    assert found.gain_ratio.low > 0
    assert found.said_ratio == pytest.approx(found.came_ratio, abs=0.03)
    assert sum(one.instants_count for one in found.reliability) == 2400


def test_a_host_that_became_as_usual_again_has_its_map_thrown_away(stored, host):
    found = held(stored, host(0.0, 1.0, seed=78))

    assert found.advice == THROW_AWAY
    assert found.gain_ratio.high < 0


def test_a_host_that_went_further_the_same_way_is_fitted_anew(stored, host):
    found = held(stored, host(2.6, 0.5, seed=79))

    assert found.advice == REFIT
    assert found.gain_ratio.low > 0


def test_few_onsets_tell_nothing(stored, host):
    found = held(stored, host(-1.0, 1.0, recordings_count=1, instants_count=9, seed=3))

    assert found.advice == UNKNOWN


def test_an_event_without_a_map_can_ask_for_one(stored, host):
    recordings = host(1.5, 0.7, event="oom_global", seed=6)
    [_, _, found] = holding(stored, recordings).events

    assert (found.event, found.is_mapped, found.advice) == ("oom_global", False, REFIT)


def test_recordings_it_was_fitted_on_are_named(stored, host):
    again, new = host(1.2, 0.6)[:2]

    assert holding(stored, [again, replace(new, name="wednesday")]).seen_again == ("recording-0",)
