"""Two moments from a tree and a kernel that answers; without one, PSI and a reason."""

import pytest

from vmadvisor.collect import delays as module
from vmadvisor.collect.delays import delay_facts, take_delays
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.errors import ParseError, RootError
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.taskstats import Delay, TaskStats

PSI = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"


class Socket:
    """Everybody has waited a little longer each time he is asked, but for pid 1."""

    def __init__(self):
        self.asked_count = self.unanswered_count = 0
        self.unreadable = None
        self.is_closed = False

    def delays(self, pids, deadline):
        assert not deadline.is_over()
        self.asked_count += 1
        return {pid: self.stats(pid) for pid in pids}

    def stats(self, pid):
        waited_ns = 0 if pid == 1 else 1000 * self.asked_count + pid
        delay = Delay(waits_total=self.asked_count, waited_ns_total=waited_ns)
        none = Delay(waits_total=0, waited_ns_total=0)
        freepages = none if pid == 1 else delay
        return TaskStats(
            version=13, pid_id=0, freepages=freepages, swapin=none, thrashing=none, compact=none
        )

    def close(self):
        self.is_closed = True


@pytest.fixture
def tree(tmp_path, write_tree, host):
    host |= {
        "proc/42/cgroup": "0::/system.slice/db.service\n",
        "proc/pressure/memory": PSI.format(31),
        "sys/fs/cgroup/system.slice/memory.pressure": PSI.format(17),
        "proc/sys/kernel/task_delayacct": "1\n",
        "proc/cmdline": "quiet delayacct\n",
    }
    return LiveTree(str(write_tree(tmp_path, host)))


@pytest.fixture
def socket(monkeypatch):
    made = Socket()
    monkeypatch.setattr(module, "open_taskstats", lambda: made)
    return made


def test_two_moments_with_names_groups_and_pressure(tree, socket):
    before, after, gaps = take_delays(0.01, 5.0, tree)

    assert gaps == []
    assert before.processes[42].stats.freepages.waited_ns_total == 1042
    waited = after.processes[42]
    assert (waited.stats.freepages.waited_ns_total, waited.stat.comm) == (2042, "postgres")
    assert waited.cgroup_path == "/system.slice/db.service"
    assert after.processes[1].cgroup_path is None  # who did not wait is not asked for his group
    assert after.host.some.stall_us_total == 31
    assert after.groups["/system.slice"].some.stall_us_total == 17
    assert after.time_s - before.time_s >= 0.01
    assert socket.is_closed


def test_without_taskstats_there_is_pressure_and_a_reason(tree, monkeypatch):
    def refuse():
        raise RootError("no TASKSTATS family")

    monkeypatch.setattr(module, "open_taskstats", refuse)
    before, after, gaps = take_delays(0.01, 5.0, tree)

    assert before.processes == after.processes == {}
    assert after.groups["/system.slice"].some.stall_us_total == 17
    assert [(gap.path, gap.reason) for gap in gaps] == [("taskstats", "no TASKSTATS family")]


def test_a_refusal_is_said_once_and_nobody_is_asked_again(tree, socket, monkeypatch):
    def refuse(*_):
        socket.asked_count += 1
        raise RootError("permission denied: it takes CAP_NET_ADMIN")

    monkeypatch.setattr(socket, "delays", refuse)
    _, after, gaps = take_delays(0.01, 5.0, tree)

    assert (after.processes, socket.asked_count, len(gaps)) == ({}, 1, 1)


def test_what_the_socket_missed_becomes_a_gap(tree, socket):
    socket.unanswered_count = 3
    socket.unreadable = ParseError("struct taskstats version 5")
    _, _, gaps = take_delays(0.01, 5.0, tree)

    assert [gap.reason for gap in gaps] == [
        "struct taskstats version 5", "3 requests were not answered in time",
    ]  # fmt: skip


@pytest.mark.usefixtures("socket")
def test_a_host_without_pressure_files_says_so_once(tree, tmp_path):
    (tmp_path / "sys/fs/cgroup/system.slice/memory.pressure").unlink()
    (tmp_path / "proc/pressure/memory").unlink()
    _, after, gaps = take_delays(0.01, 5.0, tree)

    assert after.host is None
    assert [gap.path for gap in gaps] == ["/sys/fs/cgroup/**/memory.pressure"]


def test_the_facts_are_the_switch_and_the_boot_arguments(tree):
    facts = delay_facts(5.0, tree)

    assert facts.get(KernelSysctl).task_delayacct_mode == 1
    assert facts.get(Cmdline).delayacct is True
