"""Whose a process is, and whether its oom_score_adj is its parent's."""

from vmadvisor.model.kinship import kinship
from vmadvisor.snapshot import Process, ProcessScan
from vmadvisor.sources.pid_stat import PF_KTHREAD, PidStat


def process(pid, ppid, comm, adj, path=None, flags=0):
    stat = PidStat(comm=comm, state="S", ppid_id=ppid, flags_mode=flags, majflt_total=3,
                   utime_ticks_total=4, stime_ticks_total=5, starttime_ticks=6, rss_pages=7)  # fmt: skip
    return Process(pid_id=pid, stat=stat, status=None, statm=None, oom_score=None, oom_score_adj=adj,
                   cgroup_path=path)  # fmt: skip


def scan(*processes):
    return ProcessScan(time_s=1.5, age_s=0.0, seen_count=9, vanished_count=0, unread_count=0,
                       is_complete=True, sees_kernel_threads=True, rss_pages={},
                       details={one.pid_id: one for one in processes})  # fmt: skip


def test_a_child_is_paired_with_the_parent_that_was_read(snapshot):
    daemon = process(20, 1, "agentd", -900, "/system.slice/agent.service")
    child = process(31, 20, "cc1plus", -900, "/user.slice/session-2.scope")
    found = kinship(snapshot(processes=scan(daemon, child)))

    assert found.of(31).parent_comm == "agentd"
    assert found.of(31).parent_adj == -900
    assert found.of(31).has_parents_adj
    assert found.of(31).unit == "session-2.scope"
    assert found.of(20).is_init_child
    assert not found.of(20).has_parents_adj


def test_a_parent_that_was_not_read_is_not_known(snapshot):
    orphan = process(31, 20, "cc1plus", -900)
    found = kinship(snapshot(processes=scan(orphan)))

    assert (found.of(31).parent_pid_id, found.of(31).parent_adj) == (None, None)
    assert not found.of(31).has_parents_adj


def test_kernel_threads_have_no_kin_and_no_scan_none(snapshot):
    thread = process(35, 2, "kswapd0", 0, flags=PF_KTHREAD)

    assert kinship(snapshot(processes=scan(thread))) is None
    assert kinship(snapshot()) is None
