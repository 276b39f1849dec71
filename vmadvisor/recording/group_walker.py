"""Control groups, walked by a child that lives as long as the recorder.

These files may wait for locks that a stuck host never gives back, and a fork in a host that thrashes may
wait as long: the child is made once, at the start, and asked with every process scan. While it does not
answer, nothing else waits for it. Its files carry the time at which they had all been read.
"""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH208

import marshal
import os
import signal
import struct
import time
from collections.abc import Mapping
from typing import NamedTuple

from vmadvisor.collect.cgroup_walk import WalkPlan, walk
from vmadvisor.collect.tree import Tree
from vmadvisor.collect.wanted import CGROUP_MOUNT
from vmadvisor.sources.cgroup import V1_NAMES, V2_NAMES

_LENGTH = struct.Struct("=I")
_STANDARD_MAX = 2
_READ_BYTES = 2**18
_REAP_TRIES_COUNT = 20
_REAP_PAUSE_S = 0.005
_V1_ONLY = frozenset(V1_NAMES) - frozenset(V2_NAMES)


class Groups(NamedTuple):
    """One walk. ``of_processes``: pid -> text of its ``cgroup`` file. ``gaps``: path -> why not."""

    time_s: float
    files: dict[str, bytes]
    of_processes: dict[str, bytes]
    gaps: dict[str, str]


class GroupWalker:
    """Forks when made: to be made before any thread."""

    __slots__ = ("_answer", "_answered", "_answers", "_asked", "_is_asked", "_pid", "_requests",
                 "cpu_s")  # fmt: skip

    def __init__(self, tree: Tree) -> None:
        request_reader, self._requests = os.pipe()
        self._answers, answer_writer = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _serve_and_exit(tree, request_reader, answer_writer)
        os.close(request_reader)
        os.close(answer_writer)
        os.set_blocking(self._answers, False)
        self._answer = bytearray()
        self._is_asked = False
        self._asked: Mapping[str, bytes] = {}
        self._answered: Mapping[str, bytes] = {}
        self.cpu_s = 0.0

    def fileno(self) -> int:
        """Readable when a part of an answer has come."""
        return self._answers

    @property
    def is_waiting(self) -> bool:
        """True while an answer is due."""
        return self._is_asked

    def ask(self, started: Mapping[str, bytes]) -> None:
        """Asks for all groups and those of these processes; nothing while an answer is due."""
        if self._is_asked:
            return
        self._is_asked = True
        self._asked = started
        try:
            _send(self._requests, marshal.dumps(list(started)))
        except OSError:  # it is gone, and will never answer
            return

    def started_of(self, pid: str) -> bytes | None:
        """When the process had started whose group the last answer tells."""
        return self._answered.get(pid)

    def gather(self) -> bool:
        """Takes in what has come; false once the child is gone."""
        try:
            while piece := os.read(self._answers, _READ_BYTES):
                self._answer += piece
        except BlockingIOError:
            return True
        return False

    def take(self) -> Groups | None:
        """The answer, once all of it is here."""
        self.gather()
        if len(self._answer) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._answer)[0]
        if len(self._answer) < end:
            return None
        body = bytes(self._answer[_LENGTH.size : end])
        del self._answer[:end]
        self._is_asked = False
        self._answered = self._asked
        self.cpu_s, *groups = marshal.loads(body)  # noqa: S302 - our own child wrote it
        return Groups(*groups)

    def close(self) -> None:
        """A child stuck in the kernel is left to init."""
        os.close(self._requests)
        os.close(self._answers)
        os.kill(self._pid, signal.SIGKILL)
        for _ in range(_REAP_TRIES_COUNT):
            if os.waitpid(self._pid, os.WNOHANG)[0]:
                return
            time.sleep(_REAP_PAUSE_S)


def _send(descriptor: int, body: bytes) -> None:
    view = memoryview(_LENGTH.pack(len(body)) + body)
    while view:
        view = view[os.write(descriptor, view) :]


def _serve_and_exit(tree: Tree, requests: int, answers: int) -> None:
    """The child's whole life: it ends when the pipe does."""
    try:
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):  # meant for the recorder
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        _keep_only(requests, answers)
        while (pids := _request(requests)) is not None:
            groups = _walk(tree, pids)
            _send(answers, marshal.dumps((time.process_time(), *groups)))
    finally:
        os._exit(0)


def _keep_only(*kept: int) -> None:
    """A reader of our output must not wait for a child that cannot die."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(_STANDARD_MAX + 1):
        if standard not in kept:
            os.dup2(null, standard)
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in {*range(_STANDARD_MAX + 1), *kept}:
            try:
                os.close(int(name))
            except OSError:  # the listing's own descriptor
                continue


def _request(descriptor: int) -> list[str] | None:
    head = _exactly(descriptor, _LENGTH.size)
    if head is None:
        return None
    body = _exactly(descriptor, _LENGTH.unpack(head)[0])
    return None if body is None else list(marshal.loads(body))  # noqa: S302 - our parent wrote it


def _exactly(descriptor: int, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        piece = os.read(descriptor, count - len(data))
        if not piece:
            return None
        data += piece
    return data


def _walk(tree: Tree, pids: list[str]) -> Groups:
    """As ``collect`` walks a live host, but no group is read in full for its processes' sake."""
    files: dict[str, bytes] = {}
    gaps: dict[str, str] = {}
    mount = CGROUP_MOUNT
    for event in walk(tree, WalkPlan(pids=(), with_members=True)):
        if event.kind in {"group", "members"}:
            if not _V1_ONLY.isdisjoint(event.files):
                mount = f"{CGROUP_MOUNT}/memory"
            directory = mount + event.path.rstrip("/")
            files.update({f"{directory}/{name}": data for name, data in event.files.items()})
        elif event.kind == "error":
            gaps[event.path] = event.files["reason"].decode()
    of_processes: dict[str, bytes] = {}
    for pid in pids:
        try:
            of_processes[pid] = tree.read(f"proc/{pid}/cgroup")[0]
        except OSError:
            continue
    return Groups(time.monotonic(), files, of_processes, gaps)
