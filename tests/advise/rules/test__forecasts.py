import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.rules._forecasts import (
    evidence,
    kill_is_unlikely,
    kill_severity,
    lacks_forecast,
    longer_look,
    said,
)
from vmadvisor.model.facts import Facts
from vmadvisor.model.forecast import Forecast, Outlook


def forecast(probability, horizon_s=10.0, event="oom_global", scope="host", reason=None, high=None):
    return Forecast(
        event=event,
        scope=scope,
        horizon_s=horizon_s,
        probability_ratio=probability,
        low_ratio=None if probability is None else probability / 3,
        high_ratio=probability if high is None else high,
        reason=reason,
    )


def facts(*forecasts, refusal=None, span_s=1.0):
    return Facts.of(
        Outlook(time_s=9.0, span_s=span_s, samples_count=2, forecasts=forecasts, times=(), full_stall_s_by_horizon=(),
                refusal=refusal)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("probability", "horizon_s", "expected"),
    [
        (0.24, 10.0, Severity.OK),
        (0.25, 10.0, Severity.WARNING),
        (0.33, 20.0, Severity.OK),
        (0.34, 20.0, Severity.WARNING),
        (0.34, 30.0, Severity.OK),
        (0.5, 30.0, Severity.WARNING),
        (0.74, 5.0, Severity.WARNING),
        (0.75, 30.0, Severity.CRITICAL),
        (0.97, 60.0, Severity.OK),
        (None, 10.0, Severity.OK),
    ],
)
def test_a_near_kill_alarms_sooner_than_one_that_leaves_time_to_look_again(
    probability, horizon_s, expected
):
    assert kill_severity(forecast(probability, horizon_s)) is expected


def test_what_is_said_comes_nearest_first_without_what_has_no_probability():
    found = facts(
        forecast(0.6, 60.0), forecast(None, 5.0), forecast(0.4, 30.0), forecast(0.7, 10.0, "oom"),
        forecast(0.8, 10.0, scope="/ctr"),
    )  # fmt: skip

    assert [one.horizon_s for one in said(found, "oom_global")] == [30.0, 60.0]
    assert [one.probability_ratio for one in said(found, "oom_global", "/ctr")] == [0.8]
    assert list(said(Facts.of(), "oom_global")) == []


def test_a_kill_is_unlikely_only_where_the_whole_interval_says_so():
    assert kill_is_unlikely(facts(forecast(0.1, high=0.3)))
    assert not kill_is_unlikely(facts(forecast(0.1, high=0.34)))
    assert not kill_is_unlikely(facts(forecast(None)))
    assert not kill_is_unlikely(Facts.of())


def test_why_nothing_is_foreseen_is_said_in_the_models_words():
    untold = forecast(None, event="memory_stall", reason="this kernel gives no PSI")

    assert lacks_forecast(facts(untold), "memory_stall") == ("this kernel gives no PSI",)
    assert lacks_forecast(facts(untold, forecast(0.1)), "oom_global") == ()
    assert lacks_forecast(facts(refusal="one reading only"), "oom_global") == (
        "two readings (one reading only)",
    )


def test_the_interval_and_the_drivers_are_the_evidence():
    names = [(item.name, item.value) for item in evidence(forecast(0.6, high=0.9))]

    assert names == [("probability", 0.6), ("low", pytest.approx(0.2)), ("high", 0.9)]


def test_a_longer_look_is_advised_where_it_was_shorter_than_the_nearest_horizon():
    assert longer_look(facts()) == ("a longer look (--interval 10): it knows the last 1 s only",)
    assert longer_look(facts(span_s=9.8)) != ()
    assert longer_look(facts(span_s=10.0)) == ()
