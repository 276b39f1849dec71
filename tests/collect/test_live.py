import itertools
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from vmadvisor.collect import live, live_tree
from vmadvisor.collect.live import hidden_processes, take_live, take_next, take_sample, take_watched
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.request import Request
from vmadvisor.sources.buddyinfo import Buddyinfo
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.zoneinfo import Zoneinfo

BUDDYINFO = "Node 0, zone   Normal      1      2      3      4      5      6      7      8      9     10     11\n"
MOUNTINFO = "22 27 0:21 / /proc rw,relatime - proc proc rw,hidepid={}\n"


@pytest.fixture
def running(tmp_path, write_tree, host):
    """A directory read as the running system is."""
    write_tree(tmp_path, {**host, "proc/buddyinfo": BUDDYINFO})
    return LiveTree(str(tmp_path))


def paths_read(tree):
    class Recording(LiveTree):
        def __init__(self, root):
            super().__init__(root)
            self.reads = []

        def read(self, path):
            self.reads.append(path)
            return super().read(path)

    return Recording(tree._prefix)


def test_without_an_interval_there_is_one_moment(running):
    before, after = take_live(Request(interval_s=0), running)

    assert before is None
    assert after.get(Meminfo).mem_total_kib == 8045220
    assert after.processes.details[42].stat.comm == "postgres"
    assert after.host.page_size_bytes == os.sysconf("SC_PAGE_SIZE")
    assert after.host.is_live


def test_a_pair_lies_an_interval_apart_and_before_is_not_dated_after_it(running):
    before, after = take_live(Request(interval_s=0.2), running)

    assert 0.2 <= after.time_of_s(Meminfo) - before.time_of_s(Meminfo) < 0.5
    assert before.time_s < after.time_of_s(Meminfo) - 0.15
    assert 0.2 <= after.processes.time_s - before.processes.time_s < 0.5


def test_groups_walked_while_the_interval_passes_date_before_by_their_own_time(
    running, tmp_path, write_tree
):
    group = {"cgroup.controllers": "memory\n", "a/memory.max": "9\n", "a/memory.current": "7\n"}
    write_tree(tmp_path / "sys/fs/cgroup", group)

    before, after = take_live(Request(interval_s=2.0), running)

    assert before.cgroups.groups["/a"].current_bytes == 7
    assert before.time_s == before.cgroups.time_s < after.time_of_s(Meminfo) - 0.2


def test_an_interval_is_sampled_once_a_step_where_a_past_is_asked_for(running, monkeypatch):
    monkeypatch.setattr(live, "SAMPLE_STEP_S", 0.5)

    before, after, between = take_watched(Request(interval_s=2.0, past_s=1.5), running)

    times = [one.time_of_s(Meminfo) for one in (before, *between, after)]
    assert len(between) == 2
    assert all(earlier < later for earlier, later in itertools.pairwise(times))
    assert {one.processes for one in between} == {None}
    assert between[0].get(Meminfo).mem_total_kib == 8045220


def test_where_a_sample_takes_longer_than_a_step_those_missed_are_not_taken_late(
    running, monkeypatch
):
    """Each is a wait on a host that stalls: nine of them would end far behind the interval."""
    taken = []

    def slow(tree):
        time.sleep(1.0)
        taken.append(take_sample(tree))
        return taken[-1]

    monkeypatch.setattr(live, "SAMPLE_STEP_S", 0.1)
    monkeypatch.setattr(live, "take_sample", slow)

    between = take_watched(Request(interval_s=1.0, past_s=9.0), running)[2]

    assert between == taken
    assert len(taken) < 2


@pytest.mark.parametrize(("interval_s", "past_s"), [(0.3, 0.0), (0.1, 9.0), (0, 9.0)])
def test_a_short_interval_or_one_without_a_past_is_not_sampled(
    running, monkeypatch, interval_s, past_s
):
    monkeypatch.setattr(live, "SAMPLE_STEP_S", 0.1)

    assert take_watched(Request(interval_s=interval_s, past_s=past_s), running)[2] == []


def test_the_first_of_a_pair_holds_sizes_but_no_shortlist(running):
    before, after = take_live(Request(interval_s=0.05), running)

    assert before.processes.rss_pages == after.processes.rss_pages == {1: 300, 42: 90000}
    assert before.processes.details == {}
    assert set(after.processes.details) == {1, 42}


