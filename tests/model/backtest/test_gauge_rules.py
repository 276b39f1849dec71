import pytest

from vmadvisor.model.backtest import gauge_rules
from vmadvisor.model.backtest.guess import SILENT, Guess


@pytest.mark.parametrize(("pages", "is_alarm"), [(1_000, False), (999, True)])
def test_available_alarms_below_ten_per_cent(sample, track, pages, is_alarm):
    now = track(sample(3.0, available_pages=pages, total_pages=10_000))

    assert gauge_rules.available(now, 10) == Guess(score=-pages / 10_000, is_alarm=is_alarm)


def test_some_is_a_share_of_the_last_ten_seconds_only(sample, track):
    now = track(
        sample(1.0, memory_some_us_total=0),
        sample(5.0, memory_some_us_total=3_000_000),
        sample(15.0, memory_some_us_total=4_500_000),
    )

    assert gauge_rules.psi_some(now, 30) == Guess(score=0.15, is_alarm=True)


def test_some_needs_two_readings(sample, track):
    assert gauge_rules.psi_some(track(sample(1.0, memory_some_us_total=7)), 30) == SILENT


@pytest.mark.parametrize(("avg10_pct", "is_alarm"), [(40.0, False), (40.01, True)])
def test_full_alarms_above_forty_per_cent(sample, track, avg10_pct, is_alarm):
    now = track(sample(3.0, memory_full_avg10_pct=avg10_pct))

    assert gauge_rules.psi_full(now, 10) == Guess(score=avg10_pct, is_alarm=is_alarm)


def test_of_two_nodes_the_one_without_slack_counts(sample, node, track):
    wide = node(node_id=0, managed_pages=4_000, slack_pages=1_000)
    tight = node(node_id=1, managed_pages=4_000, slack_pages=500)
    spent = node(node_id=1, managed_pages=4_000, slack_pages=0)

    assert gauge_rules.free_below_low(track(sample(1.0, nodes=(wide, tight))), 10) == Guess(
        score=-0.125, is_alarm=False
    )
    assert gauge_rules.free_below_low(track(sample(1.0, nodes=(wide, spent))), 10).is_alarm


def falling(sample, node, slope):
    """8,000 pages at second 0, of 10,000; the last sample is that of second 10."""
    for second in range(11):
        left = 8_000 + slope * second
        above = node(node_id=0, managed_pages=10_000, above_min_pages=left)
        still = node(node_id=1, managed_pages=10_000, above_min_pages=9_000)
        yield sample(float(second), available_pages=left, total_pages=10_000, nodes=(above, still))


@pytest.mark.parametrize(
    "rule", [gauge_rules.line_through_available, gauge_rules.line_through_free]
)
def test_a_line_alarms_if_it_ends_within_the_horizon(sample, node, track, rule):
    now = track(*falling(sample, node, -300))  # 5,000 left: 16.7 s
    near, far = rule(now, 10), rule(now, 20)

    assert (near.score, near.is_alarm) == (pytest.approx(-0.2), False)
    assert (far.score, far.is_alarm) == (pytest.approx(0.1), True)


@pytest.mark.parametrize("rule", [
    gauge_rules.available, gauge_rules.psi_some, gauge_rules.psi_full, gauge_rules.free_below_low,
    gauge_rules.line_through_available, gauge_rules.line_through_free,
])  # fmt: skip
def test_a_rule_without_its_gauge_says_nothing(sample, track, rule):
    assert rule(track(sample(1.0), sample(2.0)), 10) == SILENT
