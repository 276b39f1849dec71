"""Constraint and scope, and that kill lines never make a prediction."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.advise.report_rules._examples import CGROUP_LOG
from vmadvisor.model.oom_analysis import analyse
from vmadvisor.sources.oom_log import reports

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()
KILL_LINES = re.compile(rb"^.*(?:Killed process|oom-kill:).*\n", re.MULTILINE)
ZONE = "Node {0} Normal free:{1}kB min:40kB low:50kB high:60kB present:90000kB managed:80000kB\n"


def analyses(data):
    return [analyse(report) for report in reports([data])]


def old(
    head="", zones=((0, 30),), kill="Out of memory: Kill process 5 (a) score 9 or sacrifice child\n"
):
    text = "a invoked oom-killer: gfp_mask=0xd0, order=0\n" + head
    text += "".join(ZONE.format(node, free) for node, free in zones) + kill
    return analyses(text.encode())[0]


@pytest.mark.parametrize(
    ("analysis", "constraint", "scope"),
    [
        (old(), "CONSTRAINT_NONE", "host"),
        (old("a cpuset=/ mems_allowed=0\n"), "CONSTRAINT_NONE", "host"),
        (old("a cpuset=/x mems_allowed=1\n", ((0, 9000), (1, 30))), "CONSTRAINT_CPUSET", "nodes 1"),
        (old("Task in /a/b killed as a result of limit of /a\nmemory: usage 9kB, limit 9kB, failcnt 7\n", ()), "CONSTRAINT_MEMCG", "/a"),
        (old(zones=(), kill="Memory cgroup out of memory: Kill process 5 (a) score 9 or sacrifice child\n"), "CONSTRAINT_MEMCG", "cgroup"),
        (old(zones=(), kill=""), None, "host"),
    ],
)  # fmt: skip
def test_before_5_0_the_constraint_follows_from_the_rest(analysis, constraint, scope):
    assert (analysis.constraint, analysis.scope) == (constraint, scope)


def test_since_5_0_it_is_printed():
    log = CGROUP_LOG.replace(b"CONSTRAINT_MEMCG", b"CONSTRAINT_BPF_PSI_MEM")
    found, bound = analyses(log)[0], analyses(
        b"a invoked oom-killer: order=0\noom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=2-3,cpuset=/,mems_allowed=0-3,global_oom,task=a,pid=5,uid=0\n"
    )[0]  # fmt: skip

    assert (found.constraint, found.scope) == (
        "CONSTRAINT_BPF_PSI_MEM",
        "/system.slice/web.service",
    )
    assert (bound.constraint, bound.scope, bound.cause) == (
        "CONSTRAINT_MEMORY_POLICY",
        "nodes 2,3",
        "node_bound",
    )


@pytest.mark.parametrize("log", [LEAK, CGROUP_LOG], ids=["host", "cgroup"])
@given(pid=st.integers(1, 99_999), comm=st.text("abc) (", min_size=1, max_size=15))
def test_changing_the_kill_lines_changes_agrees_and_never_the_prediction(log, pid, comm):
    changed = re.sub(rb"process \d+ \(.*?\) total", f"process {pid} ({comm}) total".encode(), log)
    changed = re.sub(rb"task=\w+,pid=\d+", f"task={comm},pid={pid}".encode(), changed)
    for before, after in zip(analyses(log), analyses(changed), strict=True):
        assert after.prediction.chosen == before.prediction.chosen
        assert before.agrees is True
        assert after.agrees is (pid == before.prediction.chosen.task.pid_id)


@pytest.mark.parametrize("log", [LEAK, CGROUP_LOG], ids=["host", "cgroup"])
def test_removing_them_leaves_the_prediction_and_nothing_to_agree_with(log):
    for before, after in zip(analyses(log), analyses(KILL_LINES.sub(b"", log)), strict=True):
        assert after.prediction.chosen == before.prediction.chosen
        assert (after.victim, after.agrees) == (None, None)


def test_the_hosts_report_has_its_zones_and_cause():
    first = analyses(LEAK)[0]

    assert [(zone.zone, zone.why) for zone in first.zones] == [
        ("DMA", "lowmem_protection"),
        ("DMA32", "below_min"),
    ]
    assert (first.cause, first.scope, first.is_cgroup) == ("below_mark", "host", False)
    assert first.shares[0].name == "anonymous"
