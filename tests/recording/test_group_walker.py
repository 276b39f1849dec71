import os
import select
import signal
import time
from contextlib import closing

import pytest

from vmadvisor.recording.group_walker import GroupWalker


def answer(walker, *, within_s=10.0):
    """As the recorder does: waits for the descriptor, takes when all is here."""
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        select.select([walker], [], [], 0.1)
        groups = walker.take()
        if groups is not None:
            return groups
    return None


def test_limited_groups_their_members_and_the_processes_groups_come_back_raw(tree):
    with closing(GroupWalker(tree)) as walker:
        walker.ask({"42": b"99", "1": b"98", "777": b"97"})
        groups = answer(walker)

    assert groups.files["sys/fs/cgroup/db.slice/memory.max"] == b"82000\n"
    assert groups.files["sys/fs/cgroup/db.slice/cgroup.procs"] == b"42\n"
    assert groups.files["sys/fs/cgroup/db.slice/memory.current"] == b"41000\n"
    assert groups.of_processes == {"42": b"0::/db.slice\n", "1": b"0::/init.slice\n"}
    assert 0 <= time.monotonic() - groups.time_s < 10
    assert (walker.started_of("42"), walker.started_of("43")) == (b"99", None)


def test_groups_of_version_1_lie_below_their_controller(host, tree, put):
    (host / "sys/fs/cgroup/cgroup.controllers").unlink()
    (host / "sys/fs/cgroup/memory.stat").unlink()
    put(host, {
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "71\n",
        "sys/fs/cgroup/memory/docker/memory.usage_in_bytes": "31\n",
        "sys/fs/cgroup/memory/docker/memory.limit_in_bytes": "73\n",
        "sys/fs/cgroup/memory/docker/cgroup.procs": "42\n",
    })  # fmt: skip

    with closing(GroupWalker(tree)) as walker:
        walker.ask({})
        files = answer(walker).files

    assert files["sys/fs/cgroup/memory/docker/memory.limit_in_bytes"] == b"73\n"
    assert files["sys/fs/cgroup/memory/docker/cgroup.procs"] == b"42\n"


def test_a_long_answer_comes_in_pieces(host, tree, put):
    put(
        host,
        {f"sys/fs/cgroup/g{i}/memory.{kind}": "9" * 900 + "\n" for i in range(40)
         for kind in ("max", "current", "stat")},
    )  # fmt: skip
    for i in range(40):
        put(host, {f"sys/fs/cgroup/g{i}/memory.max": f"{1000 + i}\n"})

    with closing(GroupWalker(tree)) as walker:
        walker.ask({})
        files = answer(walker).files

    assert files["sys/fs/cgroup/g39/memory.max"] == b"1039\n"
    assert sum(map(len, files.values())) > 64 * 1024


def test_a_file_that_hangs_holds_nobody_up_and_is_asked_for_only_once(host, tree):
    (host / "sys/fs/cgroup/db.slice/memory.max").unlink()
    os.mkfifo(host / "sys/fs/cgroup/db.slice/memory.max")
    # Opened for writing here, a read waits: with O_NONBLOCK it would fail, so the tree blocks.
    writer = os.open(host / "sys/fs/cgroup/db.slice/memory.max", os.O_RDWR)
    os.set_blocking(writer, True)
    walker = GroupWalker(_Blocking(tree))
    try:
        walker.ask({})
        started_s = time.monotonic()

        assert walker.take() is None
        assert walker.is_waiting
        walker.ask({"42": b"99"})
        assert time.monotonic() - started_s < 20
    finally:
        walker.close()
        os.close(writer)


class _Blocking:
    """Reads as if the kernel held a lock."""

    def __init__(self, tree):
        self._tree = tree

    def __getattr__(self, name):
        return getattr(self._tree, name)

    def read(self, path):
        if path.endswith("memory.max"):
            time.sleep(60)
        return self._tree.read(path)


def test_a_child_that_is_gone_is_noticed(tree):
    with closing(GroupWalker(tree)) as walker:
        os.kill(walker._pid, signal.SIGKILL)
        select.select([walker], [], [], 10)

        assert walker.gather() is False
        walker.ask({"1": b"99"})
        assert walker.take() is None


def test_it_ends_with_its_recorder(tree):
    walker = GroupWalker(tree)
    pid = walker._pid
    walker.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_tells_its_own_cpu_time(tree):
    with closing(GroupWalker(tree)) as walker:
        walker.ask({})
        answer(walker)

        assert 0 < walker.cpu_s < 5
