"""How forecasts did, of those whose outcome is known."""

import pytest

from vmadvisor.model.past import Said
from vmadvisor.model.said_score import scores


def said(likely, came, event="oom", horizon_s=30.0, scope="host"):
    return Said(
        time_utc_s=5.0, event=event, scope=scope, horizon_s=horizon_s, probability_ratio=likely,
        low_ratio=0.0, high_ratio=1.0, came=came,
    )  # fmt: skip


def test_the_unknown_are_counted_and_left_out():
    [one] = scores([said(0.9, True), said(0.2, False), said(0.7, None), said(0.1, False)], "host")

    assert (one.event, one.horizon_s) == ("oom", 30.0)
    assert (one.known_count, one.came_count, one.unknown_count) == (3, 1, 1)
    assert one.said_ratio == pytest.approx(0.4)
    assert one.came_ratio == pytest.approx(1 / 3)
    assert one.brier == pytest.approx((0.01 + 0.04 + 0.01) / 3)


def test_with_nothing_known_there_is_no_score():
    [one] = scores([said(0.7, None)], "host")

    assert (one.brier, one.said_ratio, one.came_ratio) == (None, None, None)


def test_events_horizons_and_scopes_are_apart():
    found = scores(
        [said(0.1, False), said(0.1, False, horizon_s=10.0), said(0.1, False, "memory_stall"),
         said(0.1, True, scope="/a")], "host",
    )  # fmt: skip

    assert [(one.event, one.horizon_s) for one in found] == [
        ("memory_stall", 30.0), ("oom", 10.0), ("oom", 30.0),
    ]  # fmt: skip
