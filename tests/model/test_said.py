"""What is kept of an outlook."""

import pytest

from vmadvisor.model.forecast import Forecast, Outlook
from vmadvisor.model.own_map import OwnEvent, OwnMap
from vmadvisor.model.said import said_of


def forecast(likely, event="oom", scope="host", horizon_s=10.0):
    return Forecast(
        event=event, scope=scope, horizon_s=horizon_s, probability_ratio=likely,
        low_ratio=None if likely is None else likely / 2,
        high_ratio=None if likely is None else likely / 4 + 0.75, reason=None,
    )  # fmt: skip


def outlook(*forecasts):
    return Outlook(
        time_s=5.0, span_s=1.0, samples_count=2, forecasts=forecasts, times=(), full_stall_s_by_horizon=(),
        refusal=None,
    )  # fmt: skip


def test_what_has_no_probability_was_not_said():
    found = said_of(outlook(forecast(None), forecast(0.4)), time_utc_s=77.0)

    [one] = found
    assert (one.time_utc_s, one.probability_ratio, one.low_ratio, one.came) == (
        77.0,
        0.4,
        0.2,
        None,
    )
    assert one.high_ratio == pytest.approx(0.85)
    assert one.shipped_ratio is None
    assert said_of(None, time_utc_s=77.0) == ()


def test_of_cgroups_the_likeliest_alarms_are_kept():
    groups = [forecast(0.5 + number / 100, scope=f"/pod{number}") for number in range(12)]
    found = said_of(outlook(forecast(0.1), forecast(0.49, scope="/calm"), *groups), time_utc_s=77.0)

    assert [one.scope for one in found] == ["host", *(f"/pod{n}" for n in range(11, 3, -1))]


def test_this_hosts_own_map_is_taken_back():
    """shift 1, scale 2: log-odds of 0.2 is -1.386, so shipped was (-1.386 - 1) / 2 = -1.193."""
    fit = OwnEvent(
        shift=1.0, scale_ratio=2.0, spread=0.3, instants_count=9, onsets_count=7, skill_ratio=0.1
    )
    own = OwnMap(fitted_utc="2026-02-03T04:05:06Z", model_id="m", events={"memory_stall": fit})

    mapped, other = said_of(
        outlook(forecast(0.2, "memory_stall"), forecast(0.2, "oom_global")),
        time_utc_s=77.0, own=own,
    )  # fmt: skip

    assert mapped.shipped_ratio == pytest.approx(0.23269, abs=1e-5)
    assert mapped.probability_ratio == 0.2
    assert other.shipped_ratio is None


def test_a_cgroups_stalls_are_not_kept_since_no_counter_of_the_host_tells_what_came():
    stall = forecast(0.97, "memory_stall", scope="/pod")

    assert [one.event for one in said_of(outlook(forecast(0.1), stall), time_utc_s=77.0)] == ["oom"]
