"""Kills between two readings, and the forecast before them."""

from vmadvisor.model.past import Point, Said
from vmadvisor.model.past_kills import kill_between, last_said


def at(time_utc_s, kills=None, boot_id="b"):
    counters = {} if kills is None else {"oom_kill_total": kills}
    return Point(time_utc_s=float(time_utc_s), boot_id=boot_id, origin="check", counters=counters)


def said(time_utc_s, horizon_s, event="oom", scope="host"):
    return Said(
        time_utc_s=float(time_utc_s), event=event, scope=scope, horizon_s=float(horizon_s),
        probability_ratio=0.4, low_ratio=0.2, high_ratio=0.7, came=None,
    )  # fmt: skip


def test_a_rise_is_a_kill_at_the_reading_that_shows_it():
    kill = kill_between(at(1000, 2), at(1300, 5), [said(1000, 600)])

    assert (kill.time_utc_s, kill.count, kill.scope, kill.victim) == (1300.0, 3, "host", None)
    assert kill.foreseen == said(1000, 600)


def test_no_rise_nothing_told_and_nothing_before_are_no_kill():
    assert kill_between(at(1000, 5), at(1300, 5), []) is None
    assert kill_between(at(1000), at(1300, 5), []) is None
    assert kill_between(at(1000, 6), at(1300, 5), []) is None
    assert kill_between(None, at(1300, 5), []) is None


def test_those_of_a_new_boot_count_and_were_not_foreseen_in_the_old_one():
    kill = kill_between(at(1000, 9, "old"), at(1300, 2, "new"), [said(1000, 600)])

    assert (kill.count, kill.foreseen) == (2, None)


def test_the_longest_horizon_that_reaches_the_kill_is_the_forecast_of_it():
    made = [said(900, 3600), said(1000, 10), said(1000, 600), said(1000, 600, "oom_global")]

    assert last_said(made, 1300.0) == said(1000, 600)


def test_where_none_reaches_it_the_last_one_made_stands():
    assert last_said([said(700, 30), said(1000, 10), said(1000, 30)], 1300.0) == said(1000, 30)


def test_too_old_too_late_of_another_event_or_of_a_cgroup_is_none():
    made = [
        said(-2301, 9999), said(1300, 600), said(1000, 600, "memory_stall"),
        said(1000, 600, "oom", "/batch.slice"),
    ]  # fmt: skip

    assert last_said(made, 1300.0) is None
