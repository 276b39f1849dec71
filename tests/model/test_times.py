import pytest

from vmadvisor.model.times import times


def host(sample, node, time_s, left):
    return sample(
        time_s,
        nodes=(node(managed_pages=90_000, slack_pages=left, above_min_pages=left + 600),),
        file_pages=3000,
    )


def test_a_straight_line_is_followed_to_its_end(sample, node, track):
    falling = track(*(host(sample, node, 10.0 + s, 8000 - 200 * s) for s in range(31)))
    low, stall, oom = times(falling)

    assert (low.what, low.p50_s) == ("low mark", pytest.approx(10.0))
    assert stall.p50_s == pytest.approx((2000 + 3000) / 200)
    assert (oom.what, oom.p50_s) == ("oom", pytest.approx((2600 + 3000) / 200))
    assert oom.p10_s == pytest.approx(oom.p90_s)
    assert not oom.is_extrapolated


def test_what_does_not_shrink_has_no_end(sample, node, track):
    still = track(*(host(sample, node, 10.0 + s, 8000) for s in range(31)))

    assert [found.p50_s for found in times(still)] == [None, None, None]


def test_an_end_beyond_a_minute_is_extrapolated(sample, node, track):
    slow = track(*(host(sample, node, 10.0 + s, 9000 - 10 * s) for s in range(31)))

    assert all(found.is_extrapolated for found in times(slow))


def test_two_readings_are_extrapolated_and_wide(sample, node, track):
    pair = track(host(sample, node, 10.0, 8000), host(sample, node, 11.0, 7000))
    low = times(pair)[0]

    assert low.is_extrapolated
    assert low.p10_s < low.p50_s == pytest.approx(7.0)
    assert low.p90_s is None
