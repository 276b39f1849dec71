"""Signals of a cgroup on its way to stalls at its own limit: how full, how fast, what it costs already."""

from math import log, log1p

import pytest

from vmadvisor.model.group_stall_signals import group_stall_signals


@pytest.fixture
def seen(sample, track):
    """A track of moments two seconds apart, each with these groups."""

    def build(*groups):
        return track(
            *(sample(group.time_s + 0.1, swap_free_pages=5000, groups=(group,)) for group in groups)
        )

    return build


def test_levels_are_shares_of_the_limit_and_both_limits_are_told_apart(group, seen):
    box = group(
        62.0, current_pages=870, kept_pages=600, file_pages=270, swap_pages=130, swap_room_pages=90,
        anon_pages=550, is_hard=False,
    )  # fmt: skip

    found = group_stall_signals(seen(box), box, 10.0)

    assert found["group_use"] == pytest.approx(0.87)
    assert found["group_kept"] == pytest.approx(0.6)
    assert found["group_file"] == pytest.approx(0.27)
    assert found["group_swap"] == pytest.approx(0.13)
    assert found["group_room"] == pytest.approx(0.4 + 0.09)
    assert found["group_is_hard"] == 0.0
    assert found["group_full_peak"] is None


def test_growth_is_set_against_what_the_limit_leaves_and_counts_are_per_second(group, seen):
    fields = {"kept_pages": 500, "swap_pages": 40}
    before = group(60.0, current_pages=700, max_total=5, high_total=7, full_us_total=300_000,
                   refault_pages_total=900, scan_pages_total=4000, **fields)  # fmt: skip
    after = group(62.0, current_pages=760, max_total=11, high_total=27, full_us_total=500_000,
                  refault_pages_total=1500, scan_pages_total=4600, **fields | {"swap_pages": 60})  # fmt: skip

    found = group_stall_signals(seen(before, after), after, 10.0)

    assert found["group_growth_2s"] == pytest.approx(log1p(30 * 10 / 241))
    assert found["group_held_growth_2s"] == pytest.approx(log1p(10 * 10 / 441))
    assert found["group_max_2s"] == pytest.approx(log1p(3))
    assert found["group_high_2s"] == pytest.approx(log1p(10))
    assert found["group_refault_2s"] == pytest.approx(log1p(300 * 10))
    assert found["group_scan_2s"] == pytest.approx(log1p(300 * 10))
    assert found["group_full_2s"] == pytest.approx(log((0.1 + 0.003) / 0.05))
    assert found["group_full_peak"] == found["group_full_mean"] == found["group_full_2s"]


def test_what_the_kernel_does_not_tell_is_not_zero(group, seen):
    before, after = group(60.0, full_us_total=None), group(62.0, full_us_total=None)

    found = group_stall_signals(seen(before, after), after, 10.0)

    assert found["group_full_2s"] is None
    assert found["group_full_peak"] is None
    assert found["group_high_2s"] is None
    assert found["group_kept"] is None


def test_lost_time_is_told_by_stretches_of_the_horizons_length(group, seen):
    totals_us = (0, 0, 4_000_000, 4_000_000, 5_000_000)
    told = [group(60.0 + 10 * i, full_us_total=total) for i, total in enumerate(totals_us)]

    found = group_stall_signals(seen(*told), told[-1], 10.0)

    assert found["group_full_peak"] == pytest.approx(log((0.4 + 0.003) / 0.05))
    assert found["group_full_mean"] == pytest.approx(log((0.125 + 0.003) / 0.05))
