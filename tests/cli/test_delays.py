"""``delays`` from end to end, with a kernel that answers as it is told."""

import json
import os
import subprocess
import sys

import pytest

from vmadvisor.__main__ import run
from vmadvisor.apply.delayacct import turned_on
from vmadvisor.cli import delays as module
from vmadvisor.collect import delays as collected
from vmadvisor.errors import RootError
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import cmdline, sysctl_kernel, version
from vmadvisor.sources.taskstats import Delay, TaskStats


class Socket:
    """This process waits 9 ms between two moments."""

    unanswered_count, unreadable = 0, None

    def __init__(self):
        self.waited_ns = 0

    def delays(self, pids, deadline):
        assert os.getpid() in pids
        assert not deadline.is_over()
        self.waited_ns += 9_000_000
        one = Delay(waits_total=1, waited_ns_total=self.waited_ns)
        none = Delay(waits_total=0, waited_ns_total=0)
        found = TaskStats(
            version=13, pid_id=0, freepages=one, swapin=none, thrashing=none, compact=none
        )
        return {os.getpid(): found}

    def close(self):
        pass


@pytest.fixture
def kernel(monkeypatch):
    """``kernel(switch)``: the family answers, and the switch is as given."""

    def make(switch, refusal=None):
        def opened():
            if refusal is not None:
                raise RootError(refusal)
            return Socket()

        host = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=4096,
                         clock_hz=100, is_live=True)  # fmt: skip
        records = (
            sysctl_kernel.parse({"task_delayacct": f"{switch}\n"}),
            cmdline.parse("quiet"),
            version.parse("Linux version 6.1.0 (a@b)"),
        )
        facts = Snapshot(
            time_s=1.0, host=host,
            records={type(one): Timed(time_s=1.0, record=one) for one in records},
        )  # fmt: skip
        monkeypatch.setattr(collected, "open_taskstats", opened)
        monkeypatch.setattr(module, "delay_facts", lambda _: facts)

    return make


def test_who_waits_is_told_and_exits_0(kernel, capsys):
    kernel(1)

    assert run(["delays", "--interval", "0.1", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(one["pid"], one["lost_ns"]) for one in document["processes"]] == [
        (os.getpid(), 9_000_000)
    ]
    assert document["accounting"]["is_on"] is True


def test_with_the_switch_off_it_exits_3_and_does_not_touch_it(kernel, capsys, monkeypatch):
    kernel(0)
    monkeypatch.setattr(module, "turned_on", lambda _: pytest.fail("it was touched"))

    assert run(["delays", "--interval", "0.1"]) == 3
    assert "kernel.task_delayacct is off" in capsys.readouterr().out


def test_without_the_family_the_gap_is_told_and_it_exits_3(kernel, capsys):
    kernel(1, refusal="no TASKSTATS family")

    assert run(["delays", "--interval", "0.1"]) == 3
    shown = capsys.readouterr().out
    assert "gap taskstats: no TASKSTATS family" in shown
    assert "pressure stall" in shown


def test_asked_to_it_turns_the_switch_on_says_so_and_sets_it_back(
    kernel, capsys, monkeypatch, tmp_path
):
    kernel(1)
    switch = tmp_path / "task_delayacct"
    switch.write_text("0\n")
    monkeypatch.setattr(module, "turned_on", lambda say: turned_on(say, switch))

    assert run(["delays", "--interval", "0.1", "--enable-delayacct"]) == 0
    said = capsys.readouterr().err
    assert "vmadvisor: kernel.task_delayacct was 0 and is 1 until this ends" in said
    assert "kernel.task_delayacct is 0 again" in said
    assert switch.read_text() == "0\n"


@pytest.mark.parametrize("interval", ["0", "nan", "-1", "soon"])
def test_an_interval_that_is_none_is_refused(interval, capsys):
    assert run(["delays", "--interval", interval]) == 3
    assert "interval" in capsys.readouterr().err


@pytest.mark.live
def test_on_this_host_it_answers_or_says_why_not(capsys):
    code = run(["delays", "--interval", "0.1", "--format", "json"])
    document = json.loads(capsys.readouterr().out)

    assert code in {0, 3}
    assert document["taskstats_version"] or [
        gap for gap in document["gaps"] if gap["path"] == "taskstats"
    ]


def test_pyroute2_is_not_loaded_before_it_is_asked():
    code = "import sys, vmadvisor.cli.delays; sys.exit('pyroute2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
