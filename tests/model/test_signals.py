from math import log, log1p

import pytest

from vmadvisor.model.signals import (
    gone_pages_per_s,
    horizon_signals,
    state_signals,
)


def leaking(sample, node, seconds=20, per_s=100, **known):
    """A host of 100,000 pages that loses some each second, all of it free memory above its marks."""
    return [
        sample(
            50.0 + second,
            nodes=(
                node(
                    managed_pages=100_000,
                    free_pages=20_000 - per_s * second,
                    slack_pages=15_000 - per_s * second,
                    above_min_pages=17_000 - per_s * second,
                    gap_pages=2000,
                    min_pages=1000,
                ),
            ),
            **known,
        )
        for second in range(seconds + 1)
    ]


def test_a_steady_leak_is_the_same_in_every_window(sample, node, track):
    found = horizon_signals(track(*leaking(sample, node)), 10.0)

    told = [found[f"stock_demand_{window}s"] for window in (1, 3, 10, 30)]
    assert told == pytest.approx([log1p(1000 / 15_001)] * 4)


def test_demand_grows_with_the_horizon(sample, node, track):
    leak = track(*leaking(sample, node))

    near, far = (horizon_signals(leak, seconds)["slack_demand_3s"] for seconds in (10.0, 60.0))
    assert near == pytest.approx(log1p(1000 / 13_001))
    assert far == pytest.approx(log1p(6000 / 13_001))


def test_the_slope_of_one_moment_is_none(sample, node, track):
    stocks = track(*leaking(sample, node)).stocks_since(0.0)

    assert gone_pages_per_s(stocks[-1:], lambda stock: stock.free_pages) == 0.0


def test_levels_are_ratios_of_what_the_kernel_manages(sample, node, track):
    found = state_signals(track(*leaking(sample, node)))

    assert found["stock"] == 0.15
    assert found["slack"] == pytest.approx(log(13_001 / 2001))
    assert found["above_min"] == pytest.approx(log(15_001 / 1001))


def test_a_counter_that_the_kernel_lacks_is_no_signal(sample, node, track):
    found = state_signals(track(*leaking(sample, node)))

    assert found["allocstall_5s"] is None
    assert found["refault_anon_30s"] is None
    assert found["full_1s"] is None
    assert found["yield_30s"] is None


def test_an_event_counts_by_the_seconds_that_had_it(sample, track):
    samples = [
        sample(100.0 + second, allocstall_total=total)
        for second, total in enumerate((5, 5, 905, 905, 906, 906, 906, 906, 906, 906, 906))
    ]
    found = horizon_signals(track(*samples), 10.0)

    assert found["allocstall_expected"] == pytest.approx(log(2.3 / 11 * 10))
    assert found["allocstall_ago"] == pytest.approx(log1p(6.2 / 10))


def test_stalled_time_is_seen_in_whole_windows_of_the_horizon(sample, track):
    shares = (0.02, 0.30, 0.10)
    totals_us = [0]
    for share in shares:
        totals_us += [totals_us[-1] + round(share * 1e6 * second) for second in range(1, 11)]
    samples = [
        sample(200.0 + second, memory_full_us_total=us) for second, us in enumerate(totals_us)
    ]
    found = horizon_signals(track(*samples), 10.0)

    def told(share):
        return pytest.approx(log((share + 0.003) / 0.05), abs=1e-6)

    assert found["full_last"] == told(0.10)
    assert found["full_peak"] == told(0.30)
    assert found["full_least"] == told(0.02)
    assert found["full_mean"] == told(0.14)


def test_a_gauge_that_the_kernel_does_not_print_is_unknown_and_no_zero(sample, node, track):
    gauges = {"nr_dirty_pages": 3, "nr_writeback_pages": 4, "nr_mapped_pages": 11,
              "nr_inactive_file_pages": 29}  # fmt: skip
    known = state_signals(track(*leaking(sample, node, file_pages=13, **gauges)))
    without = state_signals(track(*leaking(sample, node, file_pages=13)))

    names = ("dirty", "mapped", "inactive_file")
    assert [known[name] for name in names] == [0.5, pytest.approx(log1p(11 / 14)), 29 / 14]
    assert [without[name] for name in names] == [None, None, None]
