import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from vmadvisor.collect.cgroup_walk import Event
from vmadvisor.collect.forked import ForkedWalk

END = Event("end", "", {}, 0.0, 2)


def group(number):
    return Event("group", f"/g{number}", {"memory.max": b"max\n" * number}, 3.5, number)


def test_events_come_back_as_they_were_sent():
    events = [group(1), group(70_000), Event("group", "/caf\udce9", {}, 1.5, 2), END]

    assert ForkedWalk(iter(events)).finish(10.0) == (events, None)


def test_a_walk_without_findings_is_an_answer_too():
    assert ForkedWalk(iter([])).finish(10.0) == ([], None)


def test_a_read_that_hangs_is_given_up_and_what_came_before_is_kept(tmp_path):
    os.mkfifo(tmp_path / "memory.max")

    def events():
        yield group(1)
        (tmp_path / "memory.max").read_text()
        yield END

    started_s = time.monotonic()
    found, unanswered_s = ForkedWalk(events()).finish(0.3)

    assert found == [group(1)]
    assert 0.3 <= unanswered_s <= time.monotonic() - started_s < 20


def test_an_abandoned_child_is_killed():
    def events():
        yield Event("process", str(os.getpid()), {}, 0.0, 1)
        time.sleep(60)

    (event,), _ = ForkedWalk(events()).finish(0.3)

    with pytest.raises(ProcessLookupError):
        os.kill(int(event.path), 0)


def test_a_walk_that_fails_is_not_taken_for_a_whole_one():
    def events():
        yield group(1)
        raise RuntimeError("a fault of ours")

    found, unanswered_s = ForkedWalk(events()).finish(10.0)

    assert found == [group(1)]
    assert unanswered_s is not None


def test_where_our_caller_ignores_ended_children_the_kernel_reaps():
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert ForkedWalk(iter([group(3), END])).finish(10.0) == ([group(3), END], None)
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_no_descriptor_is_left_open():
    before = list(Path("/proc/self/fd").iterdir())
    ForkedWalk(iter([END])).finish(10.0)

    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)


def test_a_child_that_hangs_keeps_nobody_from_reading_our_output():
    """A pipe's reader waits for the last writer: the child must not be one."""
    script = textwrap.dedent("""
        import os, time
        from vmadvisor.collect.forked import ForkedWalk
        def events():
            time.sleep(20)
            yield
        os.dup2(1, 9)
        walk = ForkedWalk(events())
        walk.gather(0.2)
        print(walk._pid, flush=True)
        os._exit(0)
    """)
    started_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, check=True, timeout=15
    )

    assert time.monotonic() - started_s < 10
    os.kill(int(done.stdout), 9)
