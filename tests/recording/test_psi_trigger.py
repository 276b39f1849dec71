import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from vmadvisor.recording.psi_trigger import EVENTS, PsiTrigger, open_trigger

BUSY = "import time; e = time.monotonic() + 2\nwhile time.monotonic() < e: pass"


@pytest.mark.live
def test_the_kernel_wakes_whoever_polls_when_tasks_have_waited():
    """For a CPU, of which there are never enough for twice as many tasks: memory is left alone."""
    try:
        trigger = PsiTrigger(10_000, path="/proc/pressure/cpu", kind="some")
    except OSError as error:
        pytest.skip(f"no trigger here: {error}")
    poll = select.poll()
    poll.register(trigger.fileno(), EVENTS)
    tasks = [
        subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(2 * (os.cpu_count() or 1))
    ]
    try:
        events = poll.poll(4000)
    finally:
        for task in tasks:
            task.wait()
        trigger.close()

    assert events == [(trigger.fileno(), select.POLLPRI)]


@pytest.mark.parametrize("stall_us", [-1, 10**9])
def test_what_the_kernel_refuses_is_a_reason_in_words(stall_us):
    trigger, reason = open_trigger(stall_us)

    assert trigger is None
    assert reason == reason.lower() != ""


def test_a_refused_trigger_leaves_no_descriptor_open(tmp_path, monkeypatch):
    (tmp_path / "memory").write_text("")
    before = len(list(Path("/proc/self/fd").iterdir()))

    def refuse(_descriptor, _data):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("vmadvisor.recording.psi_trigger.os.write", refuse)
    with pytest.raises(PermissionError):
        PsiTrigger(1000, path=str(tmp_path / "memory"))
    monkeypatch.undo()

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_line_is_what_the_kernel_documents(tmp_path):
    (tmp_path / "memory").write_text("")

    PsiTrigger(200_000, path=str(tmp_path / "memory")).close()

    assert (tmp_path / "memory").read_bytes() == b"full 200000 2000000\0"
