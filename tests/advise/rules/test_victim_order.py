"""A data store on top of the kill order is how the kernel works; it alarms when memory runs out."""

from dataclasses import replace

import pytest

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.rules.victim_order import CRITICAL_COMMS, RULE
from vmadvisor.model.facts import VictimOrder

COMM_MAX_BYTES = 15


def order(quiet, *comms, **changes):
    found = tuple(
        replace(
            quiet.VICTIM, pid_id=200 + i, comm=comm, points_pages=900_000 - 1_000 * i, **changes
        )
        for i, comm in enumerate(comms)
    )
    return VictimOrder(by_scope={HOST: found})


def test_names_are_as_the_kernel_cuts_them():
    assert {name for name in CRITICAL_COMMS if len(name.encode()) > COMM_MAX_BYTES} == set()


def test_a_database_that_would_go_first_is_information_on_a_healthy_host(quiet):
    (finding,) = RULE.check(quiet.facts(order(quiet, "postgres", "backup", "worker", "cron")))

    assert finding.severity.name == "INFO"
    assert finding.title == (
        "Critical service postgres (pid 200) is number 1 in the OOM killer's order"
    )
    assert [item.value for item in finding.evidence] == [1, 200, 900_000, 0]
    assert [item.value for item in finding.counter_evidence] == [899_000]
    assert finding.remedy is not None
    assert finding.remedy.command == "echo -500 > /proc/200/oom_score_adj"
    assert finding.remedy.undo == "echo 0 > /proc/200/oom_score_adj"


def test_it_is_a_warning_when_memory_runs_out(quiet, said):
    short = replace(quiet.AVAILABILITY, available_pages=9_000, swap_free_pages=12)
    facts = quiet.facts(order(quiet, "worker", "sshd", "backup", "cron"), short)

    assert said(RULE, facts) == [("WARNING", "host")]


def test_the_fourth_is_out_of_reach(quiet, said):
    assert said(RULE, quiet.facts(order(quiet, "a", "b", "c", "sshd"))) == []


def test_where_everybody_is_among_the_first_nobody_is_named(quiet, said):
    assert said(RULE, quiet.facts(order(quiet, "sshd", "postgres", "etcd"))) == []


def test_the_first_of_a_recording_that_kept_no_more_are_named(quiet, said):
    few = replace(order(quiet, "sshd", "b"), is_cut=True)

    assert said(RULE, quiet.facts(few)) == [("INFO", "host")]


def test_processes_that_are_never_killed_do_not_count(quiet, said):
    assert said(RULE, quiet.facts(order(quiet, "sshd", "b", "c", "d", killable=False))) == []


@pytest.mark.parametrize("adj", [-500, -900])
def test_what_is_as_well_protected_already_gets_no_remedy(quiet, adj):
    (finding,) = RULE.check(quiet.facts(order(quiet, "etcd", "b", "c", "d", oom_score_adj=adj)))

    assert finding.remedy is None
