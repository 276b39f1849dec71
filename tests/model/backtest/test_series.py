import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.backtest.series import UNTOLD, Outcome, Series


def counted(*readings, event="oom"):
    series = Series()
    for time_s, count in readings:
        series.add(time_s, {event: count})
    return series


def test_an_event_counts_up_to_the_last_reading_within_the_horizon():
    series = counted((20.0, 3), (24.0, 3), (29.75, 4), (30.125, 9))

    assert series.outcome("oom", 20.0, 10.0) == Outcome(came=True, was_absent=True, lead_s=9.75)
    assert series.outcome("oom", 20.0, 9.5) == Outcome(came=False, was_absent=True, lead_s=None)


def test_a_reading_at_the_very_end_of_the_horizon_is_within_it():
    series = counted((0.1 + 0.2, 0), (10.3, 1))  # 0.1 + 0.2 is a little more than 0.3

    assert series.outcome("oom", 0.1 + 0.2, 10.0).came is True
    assert series.reaches(0.1 + 0.2 + 10.0)


def test_the_lead_runs_to_the_reading_that_first_shows_it():
    series = counted((5.0, 7), (8.0, 7), (11.5, 8), (13.0, 12))

    assert series.outcome("oom", 5.0, 8.0).lead_s == 6.5


def test_what_came_in_the_last_horizon_is_no_longer_absent():
    series = counted((0.0, 1), (4.0, 2), (9.0, 2), (13.9, 2), (14.1, 2), (25.0, 2))

    assert series.outcome("oom", 9.0, 10.0).was_absent is False
    assert series.outcome("oom", 14.1, 10.0).was_absent is True


def test_before_the_first_reading_nothing_is_known_and_nothing_assumed():
    series = counted((10.0, 1), (12.0, 1), (22.0, 1))

    assert series.outcome("oom", 9.0, 5.0) == UNTOLD
    assert series.outcome("oom", 12.0, 10.0).was_absent is True


def test_a_stall_must_fill_five_per_cent_of_the_horizon():
    series = counted(
        (0.0, 100_000), (4.0, 599_999), (7.0, 600_000), (10.0, 700_000), event="memory_stall"
    )

    assert series.outcome("memory_stall", 0.0, 10.0).lead_s == 7.0
    assert series.outcome("memory_stall", 4.0, 6.0).came is False


@pytest.mark.parametrize("counts", [(None, 3), (3, None), (5, 2)])
def test_a_counter_that_is_missing_or_went_backwards_tells_nothing(counts):
    series = counted((1.0, 0), (2.0, counts[0]), (3.0, counts[1]))

    assert series.outcome("oom", 2.0, 1.0).came is None
    assert series.outcome("direct_reclaim", 2.0, 1.0).came is None


@given(st.lists(st.integers(0, 2), min_size=12, max_size=40), st.integers(1, 20))
def test_what_comes_after_the_horizon_changes_nothing(rises, horizon_s):
    def told(shown):
        total, readings = 0, []
        for second, count in enumerate(shown):
            total += count
            readings.append((float(second), total))
        return counted(*readings).outcome("oom", 5.0, float(horizon_s))

    assert told(rises) == told(rises[: 5 + horizon_s + 1])
