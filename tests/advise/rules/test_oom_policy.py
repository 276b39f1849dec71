"""Settings that overrule the choice are said; those that take the host down with a container are loud."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.oom_policy import RULE
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.sources.sysctl_kernel import parse as parse_kernel

NO_GROUPS = CgroupLimits(groups=(), is_complete=True)


def sysctl(quiet, **changes):
    return replace(quiet.SYSCTL, **changes)


def test_panic_on_the_hosts_shortage_is_information(quiet, said):
    facts = quiet.facts(sysctl(quiet, panic_on_oom_mode=1), parse_kernel({"panic": "10\n"}))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert [item.value for item in finding.evidence] == [1, 10, 1]
    assert finding.remedy.command == "sysctl -w vm.panic_on_oom=0"
    assert finding.remedy.undo == "sysctl -w vm.panic_on_oom=1"


def test_a_host_that_stays_down_is_said_to(quiet):
    facts = quiet.facts(sysctl(quiet, panic_on_oom_mode=1), parse_kernel({"panic": "0\n"}))

    assert next(iter(RULE.check(facts))).title.endswith(", and it stays down")


def test_a_cgroup_that_takes_the_host_down_is_a_warning(quiet, said):
    facts = quiet.facts(sysctl(quiet, panic_on_oom_mode=2))

    assert said(RULE, facts) == [("WARNING", "host")]


def test_mode_2_without_a_limited_group_is_no_more_than_mode_1(quiet, said):
    assert said(RULE, quiet.facts(sysctl(quiet, panic_on_oom_mode=2), NO_GROUPS)) == [
        ("INFO", "host")
    ]


@pytest.mark.parametrize("mode", [1, -1])
def test_killing_the_allocating_task_is_said(quiet, mode):
    (finding,) = RULE.check(quiet.facts(sysctl(quiet, oom_kill_allocating_task_mode=mode)))

    assert "no oom_score_adj protects" in finding.title
    assert finding.remedy.undo == f"sysctl -w vm.oom_kill_allocating_task={mode}"


def test_the_kernels_defaults_are_quiet(quiet, said):
    off = sysctl(quiet, panic_on_oom_mode=0, oom_kill_allocating_task_mode=0)

    assert said(RULE, quiet.facts(off)) == []
