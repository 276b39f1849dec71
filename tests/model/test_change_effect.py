"""What is compared around a change: equal windows, means over time, nothing that spans it."""

import pytest

from vmadvisor.model.change_effect import Compared, change_effects
from vmadvisor.model.past import Past, Point, setting_changes


def point(time_s, stalls, available, swappiness, boot="b"):
    return Point(
        time_utc_s=time_s, boot_id=boot, origin="sample", gauges={"available_bytes": available},
        counters={"allocstall_total": stalls}, settings={"vm.swappiness": swappiness},
    )  # fmt: skip


def past(points):
    return Past(hostname=None, points=tuple(points), changes=tuple(setting_changes(points)))


# 0..40 s: 5 stalls a second, then 9 across the change, then 2 a second.
POINTS = [
    point(0.0, 1_000, 70.0, "60"), point(10.0, 1_050, 50.0, "60"), point(30.0, 1_150, 30.0, "60"),
    point(40.0, 1_240, 90.0, "10"), point(50.0, 1_260, 110.0, "10"), point(70.0, 1_300, 130.0, "10"),
    point(100.0, 1_990, 170.0, "10"),
]  # fmt: skip


def test_windows_are_equal_and_the_step_across_the_change_is_in_neither():
    (effect,) = change_effects(past(POINTS))

    assert effect.time_utc_s == 40.0
    assert effect.window_s == 40.0
    assert [change.after for change in effect.changes] == ["10"]
    assert effect.compared == (
        Compared(name="available_bytes", before=50.0, before_count=3, after=110.0, after_count=3),
        Compared(name="allocstall_per_s", before=5.0, before_count=2, after=2.0, after_count=2),
    )


def test_a_window_ends_at_the_next_change():
    later = [*POINTS, point(110.0, 2_000, 10.0, "30"), point(300.0, 2_100, 20.0, "30")]
    first, second = change_effects(past(later))

    assert (first.window_s, second.window_s) == (40.0, 70.0)


def test_a_rate_across_a_reboot_is_in_no_mean():
    points = [
        *POINTS[:4], point(55.0, 7, 90.0, "10", boot="c"), point(65.0, 47, 90.0, "10", boot="c"),
        point(80.0, 77, 90.0, "10", boot="c"),
    ]  # fmt: skip
    (effect,) = change_effects(past(points))

    rate = next(one for one in effect.compared if one.name == "allocstall_per_s")
    assert (rate.after, rate.after_count) == (2.8, 2)


def test_what_one_side_does_not_tell_is_left_out():
    (effect,) = change_effects(past(POINTS[2:5]))

    assert [one.name for one in effect.compared] == ["available_bytes"]


def test_a_rate_counts_by_the_length_of_its_interval():
    points = [
        point(0.0, 0, 1.0, "60"), point(10.0, 100, 1.0, "60"), point(40.0, 130, 1.0, "60"),
        point(50.0, 130, 1.0, "10"), point(60.0, 140, 1.0, "10"), point(100.0, 140, 1.0, "10"),
    ]  # fmt: skip
    (effect,) = change_effects(past(points))

    rate = next(one for one in effect.compared if one.name == "allocstall_per_s")
    assert rate.before == pytest.approx(3.25)
    assert rate.after == pytest.approx(0.2)


def test_without_points_or_changes_there_is_nothing():
    assert change_effects(Past(hostname=None)) == []
    assert change_effects(past(POINTS[:3])) == []