@pytest.mark.parametrize(("cpus_count", "reads_count"), [(64, 2), (65, 1)])
def test_above_64_cpus_the_zones_locks_are_taken_once_a_second(
    running, monkeypatch, cpus_count, reads_count
):
    monkeypatch.setattr(live.os, "cpu_count", lambda: cpus_count)
    tree = paths_read(running)

    before, after = take_live(Request(interval_s=0.05, cgroups=False), tree)

    counts = Counter(tree.reads)
    assert (counts["proc/zoneinfo"], counts["proc/buddyinfo"]) == (reads_count, reads_count)
    assert counts["proc/meminfo"] == 2
    for kind in (Zoneinfo, Buddyinfo):
        same = before.time_of_s(kind) == after.time_of_s(kind)
        assert same == (reads_count == 1)


def test_a_second_apart_the_zones_are_read_again_on_any_host(monkeypatch):
    monkeypatch.setattr(live.os, "cpu_count", lambda: 512)

    assert not live.spares_zone_locks(1.0)
    assert live.spares_zone_locks(0.99)


def test_free_lists_by_page_type_are_walked_on_request_only_and_once(running):
    tree = paths_read(running)
    take_live(Request(interval_s=0.05, cgroups=False), tree)
    assert "proc/pagetypeinfo" not in tree.reads

    take_live(Request(interval_s=0.05, cgroups=False, deep=True), tree)
    assert tree.reads.count("proc/pagetypeinfo") == 1


class Stuck(LiveTree):
    """Reading a limit hangs, as it does behind the lock of a group that is being removed."""

    def read(self, path):
        if path.endswith("memory.max"):
            Path(self._prefix + path).read_text()
        return super().read(path)


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("interval_s", [0, 0.1])
def test_a_hung_control_group_costs_the_deadline_and_nothing_else(tmp_path, interval_s):
    (tmp_path / "sys/fs/cgroup/a").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/cgroup.controllers").write_text("memory\n")
    os.mkfifo(tmp_path / "sys/fs/cgroup/a/memory.max")
    started_s = time.monotonic()

    _, after = take_live(Request(interval_s=interval_s, deadline_s=0.3), Stuck(str(tmp_path)))

    assert time.monotonic() - started_s < 20
    assert after.processes.details[42].stat.comm == "postgres"
    assert after.cgroups is None
    reasons = {gap.path: gap.reason for gap in after.gaps}
    assert reasons["/sys/fs/cgroup"].startswith(("did not answer within", "not reached within 0.3"))


def test_control_groups_are_not_begun_after_the_deadline(running):
    _, after = take_live(Request(interval_s=0, deadline_s=0.0), running)

    reasons = {gap.path: gap.reason for gap in after.gaps}
    assert reasons["/sys/fs/cgroup"] == "not reached within 0 s"
    assert reasons["/proc/meminfo"] == "not reached within 0 s"


def test_processes_are_left_alone_when_nobody_asks(running):
    _, after = take_live(Request(interval_s=0, processes="none"), running)

    assert after.processes is None


@pytest.mark.parametrize(
    ("option", "pids", "is_gap"),
    [
        ("2", ["42"], True),
        ("invisible", ["42"], True),
        ("ptraceable", ["42"], True),
        ("0", ["42"], False),
        ("1", ["1", "42"], False),
        ("2", ["1", "42"], False),
    ],
)
def test_hidden_processes_are_a_gap_where_init_is_not_to_be_seen(
    fake_tree, monkeypatch, option, pids, is_gap
):
    monkeypatch.setattr(live.os, "geteuid", lambda: 4321)
    files = {f"proc/{pid}/stat": "" for pid in pids}
    tree = fake_tree({**files, "proc/self/mountinfo": MOUNTINFO.format(option)})

    gaps = hidden_processes(tree)

    assert bool(gaps) == is_gap
    assert all(gap.reason.startswith(f"hidepid={option}:") for gap in gaps)


def test_root_reads_no_mount_table(fake_tree, monkeypatch):
    monkeypatch.setattr(live.os, "geteuid", lambda: 0)
    tree = fake_tree({"proc/1/stat": ""})

    assert hidden_processes(tree) == []
    assert tree.reads == []


