import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.badness import (
    Footprint,
    badness_pages,
    cgroup_total_pages,
    footprint,
    host_total_pages,
    oom_score,
)
from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.sources import cgroup, version


def at(release: str):
    return behaviour_at(version.parse(f"version {release}"))


def size(rss=40_000, swap=3_000, tables=200, *, bonus=False):
    return Footprint(rss_pages=rss, swap_pages=swap, page_table_pages=tables, has_root_bonus=bonus)


@pytest.mark.parametrize(
    ("release", "adj", "bonus", "points"),
    [
        ("6.1.0", 0, False, 43_200),
        ("6.1.0", 100, False, 168_200),
        ("6.1.0", -100, False, -81_800),
        ("5.8.0", -100, False, 1),
        ("4.16.0", 0, True, 41_904),
        ("4.16.0", 100, True, 166_904),
        ("3.10.0", 100, True, 130_700),
        ("3.10.0", 100, False, 168_200),
    ],
)
def test_points_by_version(release, adj, bonus, points):
    """T // 1000 is 1250: the division comes first and truncates."""
    assert badness_pages(size(bonus=bonus), adj, 1_250_999, at(release)) == points


@pytest.mark.parametrize(
    ("release", "points", "score"),
    [
        ("5.8.0", 43_200, 34),
        ("5.9.0", 43_200, 689),
        ("5.9.0", -81_800, 623),
        ("5.9.0", 1_250_999, 1_333),
    ],
)
def test_oom_score_by_version(release, points, score):
    assert oom_score(points, 1_250_999, at(release)) == score


@given(st.integers(0, 2**36), st.integers(-999, 1000), st.integers(1000, 2**36))
def test_scores_stay_in_their_range_and_follow_the_points(rss, adj, total):
    rules = at("6.1.0")
    points = badness_pages(size(min(rss, total), 0, 0), adj, total, rules)
    score = oom_score(points, total, rules)
    assert 0 <= score <= 2_000
    assert oom_score(points + total // 100, total, rules) >= score


def test_rss_is_stats_until_6_19_and_statms_since_7_0(make_process):
    one = make_process(7, "a", 5_000, statm=5_111, swap_kib=44, pte_kib=36, pmd_kib=12)
    before, after = (footprint(one, 4096, at(release)) for release in ("6.19.0", "7.2.13"))
    assert (before.rss_pages, after.rss_pages) == (5_000, 5_111)
    assert (after.swap_pages, after.page_table_pages) == (11, 12)


def test_the_root_bonus_goes_to_administrators_until_4_16(make_process):
    one = make_process(7, "a", 5_000, is_admin=True)
    assert footprint(one, 4096, at("4.16.0")).has_root_bonus
    assert not footprint(one, 4096, at("4.17.0")).has_root_bonus
    assert not footprint(make_process(7, "a", 5_000), 4096, at("4.16.0")).has_root_bonus


@pytest.mark.parametrize(
    ("release", "how", "reason"),
    [
        ("6.1.0", {"has_status": False}, "no status"),
        ("6.1.0", {"has_mm": False}, "no user memory"),
        ("6.1.0", {"pte_kib": None}, "no VmPTE in status"),
        ("6.1.0", {"swap_kib": None}, "no VmSwap in status"),
        ("7.0.0", {}, "no statm"),
        ("4.16.0", {"is_admin": None}, "no CapEff in status"),
    ],
)
def test_what_cannot_be_told_has_a_reason(make_process, release, how, reason):
    assert footprint(make_process(7, "a", 5_000, **how), 4096, at(release)) == reason


def test_the_hosts_total_is_memory_and_swap(make_snapshot):
    text = "MemTotal: 8000 kB\nMemFree: 5 kB\nSwapTotal: 1200 kB\n"
    assert host_total_pages(make_snapshot(meminfo_text=text)) == 2_300
    assert (
        host_total_pages(make_snapshot(meminfo_text="MemTotal: 8000 kB\nMemFree: 5 kB\n")) is None
    )


V2 = {"memory.current": "4096\n", "memory.max": "40960000\n"}
V1 = {
    "memory.usage_in_bytes": "4096\n",
    "memory.limit_in_bytes": "40960000\n",
    "memory.swappiness": "60\n",
}


@pytest.mark.parametrize(
    ("files", "swappiness", "total"),
    [
        (V2, 60, 10_700),
        (V2 | {"memory.swap.max": "2048000\n"}, 60, 10_500),
        (V2 | {"memory.swap.max": "max\n"}, 60, 10_700),
        (V2 | {"memory.swap.max": "0\n"}, None, 10_000),
        (V2, 0, 10_000),
        (V2, None, None),
        (V2 | {"memory.max": "max\n"}, 60, None),
        (V2 | {"memory.max": "0\n", "memory.swap.max": "0\n"}, 60, 1),
        (V1, None, 10_700),
        (V1 | {"memory.memsw.limit_in_bytes": "42188800\n"}, None, 10_300),
        (V1 | {"memory.swappiness": "0\n"}, 60, 10_000),
    ],
)
def test_a_cgroups_total_is_its_limit_and_the_swap_it_may_have(files, swappiness, total):
    found = cgroup_total_pages(
        cgroup.parse(files), page_size=4096, swap_total_pages=700, swappiness_count=swappiness
    )
    assert found == total
