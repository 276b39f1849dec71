"""The bound speaks of the host's OOM alone, near, with an ample stock out of reach of what was seen."""

import pytest

from vmadvisor.model.events import EVENTS, OOM_GLOBAL
from vmadvisor.model.signals import squash
from vmadvisor.model.stock_bound import most_odds
from vmadvisor.model.trees import probability


def signals(stock=0.55, **demands):
    """Demand over the horizon against the stock, by window."""
    found = {
        "stock_demand_1s": 0.3,
        "stock_demand_3s": -0.2,
        "stock_demand_10s": 0.1,
        "stock_demand_30s": 0.0,
    }
    return {**found, "stock": stock, **demands}


def test_a_kill_that_no_growth_seen_can_bring_is_one_in_two_hundred_at_most():
    assert probability(most_odds(OOM_GLOBAL, 10.0, signals())) == pytest.approx(0.005)
    assert probability(most_odds(OOM_GLOBAL, 5.0, signals())) == pytest.approx(0.005)


@pytest.mark.parametrize("window", ["1s", "3s", "10s", "30s"])
def test_growth_of_any_window_that_gets_there_lifts_the_bound(window):
    near = {f"stock_demand_{window}": squash(0.99)}
    there = {f"stock_demand_{window}": squash(1.01)}

    assert most_odds(OOM_GLOBAL, 10.0, signals(**near)) is not None
    assert most_odds(OOM_GLOBAL, 10.0, signals(**there)) is None
    assert most_odds(OOM_GLOBAL, 10.0, signals(**{f"stock_demand_{window}": None})) is None


def test_a_stock_that_is_not_ample_or_not_known_bounds_nothing():
    assert most_odds(OOM_GLOBAL, 10.0, signals(stock=0.41)) is not None
    assert most_odds(OOM_GLOBAL, 10.0, signals(stock=0.39)) is None
    assert most_odds(OOM_GLOBAL, 10.0, signals(stock=None)) is None


def test_further_ahead_and_of_other_events_nothing_is_bounded():
    assert most_odds(OOM_GLOBAL, 20.0, signals()) is None
    others = [event for event in (*EVENTS, "group_oom") if event != OOM_GLOBAL]
    assert {most_odds(event, 10.0, signals()) for event in others} == {None}