GENTLE = {"stat", "status", "statm", "oom_score", "oom_score_adj", "cgroup"}
HARSH = {"cmdline", "environ", "smaps", "smaps_rollup", "maps", "numa_maps", "pagetypeinfo", "mem"}


@pytest.mark.live
def test_on_this_host_nothing_is_opened_that_waits_for_an_address_space(monkeypatch):
    opened = []
    real_open = os.open
    monkeypatch.setattr(
        live_tree.os, "open", lambda path, *rest: opened.append(path) or real_open(path, *rest)
    )

    take_live(Request(interval_s=0, processes="all", cgroups=False))

    of_processes = [path.split("/") for path in opened if path.split("/")[2:3][0].isdigit()]
    assert {parts[3] for parts in of_processes} <= GENTLE - {"cgroup"}
    assert len(of_processes) > 5
    names = {path.rpartition("/")[2] for path in opened if path != "/proc/cmdline"}
    assert names & HARSH == set()


@pytest.mark.live
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_strace_sees_no_other_file_of_proc_or_sys(tmp_path):
    code = "from vmadvisor.collect import *; take(open_root('/'), Request(interval_s=0.1))"
    command = ["strace", "-f", "-e", "trace=open,openat", "-o", str(tmp_path / "log")]
    done = subprocess.run(
        [*command, sys.executable, "-c", code], capture_output=True, check=False, timeout=120
    )
    if done.returncode:
        pytest.skip(f"strace cannot trace here: {done.stderr[-200:]!r}")
    lines = (tmp_path / "log").read_text().splitlines()
    paths = {line.split('"')[1] for line in lines if '"/proc/' in line or '"/sys/' in line}

    of_processes = {
        path.split("/")[3] for path in paths if path.split("/")[2].isdigit() and path.count("/") > 2
    }
    assert of_processes <= GENTLE
    assert "statm" in of_processes
    names = {path.rpartition("/")[2] for path in paths - {"/proc/cmdline"}}
    assert names & HARSH == set()
    own = {path for path in paths if path.startswith("/proc/self")}
    assert own <= {"/proc/self/fd", "/proc/self/mountinfo"}


def test_a_next_moment_looks_for_kswapd_where_it_was(running):
    first = take_next(Request(interval_s=0), None, running)
    again = take_next(Request(interval_s=0), first.processes, running)

    assert again.processes.details.keys() == first.processes.details.keys()
    assert again.get(Meminfo).mem_total_kib == 8045220
    assert again.time_s > first.time_s


def test_a_sample_reads_five_files_and_no_process(running):
    tree = paths_read(running)
    found = take_sample(tree)

    assert sorted(tree.reads) == [
        "proc/meminfo", "proc/pressure/io", "proc/pressure/memory", "proc/vmstat", "proc/zoneinfo",
    ]  # fmt: skip
    assert found.get(Meminfo).mem_total_kib == 8045220
    assert found.processes is None
    assert found.cgroups is None


def test_a_sample_that_is_to_tell_whose_kills_were_reads_the_groups_at_the_top_too(
    running, write_tree, tmp_path
):
    group = {"cgroup.controllers": "memory\n", "a/memory.events": "oom 4\noom_kill 3\n"}
    write_tree(
        tmp_path / "sys/fs/cgroup", group | {"a/memory.current": "7\n", "a/memory.events.local": ""}
    )
    write_tree(tmp_path, {"proc/vmstat": "pgfault 7\noom_kill 5\n", "proc/self/mountinfo": "\n"})

    found = take_sample(running, with_kills=True)

    assert found.cgroups.top_kills.counts == {"/a": (4, 3)}
    assert found.cgroups.top_kills.kills_total == 5
    assert found.get(Meminfo).mem_total_kib == 8045220


def test_this_process_is_known_as_the_one_that_reads(running):
    _, after = take_live(
        Request(interval_s=0, deadline_s=2, processes="none", cgroups=False), running
    )

    assert after.host.reader_pid_id == os.getpid()


def test_where_procfs_does_not_know_us_nobody_is_the_reader(monkeypatch):
    def unknown(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr(live.os, "readlink", unknown)

    assert live.own_pid_id() is None
