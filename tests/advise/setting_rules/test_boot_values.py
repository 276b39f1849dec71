"""What runs and what the next boot sets are compared, and whoever loses is named."""

from dataclasses import replace

import pytest

from vmadvisor.advise.setting_rules.boot_values import RULE
from vmadvisor.model.provenance import Origin, Provenance

TUNED = Origin(by="tuned", path="/etc/tuned/mine/tuned.conf", line=4, value="30")


@pytest.fixture
def said(case, titles):
    def build(*, is_complete=True, **changes):
        one = replace(case.SWAPPINESS, **changes)
        found = Provenance(by_key={one.key: one}, tuned=None, is_complete=is_complete)
        return titles(RULE, case.facts(found))

    return build


def test_another_value_than_the_file_sets_is_said(said):
    assert said(running_count=1) == [
        ("INFO", "vm.swappiness runs with another value than the next boot will set")
    ]


def test_a_value_that_no_file_keeps_is_said(said):
    (found,) = said(running_count=1, boot=None)

    assert "was set by hand" in found[1]


def test_where_files_could_not_be_read_nothing_is_said_of_what_no_file_sets(said):
    assert said(running_count=1, boot=None, is_complete=False) == []
    assert len(said(running_count=1, is_complete=False)) == 1


def test_a_file_that_nothing_reads_is_said(case, said):
    unread = replace(case.ORIGIN, path="/etc/sysctl.conf", value="10")

    (found,) = said(boot=None, unread=unread)
    assert "/etc/sysctl.conf, which nothing reads at boot" in found[1]
    assert said(unread=replace(unread, value="60")) == []  # another file says the same


def test_tuned_and_a_file_that_disagree_are_said_with_who_loses(case, said):
    (found,) = said(overruled=(TUNED,))
    assert found[1].endswith("the profile of tuned loses")
    (found,) = said(running_count=30, boot=TUNED, overruled=(case.ORIGIN,))
    assert found[1].endswith("the file in sysctl.d loses")
    assert said(overruled=(replace(TUNED, value="60"),)) == []


def test_files_that_overrule_one_another_are_no_news(case, said):
    assert said(overruled=(replace(case.ORIGIN, value="30"),)) == []


def test_what_the_kernel_changes_itself_is_not_compared(said):
    assert said(key="vm.min_free_kbytes", running_count=67_584, default_count=None) == []


def test_the_places_are_in_the_evidence(case):
    odd = replace(case.SWAPPINESS, running_count=1, later=(replace(TUNED, by="job"),))
    found = Provenance(by_key={odd.key: odd}, tuned=None, is_complete=True)
    (finding,) = RULE.check(case.facts(found))

    assert [(item.name, item.value, item.source) for item in finding.evidence] == [
        ("running", 1, "/proc/sys/vm/swappiness"),
        ("at_boot", "60", "/etc/sysctl.d/60-db.conf:3"),
    ]
    assert [item.source for item in finding.counter_evidence] == ["/etc/tuned/mine/tuned.conf:4"]
