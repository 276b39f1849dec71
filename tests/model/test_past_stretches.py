"""A past cut into hours and days."""

import pytest

from vmadvisor.model.past import Past, PastKill, PastVerdict, Point
from vmadvisor.model.past_stretches import stretches, verdict_changes


def at(time_utc_s, available, boot_id="b", **counters):
    gauges = {} if available is None else {"available_bytes": available}
    return Point(
        time_utc_s=float(time_utc_s),
        boot_id=boot_id,
        origin="check",
        gauges=gauges,
        counters=counters,
    )


def verdict(time_utc_s, status, *finding_ids):
    return PastVerdict(
        time_utc_s=float(time_utc_s), status=status, finding_ids=finding_ids, headline="why"
    )


def test_each_stretch_has_its_least_its_sums_and_its_worst():
    past = Past(
        hostname="db1",
        points=(
            at(3500, 900, allocstall_total=10, oom_kill_total=4, memory_full_us_total=1_000_000),
            at(3700, 700, allocstall_total=14, memory_full_us_total=3_000_000),
            at(3800, 800, allocstall_total=15, memory_full_us_total=53_000_000),
        ),
        verdicts=(verdict(3500, "OK"), verdict(3700, "CRITICAL", "A"), verdict(3800, "UNKNOWN")),
        kills=(PastKill(time_utc_s=3700.0, count=3, victim=None, scope="host", foreseen=None),),
    )

    first, second = stretches(past, 3600.0)

    assert (first.time_utc_s, first.points_count, first.least_available_bytes) == (0.0, 1, 900)
    assert (first.allocstall_count, first.full_s, first.most_full_ratio) == (None, None, None)
    assert (first.kills_count, first.worst) == (0, "OK")
    assert (second.time_utc_s, second.points_count, second.least_available_bytes) == (
        3600.0,
        2,
        700,
    )
    assert second.allocstall_count == pytest.approx(5)
    assert second.full_s == pytest.approx(52.0)
    assert second.most_full_ratio == pytest.approx(0.5)
    assert (second.kills_count, second.worst) == (3, "CRITICAL")


def test_what_is_not_known_is_none_not_zero():
    past = Past(hostname=None, points=(at(10, None), at(20, None, "other boot")))

    [one] = stretches(past, 3600.0)

    assert (one.least_available_bytes, one.allocstall_count, one.worst) == (None, None, None)
    assert (one.points_count, one.kills_count) == (2, None)


def test_a_verdict_changes_with_its_status_or_what_made_it():
    given = [
        verdict(1, "OK"), verdict(2, "OK"), verdict(3, "WARNING", "A"), verdict(4, "WARNING", "B"),
        verdict(5, "WARNING", "B"), verdict(6, "OK"),
    ]  # fmt: skip

    assert [one.time_utc_s for one in verdict_changes(given)] == [1.0, 3.0, 4.0, 6.0]


def sar(time_utc_s, ratio, boot_id):
    return Point(
        time_utc_s=float(time_utc_s), boot_id=boot_id, origin="sar",
        gauges={"available_bytes": 500}, rates={"memory_full_ratio": ratio},
    )  # fmt: skip


def test_a_mean_may_be_the_worst_but_adds_to_no_sum_for_nobody_knows_how_long_it_held():
    points = (sar(0, 0.01, "a"), sar(600, 0.05, "a"), sar(3000, 0.02, "b"))

    (found,) = stretches(Past(hostname="db1", points=points), 3600.0)

    assert (found.full_s, found.most_full_ratio) == (None, 0.05)


def test_points_of_another_program_between_ours_do_not_part_our_steps():
    points = (
        at(0, 900, allocstall_total=10),
        sar(100, 0.5, "sar"),
        at(200, 800, allocstall_total=17),
    )

    (found,) = stretches(Past(hostname="db1", points=points), 3600.0)

    assert (found.points_count, found.least_available_bytes) == (3, 500)
    assert found.allocstall_count == pytest.approx(7)
