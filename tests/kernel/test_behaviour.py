import pytest

from vmadvisor.kernel.behaviour import behaviour_at, behaviour_of
from vmadvisor.sources import lru_gen, sysctl_vm, transparent_hugepage, version


def at(release: str):
    return behaviour_at(version.parse(f"Linux version {release}"))


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("has_scale_factor", "4.5.0", "4.6.0"),
        ("is_dirty_ratio_per_page", "4.6.0", "4.7.0"),
        ("has_boost", "4.20.0", "5.0.0"),
        ("later_equal_task_wins", "5.2.0", "5.3.0"),
        ("has_reclaim_costs", "5.7.0", "5.8.0"),
        ("is_oom_score_scaled", "5.8.0", "5.9.0"),
        ("has_promo", "5.17.0", "5.18.0"),
        ("thp_off_lowers_min_free", "5.16.0", "5.17.0"),
        ("is_movable_outside_share", "6.5.0", "6.6.0"),
    ],
)
def test_a_rule_begins_with_the_version_that_brought_it(rule, before, after):
    assert (getattr(at(before), rule), getattr(at(after), rule)) == (False, True)


@pytest.mark.parametrize(
    ("release", "bonus", "least", "rss"),
    [
        ("3.10.0", "adj_30", 1, "stat"),
        ("3.10.0-514.el7.x86_64", "points_3_pct", 1, "stat"),
        ("4.16.0", "points_3_pct", 1, "stat"),
        ("4.18.0-147.el8.x86_64", "none", 1, "stat"),
        ("5.8.0", "none", 1, "stat"),
        ("5.9.0", "none", None, "stat"),
        ("6.19.0", "none", None, "stat"),
        ("7.0.0", "none", None, "statm"),
    ],
)
def test_badness_changed_four_times(release, bonus, least, rss):
    rules = at(release)
    assert (rules.root_bonus, rules.badness_min_pages, rules.badness_rss) == (bonus, least, rss)


@pytest.mark.parametrize(
    ("release", "rule"),
    [
        ("3.13.0", None),
        ("3.14.0", "low_marks"),
        ("4.5.0", "totalreserve"),
        ("3.10.0-514.el7", "totalreserve"),
    ],
)
def test_mem_available_reserves_by_version(release, rule):
    assert at(release).available_reserve == rule


def test_numbers_that_grew():
    assert (at("5.6.0").min_free_cap_kib, at("5.7.0").min_free_cap_kib) == (65536, 262144)
    assert (at("5.7.0").swappiness_max_count, at("5.8.0").swappiness_max_count) == (100, 200)
    old, new = at("5.16.0"), at("5.17.0")
    assert (old.scale_factor_max_permyriad, new.scale_factor_max_permyriad) == (1000, 3000)


def test_a_value_above_the_old_maximum_proves_the_new_one(make_snapshot):
    sysctl = sysctl_vm.parse({"watermark_scale_factor": "2500\n", "swappiness": "133\n"})
    rules = behaviour_of(make_snapshot(sysctl, release="5.4.0"))
    assert (rules.scale_factor_max_permyriad, rules.swappiness_max_count) == (3000, 200)


def test_files_beat_the_release_where_a_distribution_backports(make_snapshot, make_zone):
    sysctl = sysctl_vm.parse(
        {"watermark_boost_factor": "15000\n", "watermark_scale_factor": "10\n"}
    )
    zones = [make_zone("DMA", 9, (1, 2, 3, 4), boost=0)]
    rules = behaviour_of(make_snapshot(sysctl, release="4.4.0", zones=zones))
    assert rules.has_scale_factor
    assert (rules.has_boost, rules.prints_boost, rules.has_promo) == (True, True, True)
    assert rules.is_movable_outside_share


def test_a_marks_value_is_no_evidence_while_there_is_a_release(make_snapshot, make_zone):
    zones = [make_zone("Normal", 9000, (8, 9, 10)), make_zone("Movable", 0, (32, 32, 32), boost=0)]
    assert not behaviour_of(make_snapshot(release="6.1.0", zones=zones)).is_movable_outside_share
    assert behaviour_of(make_snapshot(zones=zones)).is_movable_outside_share


def test_mglru_is_off_where_its_directory_is_missing_beside_its_neighbour(make_snapshot):
    huge = transparent_hugepage.parse({"enabled": "always [madvise] never\n"})
    on, off = lru_gen.parse({"enabled": "0x0007\n"}), lru_gen.parse({"enabled": "0x0000\n"})
    assert behaviour_of(make_snapshot(on, release="6.12.0")).is_mglru_on is True
    assert behaviour_of(make_snapshot(off, release="6.12.0")).is_mglru_on is False
    assert behaviour_of(make_snapshot(huge, release="6.12.0")).is_mglru_on is False
    assert behaviour_of(make_snapshot(release="6.12.0")).is_mglru_on is None
    assert behaviour_of(make_snapshot(release="5.10.0")).is_mglru_on is False
