"""Compaction is blamed only where nothing else explains the time that tasks lose."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.compaction import RULE
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.transparent_hugepage import TransparentHugepage


def compacting(quiet, full, *others, **activity):
    return quiet.facts(
        replace(quiet.ACTIVITY, **({"compact_stall_per_s": 40.0} | activity)),
        replace(quiet.STALL, memory_full_ratio=full),
        *others,
    )


def test_compaction_that_costs_little_is_information(quiet, said):
    assert said(RULE, compacting(quiet, 0.01)) == [("INFO", "host")]


def test_compaction_that_costs_time_is_a_warning(quiet, said):
    assert said(RULE, compacting(quiet, 0.12)) == [("WARNING", "host")]


def test_compaction_that_freezes_the_host_is_critical(quiet, said, psi):
    assert said(RULE, compacting(quiet, 0.66, psi(48.0))) == [("CRITICAL", "host")]


@pytest.mark.parametrize("other", [{"allocstall_per_s": 3.0}, {"swapin_pages_per_s": 90.0}])
def test_reclaim_or_swap_explain_the_time_better(quiet, said, other):
    assert said(RULE, compacting(quiet, 0.12, **other)) == [("INFO", "host")]


def test_a_capped_group_explains_the_time_better(quiet, said, capped):
    assert said(RULE, compacting(quiet, 0.90, capped(0.88))) == [("INFO", "host")]


def test_a_kernel_without_compaction_has_no_such_stall(quiet, said):
    assert said(RULE, compacting(quiet, 0.12, compact_stall_per_s=None)) == []


@pytest.mark.parametrize(
    ("defrag", "command"),
    [("always", "echo madvise > /sys/kernel/mm/transparent_hugepage/defrag"), ("madvise", None)],
)
def test_only_defrag_always_is_worth_changing(quiet, defrag, command):
    thp = TransparentHugepage(enabled="always", defrag=defrag, hpage_pmd_size_bytes=2 << 20)
    (finding,) = RULE.check(compacting(quiet, 0.12, thp))

    assert (finding.remedy.command if finding.remedy else None) == command


def test_averages_since_boot_are_not_judged(quiet):
    boot = replace(quiet.ACTIVITY, is_since_boot=True, compact_stall_per_s=40.0)
    facts = quiet.facts(boot)

    assert RULE.lacks(facts) == ("two readings of /proc/vmstat",)
    assert facts[ReclaimActivity].is_since_boot
    assert list(RULE.check(facts)) == []
