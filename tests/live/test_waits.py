"""Who waits is asked for no more often than it may cost; why nobody can be named is said."""

import pytest
from live_frames import frame

from vmadvisor.errors import RootError
from vmadvisor.live import waits
from vmadvisor.live.waits import WaitSampler
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import taskstats
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.taskstats import Delay

STAT = (
    b"%d (%s) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1 1 1 1 1 1 1 1 1 1 1 1 1 17 0"
    b" 0 0 0 0 0 1 1 1 1 1 1 1 0\n"
)


class Tree:
    """Two processes; one of them has a hostile name."""

    is_live = True

    def __init__(self):
        self.time_s = 50.0

    def now_s(self):
        return self.time_s

    def names(self, _directory):
        return ["7", "8", "self"]

    def peek(self, path):
        pid = int(path.split("/")[1])
        return STAT % (pid, b"\x1b[31mx" if pid == 8 else b"sleeper")


class Socket:
    """As many answers as there are; then the same again."""

    def __init__(self, *answers):
        self.answers, self.asked_count, self.is_closed = list(answers), 0, False

    def delays(self, pids, _deadline):
        self.asked_count += 1
        assert pids == [7, 8]
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self.is_closed = True


def stats(reclaim_ns, swapin_ns):
    return taskstats.TaskStats(
        version=15,
        pid_id=7,
        freepages=Delay(waits_total=3, waited_ns_total=reclaim_ns),
        swapin=Delay(waits_total=2, waited_ns_total=swapin_ns),
        thrashing=None,
        compact=None,
    )


def snapshot(time_s, *, acct=1):
    sysctl = KernelSysctl(**{
        name: None for name in KernelSysctl.__record_names__ if name != "task_delayacct_mode"
    }, task_delayacct_mode=acct)  # fmt: skip
    host = HostFacts(
        hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None, is_live=True
    )
    return Snapshot(
        time_s=time_s, host=host, records={KernelSysctl: Timed(time_s=1.0, record=sysctl)}
    )


def test_who_waited_between_two_readings_is_named_with_his_losses():
    tree = Tree()
    socket = Socket(
        {7: stats(10**9, 5), 8: stats(4, 7)}, {7: stats(10**9, 5), 8: stats(25 * 10**8, 5 * 10**8)}
    )
    sampler = WaitSampler(tree, socket)

    assert "first reading" in sampler(snapshot(50.0)).reason
    tree.time_s = 60.0
    found = sampler(snapshot(60.0))

    assert (found.reason, found.interval_s) == (None, 10.0)
    (waiter,) = found.waiters
    assert (waiter.pid_id, waiter.comm) == (8, "\x1b[31mx")
    assert waiter.reclaim_s == pytest.approx(2.5, abs=1e-6)
    assert waiter.swapin_s == pytest.approx(0.5, abs=1e-6)
    assert (waiter.thrashing_s, waiter.compact_s) == (None, None)


def test_it_is_asked_every_few_seconds_and_repeated_in_between():
    socket = Socket({})
    sampler = WaitSampler(Tree(), socket)
    for second in range(50, 60):
        sampler(snapshot(float(second)))

    assert socket.asked_count == 2


def test_whoever_may_not_ask_is_told_and_asks_no_more():
    socket = Socket(RootError("permission denied: it takes CAP_NET_ADMIN"))
    sampler = WaitSampler(Tree(), socket)

    assert sampler(snapshot(50.0)).reason == "permission denied: it takes CAP_NET_ADMIN"
    assert sampler(snapshot(99.0)).reason == "permission denied: it takes CAP_NET_ADMIN"
    assert (socket.asked_count, socket.is_closed) == (1, True)


def test_a_kernel_that_does_not_count_is_said():
    sampler = WaitSampler(Tree(), Socket({7: stats(0, 0)}))

    assert "task_delayacct is 0" in sampler(snapshot(50.0, acct=0)).reason


def test_without_the_socket_the_reason_is_said(monkeypatch):
    def refuse():
        raise RootError("no TASKSTATS here")

    monkeypatch.setattr(waits, "open_taskstats", refuse)
    sampler = WaitSampler(Tree())

    assert sampler(snapshot(50.0)).reason == "no TASKSTATS here"
    sampler.close()
    assert frame().extras.waits.reason is None
