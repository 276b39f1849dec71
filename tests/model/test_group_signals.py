"""Signals of cgroups at their own limits: the group's own path to its OOM, and what it does to the host."""

from math import log1p

import pytest

from vmadvisor.model.group_signals import limited_signals, room_pages
from vmadvisor.model.sample import GroupSample


def group(time_s, path="/web", **known):
    fields = {
        "limit_pages": 1000, "is_hard": True, "current_pages": 900, "kept_pages": 700,
        "file_pages": 200, "anon_pages": 650, "swap_pages": 0, "swap_room_pages": 0, "oom_total": 0,
        "oom_kill_total": 0, "max_total": 10, "full_us_total": 0,
    }  # fmt: skip
    return GroupSample(path=path, time_s=time_s, **(fields | known))


@pytest.fixture
def seen(sample, track):
    """A track of moments a second apart, each with these groups."""

    def build(*moments):
        return track(*(sample(60.0 + i, groups=groups) for i, groups in enumerate(moments)))

    return build


def test_without_limited_groups_nothing_is_told(seen):
    found = limited_signals(seen((), ()))

    assert found == {"limited_use": None, "limited_hits": None, "limited_full": None}


def test_the_fullest_groups_use_all_hits_and_the_worst_share_of_lost_time(seen):
    before = (group(60.0), group(60.0, "/db", current_pages=400, max_total=3))
    after = (
        group(62.0, current_pages=990, max_total=50, full_us_total=600_000),
        group(62.0, "/db", current_pages=420, max_total=7, full_us_total=100_000),
    )

    found = limited_signals(seen(before, (), after))

    assert found["limited_use"] == pytest.approx(0.99)
    assert found["limited_hits"] == pytest.approx(log1p(20 + 2))
    assert found["limited_full"] == pytest.approx(0.3)


def test_a_group_seen_once_has_a_use_and_no_rates(seen):
    found = limited_signals(seen((), (group(61.0),)))

    assert found == {"limited_use": 0.9, "limited_hits": 0.0, "limited_full": 0.0}


def test_a_counter_that_went_back_is_no_hit(seen):
    found = limited_signals(seen((group(60.0),), (group(61.0, max_total=4),)))

    assert found["limited_hits"] == 0.0


def test_room_is_what_the_limit_leaves_of_what_cannot_be_dropped_and_swap_up_to_its_limit():
    assert room_pages(group(60.0), 5_000) == 300
    assert room_pages(group(60.0, swap_room_pages=None), 5_000) == 300 + 650
    assert room_pages(group(60.0, swap_room_pages=120, kept_pages=None), 5_000) == 100 + 120
