"""Lines are broken where nothing is known, and thinned without losing a peak."""

from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.render.series import Steps, in_stretches, sparkline, summary, thinned

EVEN = [float(second) for second in range(0, 100, 10)]


def test_an_even_line_is_not_broken():
    points = [(time_s, 1.0) for time_s in EVEN]

    assert Steps(EVEN).broken(points) == tuple(points)


def test_a_long_step_breaks_it_and_is_counted():
    times_s = [0.0, 10.0, 20.0, 30.0, 90.0, 100.0, 110.0, 120.0]
    points = [(time_s, time_s) for time_s in times_s]

    assert Steps(times_s).broken(points)[3:6] == ((30.0, 30.0), (90.0, None), (90.0, 90.0))
    assert Steps(times_s).gaps_count() == 1


def test_steps_that_become_shorter_are_no_gap():
    """What is older is kept in longer steps."""
    times_s = [0.0, 100.0, 200.0, 300.0, 400.0, 410.0, 420.0, 430.0, 440.0]
    points = [(time_s, 1.0) for time_s in times_s]

    assert None not in [value for _, value in Steps(times_s).broken(points)]
    assert Steps(times_s).gaps_count() == 0


def test_a_reading_that_lacks_the_value_breaks_it():
    points = [(time_s, 1.0) for time_s in EVEN if time_s != 50.0]

    assert (60.0, None) in Steps(EVEN).broken(points)


def test_a_boot_breaks_it():
    points = [(time_s, 1.0) for time_s in EVEN]

    assert (40.0, None) in Steps(EVEN, frozenset({40.0})).broken(points)


values = st.floats(min_value=0, max_value=1e12, allow_nan=False)


@given(st.lists(values | st.none(), min_size=1, max_size=400), st.integers(8, 80))
def test_thinning_keeps_the_lowest_and_the_highest_and_the_order(found, most):
    points = tuple((float(index), value) for index, value in enumerate(found))
    kept = thinned(points, most)

    assert set(kept) <= set(points)
    assert [time_s for time_s, _ in kept] == sorted(time_s for time_s, _ in kept)
    known = [value for value in found if value is not None]
    left = [value for _, value in kept if value is not None]
    if known:
        assert (min(left), max(left)) == (min(known), max(known))


@given(st.lists(values, min_size=1, max_size=2_000), st.integers(8, 80))
def test_thinning_bounds_a_line_without_gaps(found, most):
    points = tuple((float(index), value) for index, value in enumerate(found))

    assert len(thinned(points, most)) <= most + 4


def test_two_known_points_with_a_gap_between_stay_apart():
    points = ((0.0, 1.0), *((float(i), 2.0) for i in range(1, 50)), (50.0, None), (50.0, 3.0))

    kept = thinned(points, 16)

    assert (50.0, None) in kept
    assert kept.index((50.0, None)) == kept.index((50.0, 3.0)) - 1


def test_a_summary_tells_when():
    found = summary(((0.0, 5.0), (1.0, None), (2.0, 9.0), (3.0, 2.0)))

    assert found is not None
    assert (found.count, found.first, found.last, found.median) == (3, 5.0, 2.0, 5.0)
    assert (found.lowest, found.lowest_time_s) == (2.0, 3.0)
    assert (found.highest, found.highest_time_s) == (9.0, 2.0)
    assert summary(((0.0, None),)) is None


def test_a_stretch_without_a_value_is_unknown_not_zero():
    points = ((0.0, 4.0), (1.0, 6.0), (9.0, 3.0))

    assert in_stretches(points, [0.0, 3.0, 6.0, 9.0], max) == [6.0, None, 3.0]


def test_a_sparkline_of_zeros_is_flat_and_of_ascii_where_told():
    zeros = tuple((float(second), 0.0) for second in range(8))

    assert sparkline(zeros, (0.0, 7.0), 4) == "▁▁▁▁"
    assert sparkline(zeros, (0.0, 7.0), 4, is_unicode=False).isascii()
    assert sparkline((), (0.0, 7.0), 4) == "    "
