"""That a kill takes a whole group is worth a line where a kill is near, not everywhere."""

from dataclasses import replace

from vmadvisor.advise.rules.oom_group import RULE
from vmadvisor.model.group_settings import GroupSetting, GroupSettings
from vmadvisor.model.limits import CgroupLimits

PATH = "/system.slice/db.service"
UNITS = {"postgres": PATH, "backup": f"{PATH}/helper", "other": "/system.slice/db.service2"}
PROCESSES = (("postgres", 9_000, 0), ("backup", 800, 0), ("other", 70, 0))


def limits(quiet, *, is_at_limit=True):
    group = replace(quiet.CGROUP, path=PATH, is_at_limit=is_at_limit)
    return CgroupLimits(groups=(group,), is_complete=True)


def whole(*, oom_group=True):
    setting = GroupSetting(path=PATH, current_bytes=5, min_bytes=0, low_bytes=0, high_bytes=None,
                           max_bytes=9, anon_bytes=None, swap_max_bytes=None, full_avg10_ratio=None,
                           oom_group=oom_group)  # fmt: skip
    return GroupSettings(groups=(setting,))


def test_a_group_at_its_limit_is_named_with_how_many_go(ranked, quiet, said):
    facts = ranked(*PROCESSES, units=UNITS, others=(limits(quiet), whole()))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", PATH)]
    assert finding.title == (
        "The next kill here takes all 2 processes of this cgroup, postgres among them"
    )
    assert finding.remedy.command == f"echo 0 > '/sys/fs/cgroup{PATH}/memory.oom.group'"
    assert finding.remedy.undo == f"echo 1 > '/sys/fs/cgroup{PATH}/memory.oom.group'"


def test_without_anything_critical_in_it_nothing_needs_to_change(ranked, quiet):
    processes = (("a", 900, 0), ("b", 80, 0))
    facts = ranked(*processes, units={"a": PATH, "b": PATH}, others=(limits(quiet), whole()))

    assert next(iter(RULE.check(facts))).remedy is None


def test_far_from_its_limit_it_is_quiet(ranked, quiet, said):
    facts = ranked(*PROCESSES, units=UNITS, others=(limits(quiet, is_at_limit=False), whole()))

    assert said(RULE, facts) == []


def test_the_hosts_own_shortage_brings_it_near_if_it_is_first(ranked, quiet, said, short):
    far = limits(quiet, is_at_limit=False)

    assert said(RULE, ranked(*PROCESSES, units=UNITS, others=(far, short, whole()))) == [
        ("INFO", PATH)
    ]


def test_one_process_alone_is_no_group(ranked, quiet, said):
    facts = ranked(("postgres", 9_000, 0), units=UNITS, others=(limits(quiet), whole()))

    assert said(RULE, facts) == []


def test_groups_that_do_not_ask_for_it_are_quiet(ranked, quiet, said):
    for other in (whole(oom_group=False), GroupSettings(groups=())):
        assert said(RULE, ranked(*PROCESSES, units=UNITS, others=(limits(quiet), other))) == []
