"""A history's forecasts as trials: days are recordings, the unknown are left out, and a lopsided event whole."""

from vmadvisor.model.past import Point, Said
from vmadvisor.model.past_trials import outcomes_by_event, past_trials

DAY = 86_400.0


def at(time_utc_s, stalls, boot_id="b"):
    return Point(
        time_utc_s=time_utc_s,
        boot_id=boot_id,
        origin="check",
        counters={"allocstall_total": stalls},
    )


def said(time_utc_s, came, likely=0.3, **known):
    fields = {
        "event": "direct_reclaim", "scope": "host", "horizon_s": 30.0, "low_ratio": 0.1,
        "high_ratio": 0.9,
    }  # fmt: skip
    return Said(time_utc_s=time_utc_s, probability_ratio=likely, came=came, **{**fields, **known})


def test_days_are_recordings_and_the_unknown_are_left_out():
    made = [said(10.0, False), said(310.0, None), said(610.0, True), said(DAY + 5, False)]

    first, second = past_trials(made, [])

    assert [trial.time_s for trial in first.trials] == [10.0, 610.0]
    assert [trial.step_s for trial in first.trials] == [300.0, DAY - 605.0]
    assert [trial.outcome.came for trial in first.trials] == [False, True]
    assert [trial.step_s for trial in second.trials] == [30.0]
    assert (first.name, second.name) == ("day 0 since 1970", "day 1 since 1970")


def test_the_shipped_forecast_is_what_a_map_is_fitted_to():
    [day] = past_trials([said(10.0, False, 0.3, shipped_ratio=0.7), said(20.0, False, 0.4)], [])

    assert [trial.probability_ratio for trial in day.trials] == [0.7, 0.4]


def test_what_came_before_is_known_where_readings_tell():
    points = [at(0.0, 5), at(300.0, 5), at(310.0, 6), at(700.0, 9), at(1000.0, 9, "other")]

    def absent(time_utc_s):
        [day] = past_trials([said(time_utc_s, False)], points)
        return day.trials[0].outcome.was_absent

    assert absent(300.0) is True
    assert absent(310.0) is None  # since the last reading 310 s ago, not all within 30 s
    assert absent(700.0) is None
    assert absent(1000.0) is None
    assert absent(0.0) is None


def test_outcomes_are_counted_and_an_event_whose_bursts_are_unknown_is_lopsided():
    found = [
        (said(1.0, True), False), (said(2.0, False), False), (said(3.0, None), True),
        (said(4.0, None), True), (said(5.0, None), False),
        (said(1.0, True, event="oom"), False), (said(2.0, None, event="oom"), True),
        (said(9.0, None, scope="/a"), True),
    ]  # fmt: skip

    stalls, kills = outcomes_by_event(found)

    assert (stalls.known_count, stalls.came_count, stalls.unknown_count) == (2, 1, 3)
    assert (stalls.unsure_count, stalls.is_lopsided) == (2, True)
    assert (kills.event, kills.unsure_count, kills.is_lopsided) == ("oom", 1, False)
