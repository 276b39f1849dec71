"""Whose processes did the reading, by pid and descent alone."""

from vmadvisor.model.own_processes import own_processes
from vmadvisor.snapshot import Process, ProcessScan
from vmadvisor.sources.pid_stat import PidStat


def process(pid, ppid, comm):
    stat = PidStat(comm=comm, state="R", ppid_id=ppid, flags_mode=0, majflt_total=3,
                   utime_ticks_total=4, stime_ticks_total=5, starttime_ticks=6, rss_pages=7)  # fmt: skip
    return Process(pid_id=pid, stat=stat, status=None, statm=None, oom_score=None, oom_score_adj=0,
                   cgroup_path=None)  # fmt: skip


def scan(*processes):
    return ProcessScan(time_s=1.5, age_s=0.0, seen_count=9, vanished_count=0, unread_count=0,
                       is_complete=True, sees_kernel_threads=True, rss_pages={},
                       details={one.pid_id: one for one in processes})  # fmt: skip


def own(snapshot, host, reader, *processes):
    found = own_processes(snapshot(host=host(reader_pid_id=reader), processes=scan(*processes)))
    return None if found is None else sorted(found.pids)


def test_the_reader_and_all_that_descend_from_it(snapshot, host):
    found = own(
        snapshot, host, 40,
        process(30, 1, "bash"), process(40, 30, "python3"), process(41, 40, "python3"),
        process(55, 41, "oomctl"), process(60, 30, "make"),
    )  # fmt: skip

    assert found == [40, 41, 55]


def test_a_child_is_known_where_the_reader_itself_was_not_read(snapshot, host):
    assert own(snapshot, host, 40, process(41, 40, "python3")) == [40, 41]


def test_a_name_makes_nobody_ours(snapshot, host):
    assert own(snapshot, host, 40, process(70, 1, "vmadvisor")) == [40]


def test_a_ring_of_parents_ends(snapshot, host):
    assert own(snapshot, host, 40, process(70, 71, "a"), process(71, 70, "b")) == [40]


def test_without_a_reader_nobody_is_ours(snapshot, host):
    assert own(snapshot, host, None, process(41, 40, "vmadvisor")) is None


def test_a_reader_is_known_without_a_scan(snapshot, host):
    assert own_processes(snapshot(host=host(reader_pid_id=40))).pids == {40}
