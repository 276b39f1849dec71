import numpy as np
import pytest

from vmadvisor.model.backtest.resampling import Estimate, Resampling


def mean_of(values, ids):
    resampling = Resampling(ids)
    values = np.array(values, dtype=float)
    return resampling.ratio(values, np.ones(len(values)))


def test_one_recording_has_a_value_and_no_interval():
    assert mean_of([1, 0, 0, 1, 1], ["a"] * 5) == Estimate(value=0.6, low=None, high=None)


def test_recordings_that_are_alike_leave_no_doubt():
    assert mean_of([1, 0, 1, 0, 1, 0], [7, 7, 8, 8, 9, 9]) == Estimate(value=0.5, low=0.5, high=0.5)


def test_two_recordings_are_drawn_whole():
    """a a, a b, b a, b b: a quarter of all draws has the one alone, a quarter the other."""
    found = mean_of([1, 1, 1, 0, 0, 0, 0, 0], ["a", "a", "a", "a", "b", "b", "b", "b"])

    assert found == Estimate(value=0.375, low=0.0, high=0.75)


def test_an_interval_is_not_told_where_most_draws_have_no_such_figure():
    """Of nine recordings a draw has a given one in 65 % of all cases, two given ones in 41 %."""
    resampling = Resampling(list(range(9)))

    def given(*needed):
        return lambda weights: np.where(weights[:, needed].all(axis=1), 0.75, np.nan)

    assert resampling.estimate(given(4)) == Estimate(value=0.75, low=0.75, high=0.75)
    assert resampling.estimate(given(4, 7)) == Estimate(value=0.75, low=None, high=None)


def test_a_share_of_nothing_is_not_told():
    nothing = np.zeros(3)

    assert Resampling([1, 2, 2]).ratio(nothing, nothing) == Estimate(
        value=None, low=None, high=None
    )


def test_nothing_has_no_figure():
    assert mean_of([], []) == Estimate(value=None, low=None, high=None)


def test_the_same_recordings_give_the_same_interval():
    values, ids = [0.1, 0.7, 0.4, 0.9], [1, 2, 3, 4]

    assert mean_of(values, ids) == mean_of(values, ids)


def test_the_interval_covers_the_truth_about_nine_times_in_ten():
    random = np.random.default_rng(5)
    ids = np.repeat(np.arange(40), 10)
    covered = 0
    for _ in range(200):
        rates = random.beta(2, 6, size=40)  # 0.25 on average
        found = mean_of(random.random(400) < np.repeat(rates, 10), ids.tolist())
        covered += found.low <= 0.25 <= found.high

    assert 165 <= covered <= 195


def test_an_interval_over_recordings_is_wider_than_one_over_instants():
    values = [1.0] * 20 + [0.0] * 60
    by_recording = mean_of(values, [index // 10 for index in range(80)])
    by_instant = mean_of(values, list(range(80)))

    assert by_recording.value == by_instant.value == 0.25
    assert by_recording.high - by_recording.low > 2 * (by_instant.high - by_instant.low)


@pytest.mark.parametrize("figure", [np.nan, np.inf])
def test_what_is_no_number_is_not_told(figure):
    found = Resampling([1, 2]).estimate(lambda weights: np.full(len(weights), figure))

    assert found == Estimate(value=None, low=None, high=None)
