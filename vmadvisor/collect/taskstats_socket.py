"""Delays of processes over generic netlink (``kernel/taskstats.c``): many requests in one write.

pyroute2 opens the socket and finds the family; it is imported when a socket is opened and not before. Its
own decoder knows one layout of ``struct taskstats`` and is not used. CMD_GET needs CAP_NET_ADMIN in the
initial user namespace; the family is there in the initial network namespace only.
"""

import errno
import select
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol

from vmadvisor.collect.deadline import Deadline
from vmadvisor.errors import ParseError, RootError
from vmadvisor.sources import genetlink, taskstats
from vmadvisor.sources.taskstats import TaskStats


class Netlink(Protocol):
    """As much of a pyroute2 socket as is used; it does not block."""

    def sendto(self, data: bytes, address: tuple[int, int], /) -> int:
        """Sends all of it, or raises ``OSError``."""

    def recv(self, size_bytes: int, /) -> bytes:
        """One datagram."""

    def fileno(self) -> int:
        """For ``select``."""

    def close(self) -> None:
        """Once."""


FAMILY = "TASKSTATS"
BATCH_COUNT = 64
"""Replies wait in the socket's buffer, some 1.3 KiB each with what the kernel keeps beside them."""

_RECEIVE_BYTES = 64 * 1024
_ANSWER_WITHIN_S = 1.0
_KERNEL = (0, 0)
_ENDED = frozenset({errno.ESRCH, errno.EINVAL})


class TaskstatsSocket:
    """Asks for the delays of processes; ``RootError`` where nobody may, or nobody can."""

    def __init__(self, netlink: Netlink, family_id: int) -> None:
        self._netlink = netlink
        self._family_id = family_id
        self.unanswered_count = 0
        self.unreadable: ParseError | None = None

    def close(self) -> None:
        """Gives the socket back."""
        self._netlink.close()

    def delays(self, pids: Iterable[int], deadline: Deadline) -> dict[int, TaskStats]:
        """The sum over each process's threads; a process that is gone is left out."""
        found: dict[int, TaskStats] = {}
        todo = iter(pids)
        while batch := tuple(islice(todo, BATCH_COUNT)):
            if deadline.is_over():
                self.unanswered_count += len(batch) + sum(1 for _ in todo)
                break
            found.update(self._ask(batch))
        return found

    def _ask(self, pids: tuple[int, ...]) -> Iterator[tuple[int, TaskStats]]:
        requests = b"".join(genetlink.request(self._family_id, pid) for pid in pids)
        self._netlink.sendto(requests, _KERNEL)
        left = set(pids)
        while left:
            data = self._datagram()
            if data is None:
                self.unanswered_count += len(left)
                return
            for reply in self._replies(data):
                left.discard(reply.sequence_id)
                stats = self._stats(reply)
                if stats is not None:
                    yield reply.sequence_id, stats

    def _datagram(self) -> bytes | None:
        """The next; the kernel has mostly answered before ``sendto`` returns. ``None``: none in time.

        Empty where the socket's buffer was too small for some of the answers.
        """
        try:
            return self._netlink.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            pass
        except OSError as error:
            return _overrun(error)
        if not select.select([self._netlink.fileno()], [], [], _ANSWER_WITHIN_S)[0]:
            return None
        try:
            return self._netlink.recv(_RECEIVE_BYTES)
        except OSError as error:
            return _overrun(error)

    def _replies(self, data: bytes) -> tuple[genetlink.Reply, ...]:
        try:
            return genetlink.parse(data)
        except ParseError as error:
            self.unreadable = error
            return ()

    def _stats(self, reply: genetlink.Reply) -> TaskStats | None:
        if reply.errno_id == errno.EPERM:
            raise RootError(
                "permission denied: it takes CAP_NET_ADMIN in the initial user namespace"
            )
        if reply.errno_id in _ENDED:
            return None
        if reply.errno_id:
            self.unanswered_count += 1
            return None
        try:
            return taskstats.parse(reply.payload)
        except ParseError as error:
            self.unreadable = error
            return None


def _overrun(error: OSError) -> bytes:
    """ENOBUFS is said once; what was lost is missed when nothing more comes."""
    if error.errno != errno.ENOBUFS:
        raise error
    return b""


def open_taskstats() -> TaskstatsSocket:
    """The socket; ``RootError`` where pyroute2 or the kernel's family is missing."""
    try:
        from pyroute2.netlink import genlmsg  # type: ignore[import-untyped]
        from pyroute2.netlink.exceptions import NetlinkError  # type: ignore[import-untyped]
        from pyroute2.netlink.generic import AsyncGenericNetlinkSocket, GenericNetlinkSocket  # type: ignore[import-untyped]
    except ImportError:
        raise RootError("pyroute2 is not installed: pip install pyroute2") from None

    class _QuietSocket(AsyncGenericNetlinkSocket):  # type: ignore[misc]
        module_err_level = "debug"  # that the family is missing is said by us

    class _Socket(GenericNetlinkSocket):  # type: ignore[misc]
        async_class = _QuietSocket

    try:
        netlink = _Socket()
        try:
            netlink.bind(FAMILY, genlmsg)
        except BaseException:
            netlink.close()
            raise
    except NetlinkError as error:
        if error.code == errno.ENOENT:
            raise RootError(
                "no TASKSTATS family (CONFIG_TASKSTATS is not set, or this is a network namespace)"
            ) from None
        raise RootError(f"generic netlink: {error}") from None
    except OSError as error:
        raise RootError(f"netlink: {error.strerror or error}") from None
    return TaskstatsSocket(netlink, netlink.prid)
