"""Who stalls, how much, and whose fault it is: the cases a sysadmin meets at night."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.direct_reclaim import RULE
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.sources.pressure import MemoryPressure


def stalled(quiet, full, *others, **activity):
    return quiet.facts(
        replace(quiet.ACTIVITY, **activity),
        replace(quiet.STALL, memory_full_ratio=full, memory_some_ratio=full),
        *others,
    )


def titles(facts):
    return [finding.title for finding in RULE.check(facts)]


def test_a_host_full_of_page_cache_whose_kswapd_works_is_quiet(quiet, said):
    facts = stalled(
        quiet, 0.02, scan_kswapd_pages_per_s=20_000.0, steal_kswapd_pages_per_s=19_900.0
    )

    assert said(RULE, facts) == []


def test_a_kswapd_that_runs_much_is_named_and_alarms_nobody(quiet, said):
    facts = stalled(
        quiet,
        0.11,
        quiet.node_facts(kswapd_cpu_ratio=0.12),
        scan_kswapd_pages_per_s=9_000.0,
    )

    assert said(RULE, facts) == [("INFO", "host")]
    assert "kswapd's own running time" in titles(facts)[0]


def test_hundreds_of_direct_reclaims_that_cost_nothing_are_information(quiet, said):
    facts = stalled(quiet, 0.01, allocstall_per_s=400.0, scan_direct_pages_per_s=12_800.0)

    assert said(RULE, facts) == [("INFO", "host")]


@pytest.mark.parametrize(("full", "severity"), [(0.05, "WARNING"), (0.049, "INFO")])
def test_five_per_cent_of_the_time_is_harm(quiet, said, full, severity):
    assert said(RULE, stalled(quiet, full, allocstall_per_s=3.0)) == [(severity, "host")]


def test_a_frozen_host_is_critical(quiet, said, psi):
    facts = stalled(
        quiet, 0.77, psi(58.0), allocstall_per_s=20.0, swapin_pages_per_s=700.0,
        swapout_pages_per_s=650.0, refault_pages_per_s=640.0,
    )  # fmt: skip

    assert said(RULE, facts) == [("CRITICAL", "host")]


def test_a_frozen_host_seen_once_is_critical_too(quiet, said, psi, without):
    single = without(quiet.facts(psi(58.0)), StallTime, ReclaimActivity)

    assert said(RULE, single) == [("CRITICAL", "host")]


def test_a_freeze_in_which_no_new_pass_begins_is_critical_too(quiet, said, psi):
    """A slow swap disk: every task sits in a pass that began before the interval."""
    facts = stalled(quiet, 0.45, psi(41.0))

    assert said(RULE, facts) == [("CRITICAL", "host")]
    assert "a pass that lasts" in titles(facts)[0]


def test_a_capped_group_is_named_and_the_host_is_not_blamed(quiet, said, psi, capped):
    facts = stalled(quiet, 0.90, psi(90.0), capped(0.90))

    assert said(RULE, facts) == [("INFO", "host")]
    assert "/system.slice/web.service" in titles(facts)[0]


def test_a_capped_group_seen_once_is_named_while_memory_is_there(quiet, said, psi, capped, without):
    single = without(quiet.facts(psi(90.0), capped(0.90)), StallTime, ReclaimActivity)

    assert said(RULE, single) == [("INFO", "host")]


def test_where_cgroups_cannot_be_read_the_suspicion_is_said_with_low_confidence(
    quiet, psi, without
):
    facts = without(stalled(quiet, 0.90, psi(90.0)), CgroupLimits)
    (finding,) = RULE.check(facts)

    assert finding.confidence == "low"
    assert "a cgroup at its limit that was not seen" in finding.title


def test_compaction_is_left_to_its_own_rule(quiet, said):
    assert said(RULE, stalled(quiet, 0.12, compact_stall_per_s=30.0)) == [("INFO", "host")]


def test_one_task_that_waits_all_the_time_is_information(quiet, said):
    facts = quiet.facts(replace(quiet.STALL, memory_some_ratio=0.94))

    assert said(RULE, facts) == [("INFO", "host")]


@pytest.mark.parametrize(("rate", "severity"), [(9.9, "INFO"), (10.0, "WARNING")])
def test_without_psi_counts_must_do_with_low_confidence(quiet, said, without, rate, severity):
    facts = without(stalled(quiet, 0.0, allocstall_per_s=rate), StallTime, MemoryPressure)

    assert said(RULE, facts) == [(severity, "host")]
    assert [finding.confidence for finding in RULE.check(facts)] == ["low"]


def test_without_psi_and_without_reclaim_the_rule_is_quiet(quiet, said, without):
    assert said(RULE, without(quiet.facts(), StallTime, MemoryPressure)) == []


def test_without_psi_and_two_readings_nothing_can_be_judged(quiet, without):
    single = without(quiet.facts(), StallTime, MemoryPressure, ReclaimActivity)

    assert RULE.lacks(single) == ("two readings of /proc/vmstat", "/proc/pressure/memory")


def test_without_psi_and_allocstall_nothing_can_be_judged(quiet, without):
    facts = without(stalled(quiet, 0.0, allocstall_per_s=None), StallTime, MemoryPressure)

    assert RULE.lacks(facts) == ("/proc/vmstat allocstall",)


def test_averages_since_boot_are_no_stall_of_now(quiet, said):
    boot = replace(quiet.ACTIVITY, is_since_boot=True, allocstall_per_s=50.0)

    assert said(RULE, quiet.facts(boot)) == []
