"""What groups keep from reclaim, and groups that memory.high keeps asleep; each in its own scope."""

import pytest

from vmadvisor.advise.rules.group_protection import RULE
from vmadvisor.model.group_settings import GroupSetting, GroupSettings

MIB = 1 << 20


def group(path="/batch", **changes):
    fields = {"path": path, "current_bytes": 530 * MIB, "min_bytes": 0, "low_bytes": 0,
              "high_bytes": None, "max_bytes": None, "anon_bytes": 520 * MIB, "swap_max_bytes": 0,
              "full_avg10_ratio": 0.93}  # fmt: skip
    return GroupSetting(**(fields | changes))


def facts(quiet, *groups):
    return quiet.facts(GroupSettings(groups=groups))


def test_a_group_that_reclaim_cannot_bring_below_its_mark_sleeps(quiet, said):
    found = facts(quiet, group(high_bytes=512 * MIB))
    (finding,) = RULE.check(found)

    assert said(RULE, found) == [("INFO", "/batch")]
    assert finding.remedy.command == "echo max > /sys/fs/cgroup/batch/memory.high"
    assert finding.remedy.undo == "echo 536870912 > /sys/fs/cgroup/batch/memory.high"


@pytest.mark.parametrize(
    "changes",
    [
        {"current_bytes": 500 * MIB},
        {"full_avg10_ratio": 0.2},
        {"full_avg10_ratio": None},
        {"anon_bytes": 100 * MIB},  # cache: reclaim will get there
        {"anon_bytes": None},
    ],
)
def test_a_group_that_runs_or_can_be_reclaimed_is_quiet(quiet, said, changes):
    assert said(RULE, facts(quiet, group(high_bytes=512 * MIB, **changes))) == []


def test_half_of_ram_kept_is_said_and_loud_when_memory_runs_out(quiet, said, short):
    kept = GroupSettings(groups=(group(min_bytes=9 << 30, current_bytes=5 << 30),))

    assert said(RULE, quiet.facts(kept)) == [("INFO", "host")]
    assert said(RULE, quiet.facts(kept, short)) == [("WARNING", "host")]
    assert said(RULE, facts(quiet, group(min_bytes=9 << 30, current_bytes=3 << 30))) == []


def test_a_minimum_at_the_limit_leaves_nothing_to_reclaim(quiet, said):
    found = facts(quiet, group(min_bytes=600 * MIB, max_bytes=600 * MIB))
    (finding,) = RULE.check(found)

    assert said(RULE, found) == [("INFO", "/batch")]
    assert finding.remedy.undo == "echo 629145600 > /sys/fs/cgroup/batch/memory.min"
    assert said(RULE, facts(quiet, group(min_bytes=500 * MIB, max_bytes=600 * MIB))) == []


def test_a_hostile_path_is_quoted(quiet):
    (finding,) = RULE.check(facts(quiet, group("/a'; reboot #", high_bytes=512 * MIB)))

    assert finding.remedy.command == (
        """echo max > '/sys/fs/cgroup/a'"'"'; reboot #/memory.high'"""
    )
