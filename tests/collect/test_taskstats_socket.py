"""Requests go out in batches; whatever is not answered, or in a form that is not known, is said."""

import errno
import os
import struct

import pytest

from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.taskstats_socket import BATCH_COUNT, TaskstatsSocket
from vmadvisor.errors import RootError

FAMILY = 31


def stats(freepages_ns):
    data = bytearray(416)
    struct.pack_into("=H", data, 0, 13)
    struct.pack_into("=QQ", data, 312, 4, freepages_ns)
    return bytes(data)


def message(kind, sequence, body):
    return struct.pack("=IHHII", 16 + len(body), kind, 0, sequence, 77) + body


def answered(pid):
    inner = struct.pack("=HH", 4 + 416, 3) + stats(1000 + pid)
    body = struct.pack("=BBHHH", 2, 1, 0, 4 + len(inner), 5) + inner
    return message(FAMILY, pid, body)


def refused(pid, number):
    return message(2, pid, struct.pack("=i", -number) + bytes(16))


class Kernel:
    """Answers as it is told to: ``answer(pid)`` gives a datagram, ``None``, or an ``OSError``."""

    def __init__(self, answer):
        self.answer, self.sent, self.queue = answer, [], []
        self.readable, self.writer = os.pipe()

    def sendto(self, data, address):
        assert address == (0, 0)
        pids = [struct.unpack_from("=I", data, at + 8)[0] for at in range(0, len(data), 28)]
        self.sent.append(pids)
        self.queue += [one for one in map(self.answer, pids) if one is not None]
        return len(data)

    def recv(self, size):
        if not self.queue:
            raise BlockingIOError
        one = self.queue.pop(0)
        if isinstance(one, OSError):
            raise one
        assert len(one) <= size
        return one

    def fileno(self):
        return self.readable

    def close(self):
        os.close(self.readable)
        os.close(self.writer)


@pytest.fixture
def asking(monkeypatch):
    made = []
    monkeypatch.setattr("vmadvisor.collect.taskstats_socket._ANSWER_WITHIN_S", 0.02)

    def make(answer):
        socket = TaskstatsSocket(Kernel(answer), FAMILY)
        made.append(socket)
        return socket, socket._netlink

    yield make
    for socket in made:
        socket.close()


def test_all_are_asked_for_in_as_few_writes_as_batches(asking):
    socket, kernel = asking(answered)
    found = socket.delays(range(1, 2 * BATCH_COUNT + 4), Deadline(5.0))

    assert [len(pids) for pids in kernel.sent] == [BATCH_COUNT, BATCH_COUNT, 3]
    assert len(found) == 2 * BATCH_COUNT + 3
    assert found[7].freepages.waited_ns_total == 1007
    assert (socket.unanswered_count, socket.unreadable) == (0, None)


def test_a_process_that_has_ended_is_left_out_and_no_fault(asking):
    socket, _ = asking(lambda pid: refused(pid, errno.ESRCH) if pid == 5 else answered(pid))

    assert sorted(socket.delays([4, 5, 6], Deadline(5.0))) == [4, 6]
    assert socket.unanswered_count == 0


def test_without_the_capability_it_is_said_what_it_takes(asking):
    socket, _ = asking(lambda pid: refused(pid, errno.EPERM))

    with pytest.raises(RootError, match="CAP_NET_ADMIN"):
        socket.delays([4], Deadline(5.0))


@pytest.mark.parametrize("lost", [None, OSError(errno.ENOBUFS, "no buffer space")])
def test_answers_that_are_lost_are_counted(asking, lost):
    socket, _ = asking(lambda pid: lost if pid > 4 else answered(pid))

    assert sorted(socket.delays([3, 4, 5, 6], Deadline(5.0))) == [3, 4]
    assert socket.unanswered_count == 2


def test_an_answer_in_a_form_that_is_not_known_is_kept_as_the_reason(asking):
    socket, _ = asking(lambda pid: answered(pid)[:60] if pid == 5 else answered(pid))

    assert sorted(socket.delays([4, 5], Deadline(5.0))) == [4]
    assert "netlink" in str(socket.unreadable)


def test_after_the_deadline_nobody_is_asked_any_more(asking):
    socket, kernel = asking(answered)

    assert socket.delays([4, 5, 6], Deadline(0.0)) == {}
    assert (kernel.sent, socket.unanswered_count) == ([], 3)
