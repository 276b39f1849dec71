import pytest

from vmadvisor.model.backtest.trend import Line, line_through, recent


def available(sample):
    return sample.available_pages


def test_the_last_eight_seconds_are_looked_at_a_second_apart(sample, track):
    ticks = [sample(100 + 0.25 * tick, available_pages=tick) for tick in range(60)]

    assert [one.time_s for one in recent(track(*ticks))] == [
        107.75, 108.75, 109.75, 110.75, 111.75, 112.75, 113.75, 114.75,
    ]  # fmt: skip


def test_a_short_track_gives_each_of_its_samples_once(sample, track):
    short = track(sample(4.0), sample(4.5), sample(6.5))

    assert [one.time_s for one in recent(short)] == [4.0, 4.5, 6.5]


def test_a_straight_fall_is_found_as_it_is(sample):
    falling = [sample(50.0 + second, available_pages=900 - 30 * second) for second in range(8)]
    line = line_through(falling, available)

    assert line.value_pages == pytest.approx(690)
    assert line.slope_pages_per_s == pytest.approx(-30)
    assert line.after_pages(23) == pytest.approx(0)


def test_least_squares_lies_between_the_points(sample):
    """Through (-2, 10), (-1, 40), (0, 40): slope 15, mean 30 at -1."""
    points = [sample(7.0, available_pages=10), sample(8.0, available_pages=40)]
    line = line_through([*points, sample(9.0, available_pages=40)], available)

    assert line == Line(value_pages=45.0, slope_pages_per_s=15.0)


def test_samples_that_do_not_tell_are_left_out_and_one_is_no_line(sample):
    points = [sample(1.0, available_pages=20), sample(2.0), sample(3.0, available_pages=60)]

    assert line_through(points, available).slope_pages_per_s == 20.0
    assert line_through(points[1:], available) is None
    assert line_through([], available) is None
