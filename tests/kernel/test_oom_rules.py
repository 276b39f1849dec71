"""Which rule a report calls for: by its release, else by what it prints, never by who was killed."""

import pytest

from vmadvisor.kernel.oom_rules import oom_rules
from vmadvisor.sources.oom_report import OomMemory, OomReport, OomTable, OomZone

PTES = ("uid", "tgid", "total_vm", "rss", "nr_ptes", "swapents", "oom_score_adj")
OLD = ("uid", "tgid", "total_vm", "rss", "cpu", "oom_adj", "oom_score_adj")


def table(columns, *, has_state_line=False):
    return OomTable(
        columns=columns, tasks=(), malformed_count=0, dropped_count=0, has_state_line=has_state_line
    )


@pytest.mark.parametrize(
    ("release", "scale", "bonus", "least", "later_wins"),
    [
        ("2.6.32-5-amd64", None, "adj_30", 1, False),
        ("2.6.32-642.11.1.el6.x86_64", "permille", "adj_30", 1, False),
        ("2.6.36", "permille", "adj_30", 1, False),
        ("3.0.101-63-default", "permille", "adj_30", 1, False),
        ("3.5.0", "pages", "adj_30", 1, False),
        ("3.10.0-514.6.1.el7.x86_64", "pages", "points_3_pct", 1, False),
        ("3.13.0-24-generic", "pages", "adj_30", 1, False),
        ("4.14.5", "pages", "points_3_pct", 1, False),
        ("4.18.0-147.el8.x86_64", "pages", "none", 1, False),
        ("5.4.0", "pages", "none", 1, True),
        ("6.1.0-50-amd64", "pages", "none", None, True),
    ],
)
def test_each_release_has_its_rule(release, scale, bonus, least, later_wins):
    rules = oom_rules(OomReport(release=release))

    assert (rules.scale, rules.is_inferred) == (scale, False)
    behaviour = rules.behaviour
    assert (behaviour.root_bonus, behaviour.badness_min_pages, behaviour.later_equal_task_wins) == (
        bonus,
        least,
        later_wins,
    )


@pytest.mark.parametrize(
    ("columns", "has_state_line", "base", "scale", "prints_all"),
    [
        (OLD, False, (2, 6), "permille", False),
        (("uid", "tgid", "total_vm", "rss", "cpu", "oom_adj"), False, (2, 6), None, False),
        (PTES, False, (3, 7), "pages", True),
        ((*PTES, "nr_pmds"), False, (4, 0), "pages", True),
        ((*PTES, "pgtables_bytes"), False, (4, 15), "pages", True),
        ((*PTES, "pgtables_bytes"), True, (4, 19), "pages", True),
        ((*PTES, "rss_anon"), True, (6, 7), "pages", True),
    ],
)
def test_without_a_release_the_table_proves_a_lower_bound(
    columns, has_state_line, base, scale, prints_all
):
    rules = oom_rules(OomReport(table=table(columns, has_state_line=has_state_line)))

    assert (rules.behaviour.version_base, rules.scale, rules.prints_all) == (
        base,
        scale,
        prints_all,
    )
    assert rules.is_inferred


def test_zones_prove_newer_kernels():
    zone = OomZone(
        node_id=0, name="DMA", free_kib=9, min_kib=1, low_kib=2, high_kib=3, boost_kib=4, reserved_highatomic_kib=5,
        free_highatomic_kib=None, present_kib=8, managed_kib=7, free_cma_kib=6, slab_unreclaimable_kib=None,
        all_unreclaimable=None,
    )  # fmt: skip
    rules = oom_rules(OomReport(memory=OomMemory(zones=(zone,))))

    assert rules.behaviour.version_base == (5, 16)


def test_a_release_that_is_none_is_not_trusted():
    assert oom_rules(OomReport(release="x")).is_inferred
