"""The order in which the kernel's rule would take the tasks of a table."""

import pytest

from vmadvisor.kernel.oom_choice import needs_total, points, ranked
from vmadvisor.kernel.oom_rules import oom_rules
from vmadvisor.sources.oom_report import OomReport, OomTask


def task(pid, rss, adj=0, *, uid=7, ptes=None, tables=None, swap=None):
    return OomTask(pid, uid, pid, 99_999, rss, ptes, tables, swap, adj, f"t{pid}")


def order(release, *tasks, total=20_000, **more):
    rules = oom_rules(OomReport(release=release))
    found = ranked(tasks, total_pages=total, page_bytes=4096, rules=rules, **more)
    return [(one.task.pid_id, one.points) for one in found]


def test_resident_swapped_and_page_table_pages_count():
    assert order("6.1.0", task(2, 100, tables=40_960, swap=7), task(3, 118)) == [(3, 118), (2, 117)]
    assert order("4.4.0", task(2, 100, ptes=11, swap=7), task(3, 117)) == [(2, 118), (3, 117)]


@pytest.mark.parametrize(("release", "first"), [("5.2.14", 2), ("5.3.0", 4)])
def test_of_equals_the_first_stays_until_5_2_and_the_last_wins_since(release, first):
    assert order(release, task(2, 100), task(3, 90), task(4, 100))[0][0] == first


def test_an_adj_counts_thousandths_of_the_total():
    assert order("6.1.0", task(2, 500), task(3, 100, adj=30), task(4, 900, adj=-30)) == [
        (3, 700),
        (2, 500),
        (4, 300),
    ]


@pytest.mark.parametrize(
    ("release", "expected"), [("5.8.0", [(2, 1), (3, 1)]), ("5.9.0", [(3, -900), (2, -990)])]
)
def test_negative_points_tie_at_one_until_5_8(release, expected):
    found = order(release, task(2, 10, adj=-50), task(3, 100, adj=-50))

    assert sorted(found) == sorted(expected)
    assert release != "5.9.0" or found == expected


def test_init_and_minus_1000_are_never_chosen():
    assert order("6.1.0", task(1, 900), task(2, 800, adj=-1000), task(3, 5)) == [(3, 5)]


def test_another_adj_is_asked_by_pid():
    assert order("6.1.0", task(2, 500), task(3, 100), adjust={2: -25})[0] == (3, 100)


@pytest.mark.parametrize(
    ("release", "expected"),
    [("3.10.0", 1000 - 30 * 20), ("3.14.0", 970), ("3.10.0-514.el7.x86_64", 970), ("4.17.0", 1000)],
)
def test_root_has_a_bonus_until_4_16(release, expected):
    assert order(release, task(2, 1000, uid=0)) == [(2, expected)]


def test_until_3_4_points_are_per_mille_and_at_least_one():
    found = order(
        "2.6.32-642.el6.x86_64",
        task(2, 10_100),
        task(3, 10_119),
        task(4, 1, adj=-5),
        task(5, 30_000),
    )

    assert found == [(5, 1000), (2, 505), (3, 505), (4, 1)]


@pytest.mark.parametrize(
    ("release", "one", "expected"),
    [
        ("6.1.0", task(2, 9), False),
        ("6.1.0", task(2, 9, adj=-1000), False),
        ("6.1.0", task(2, 9, adj=4), True),
        ("3.10.0", task(2, 9, uid=0), True),
        ("3.0.0", task(2, 9), True),
    ],
)
def test_the_total_matters_only_where_something_is_a_share_of_it(release, one, expected):
    assert needs_total([one], oom_rules(OomReport(release=release))) is expected


def test_a_total_of_zero_divides_nothing():
    assert points(5, 0, 0, oom_rules(OomReport(release="3.0.0")), has_root_bonus=False) == 1000
