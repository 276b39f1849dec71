"""When a growing group stands at its limit."""

import pytest

from vmadvisor.model.group_times import group_times
from vmadvisor.model.sample import GroupSample


def group(time_s, kept_pages, **known):
    fields = {
        "path": "/web", "limit_pages": 1000, "is_hard": True, "current_pages": kept_pages,
        "kept_pages": kept_pages, "file_pages": 0, "anon_pages": kept_pages, "swap_pages": 0,
        "swap_room_pages": 0, "oom_total": 0, "oom_kill_total": 0, "max_total": 0,
        "full_us_total": 0,
    }  # fmt: skip
    return GroupSample(time_s=time_s, **(fields | known))


@pytest.fixture
def seen(sample, track):
    def build(*groups):
        return track(*(sample(one.time_s, groups=(one,)) for one in groups))

    return build


def test_two_readings_tell_a_rate_that_is_marked_as_extrapolated(seen):
    [found] = group_times(seen(group(60.0, 500), group(61.0, 600)))

    assert (found.what, found.scope, found.p50_s) == ("memory.max", "/web", 4.0)
    assert found.is_extrapolated
    assert found.p10_s < 4.0 < found.p90_s


def test_a_steady_growth_over_all_windows_is_told_to_the_second(seen):
    readings = [group(60.0 + i, 100 + 10 * i) for i in range(41)]

    [found] = group_times(seen(*readings))

    assert [round(x, 6) for x in (found.p10_s, found.p50_s, found.p90_s)] == [50.0, 50.0, 50.0]
    assert not found.is_extrapolated


def test_a_soft_limit_is_named_as_such_and_swap_counts_as_room(seen):
    soft = {"is_hard": False, "swap_room_pages": 100, "swap_pages": 0}

    [found] = group_times(seen(group(60.0, 500, **soft), group(61.0, 600, **soft)))

    assert found.what == "memory.high"
    assert found.p50_s >= 4.0


@pytest.mark.parametrize("later", [500, 400])
def test_a_group_that_does_not_grow_has_no_time(seen, later):
    assert group_times(seen(group(60.0, 500), group(61.0, later))) == ()


def test_a_group_read_once_has_no_time(seen):
    assert group_times(seen(group(60.0, 500))) == ()
