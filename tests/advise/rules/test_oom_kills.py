"""A cgroup's kill is the cgroup's: its scope, WARNING; the host's own is CRITICAL; the past is INFO."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.oom_kills import RULE
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.lru_gen import LruGen

WEB = "/system.slice/web.service"


def killed(quiet, kills, *others, **activity):
    return quiet.facts(
        replace(quiet.ACTIVITY, oom_kill_count=kills, **({"allocstall_per_s": 16.0} | activity)),
        replace(quiet.VMSTAT, oom_kill_total=7),
        *others,
    )


def struck(quiet, *paths_and_kills, **changes):
    groups = tuple(
        replace(quiet.CGROUP, **({"path": path, "oom_count": 1, "oom_kill_count": kills} | changes))
        for path, kills in paths_and_kills
    )
    return CgroupLimits(groups=groups, is_complete=True)


def test_a_kill_of_the_host_is_critical_and_certain_when_all_groups_were_seen(quiet):
    (finding,) = RULE.check(killed(quiet, 2))

    assert (finding.severity.name, finding.scope, finding.confidence) == (
        "CRITICAL",
        "host",
        "high",
    )
    assert "2 time(s) in the last 1.0 s" in finding.title


def test_a_kill_of_the_host_is_less_certain_without_all_groups(quiet):
    partial = replace(struck(quiet), is_complete=False)
    (finding,) = RULE.check(killed(quiet, 2, partial))

    assert finding.confidence == "medium"
    assert finding.would_change


def test_a_kill_at_a_groups_own_limit_stays_in_its_scope(quiet, said):
    assert said(RULE, killed(quiet, 1, struck(quiet, (WEB, 1)))) == [("WARNING", WEB)]


def test_a_host_kill_in_a_limited_group_is_the_hosts(quiet, said):
    """Only ``oom_kill`` of the victim's group rises: the group did not meet its limit."""
    facts = killed(quiet, 1, struck(quiet, (WEB, 1), oom_count=0))

    assert said(RULE, facts) == [("CRITICAL", "host")]


def test_both_kinds_in_one_interval_are_told_apart(quiet, said):
    assert said(RULE, killed(quiet, 3, struck(quiet, (WEB, 2)))) == [
        ("WARNING", WEB),
        ("CRITICAL", "host"),
    ]


def test_kills_below_a_struck_group_are_not_counted_twice(quiet, said):
    """memory.events is hierarchical: the slice's 3 hold the service's 2."""
    groups = struck(quiet, ("/system.slice", 3), (WEB, 2))

    assert said(RULE, killed(quiet, 4, groups)) == [
        ("WARNING", "/system.slice"),
        ("WARNING", WEB),
        ("CRITICAL", "host"),
    ]


def test_on_v1_the_limits_failures_stand_for_the_oom_counter(quiet, said):
    v1 = struck(quiet, (WEB, 1), oom_count=None, limit_hit_count=40)

    assert said(RULE, killed(quiet, 1, v1)) == [("WARNING", WEB)]


def test_a_kill_on_a_host_that_reclaimed_nothing_was_a_cgroups(quiet):
    """Its memory.events were read before the kill, vmstat after it."""
    (finding,) = RULE.check(killed(quiet, 1, allocstall_per_s=0.0))

    assert (finding.severity.name, finding.scope, finding.confidence) == (
        "WARNING",
        "host",
        "medium",
    )
    assert "cgroup's limit" in finding.title


@pytest.mark.parametrize(("scanned", "severity"), [(500.0, "CRITICAL"), (0.0, "WARNING")])
def test_with_min_ttl_kswapd_kills_without_direct_reclaim(quiet, said, scanned, severity):
    facts = killed(
        quiet, 1, LruGen(enabled_mode=7, min_ttl_ms=1_000), allocstall_per_s=0.0,
        scan_kswapd_pages_per_s=scanned,
    )  # fmt: skip

    assert said(RULE, facts) == [(severity, "host")]


def test_kills_before_the_interval_are_history(quiet):
    (finding,) = RULE.check(killed(quiet, 0))

    assert finding.severity.name == "INFO"
    assert finding.title == "The OOM killer struck 7 time(s) since boot, not in the interval"


def test_one_snapshot_knows_the_past_only(quiet, without):
    (finding,) = RULE.check(without(killed(quiet, 0), ReclaimActivity))

    assert finding.severity.name == "INFO"
    assert finding.title == "The OOM killer struck 7 time(s) since boot"


def test_a_kernel_that_counts_no_kills_is_not_judged(quiet):
    old = quiet.facts(replace(quiet.VMSTAT, oom_kill_total=None))

    assert RULE.lacks(old) == ("/proc/vmstat oom_kill (4.13+)",)
