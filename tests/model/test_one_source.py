"""Two programs' readings of one host make no line."""

from vmadvisor.model.one_source import one_source
from vmadvisor.model.past import Point


def point(time_s, origin):
    return Point(time_utc_s=time_s, boot_id=None, origin=origin)


def test_others_readings_stand_only_where_ours_do_not_reach():
    points = [
        point(1.0, "sar"), point(2.0, "sar"), point(3.0, "sample"), point(4.0, "sar"),
        point(5.0, "check"), point(6.0, "sar"),
    ]  # fmt: skip

    kept = one_source(points)

    assert [one.time_utc_s for one in kept] == [1.0, 2.0, 3.0, 5.0, 6.0]


def test_without_ours_all_stand():
    points = (point(1.0, "sar"), point(2.0, "sar"))

    assert one_source(points) == points
    assert one_source(()) == ()


def test_an_archive_that_counts_comes_before_one_that_tells_means_and_ours_before_both():
    points = [
        point(1.0, "sar"), point(2.0, "pcp"), point(3.0, "sar"), point(4.0, "pcp"),
        point(5.0, "sar"), point(6.0, "check"), point(7.0, "pcp"), point(8.0, "check"),
    ]  # fmt: skip

    assert [one.time_utc_s for one in one_source(points)] == [1.0, 2.0, 4.0, 5.0, 6.0, 8.0]
