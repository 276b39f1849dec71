"""Which forecast stood before a kill."""

from vmadvisor.model.past import Said
from vmadvisor.replay.recorded_kills import last_said_before


def said(time_s, *, event="oom_global", scope="host", horizon_s=10.0):
    return Said(
        time_utc_s=time_s, event=event, scope=scope, horizon_s=horizon_s, probability_ratio=0.4,
        low_ratio=0.1, high_ratio=0.7, came=None,
    )  # fmt: skip


def test_it_is_the_newest_that_reached_so_far_at_its_shortest_horizon():
    told = [said(1.0), said(5.0, horizon_s=30.0), said(5.0), said(12.0), said(3.0)]

    assert last_said_before(told, 12.0, "host") == said(5.0)


def test_one_made_with_the_kill_in_sight_or_too_long_before_is_none():
    assert last_said_before([said(12.0), said(1.0)], 12.0, "host") is None


def test_a_groups_kill_takes_the_groups_forecast_before_the_hosts():
    told = [said(5.0, event="oom"), said(5.0, event="oom", scope="/web"), said(5.0)]

    assert last_said_before(told, 9.0, "/web").scope == "/web"
    assert last_said_before(told[:1], 9.0, "/web").scope == "host"
    assert last_said_before(told[:2], 9.0, "host") is None
