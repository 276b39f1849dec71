"""That a kill takes a whole group is worth a line where a kill is near, not everywhere."""

from dataclasses import replace

from vmadvisor.advise.rules.oom_group import RULE
from vmadvisor.model.limits import CgroupLimits

PATH = "/system.slice/db.service"
UNITS = {"postgres": PATH, "backup": f"{PATH}/helper", "other": "/system.slice/db.service2"}
PROCESSES = (("postgres", 9_000, 0), ("backup", 800, 0), ("other", 70, 0))


def limits(quiet, **changes):
    group = replace(quiet.CGROUP, path=PATH, **({"is_at_limit": True, "oom_group": True} | changes))
    return CgroupLimits(groups=(group,), is_complete=True)


def test_a_group_at_its_limit_is_named_with_how_many_go(ranked, quiet, said):
    facts = ranked(*PROCESSES, units=UNITS, others=(limits(quiet),))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", PATH)]
    assert finding.title == (
        "The next kill here takes all 2 processes of this cgroup, postgres among them"
    )
    assert finding.remedy.command == f"echo 0 > '/sys/fs/cgroup{PATH}/memory.oom.group'"
    assert finding.remedy.undo == f"echo 1 > '/sys/fs/cgroup{PATH}/memory.oom.group'"


def test_without_anything_critical_in_it_nothing_needs_to_change(ranked, quiet):
    processes = (("a", 900, 0), ("b", 80, 0))
    facts = ranked(*processes, units={"a": PATH, "b": PATH}, others=(limits(quiet),))

    assert next(iter(RULE.check(facts))).remedy is None


def test_far_from_its_limit_it_is_quiet(ranked, quiet, said):
    facts = ranked(*PROCESSES, units=UNITS, others=(limits(quiet, is_at_limit=False),))

    assert said(RULE, facts) == []


def test_the_hosts_own_shortage_brings_it_near_if_it_is_first(ranked, quiet, said, short):
    far = limits(quiet, is_at_limit=False)

    assert said(RULE, ranked(*PROCESSES, units=UNITS, others=(far, short))) == [("INFO", PATH)]


def test_one_process_alone_is_no_group(ranked, quiet, said):
    facts = ranked(("postgres", 9_000, 0), units=UNITS, others=(limits(quiet),))

    assert said(RULE, facts) == []


def test_groups_that_do_not_ask_for_it_are_quiet(ranked, quiet, said):
    for value in (False, None):
        facts = ranked(*PROCESSES, units=UNITS, others=(limits(quiet, oom_group=value),))
        assert said(RULE, facts) == []
