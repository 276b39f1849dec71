"""The two bounds that PSI's and taskstats' definitions set, on numbers that keep and break them."""

import json

from delays_against_psi import intervals


def line(reclaim_s, some_s, *, kswapd_s=0.5, thrash_s=0.0):
    told = {
        "processes": [
            {"reclaim_ns": int(s * 1e9), "compact_ns": None, "thrashing_ns": int(thrash_s * 1e9)}
            for s in reclaim_s
        ],
        "pressure": {"host": {"some_us": int(some_s * 1e6)}},
        "kswapd_cpu_s": kswapd_s,
        "throttled_total": 3,
    }
    return f"delays 0 {json.dumps(told)}\n"


def test_both_bounds_hold_where_tasks_wait_at_the_same_time():
    (one,) = intervals(line([2.0, 1.5], 2.25))

    assert (one.freepages_s, one.longest_s, one.throttled) == (3.5, 2.0, 3)
    assert one.is_below
    assert one.is_accounted_for


def test_a_wait_longer_than_any_stall_and_a_stall_of_nobody_are_seen():
    assert not intervals(line([2.5], 2.0))[0].is_below
    assert not intervals(line([0.5], 3.0, thrash_s=0.25))[0].is_accounted_for


def test_quiet_intervals_and_other_lines_are_passed_over():
    assert intervals("taskstats tgid 7 x 0d00\ndelays 3 \n" + line([], 1.0)) == []
