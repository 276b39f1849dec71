"""``watch`` in a pipe: lines that come at once, a reader that leaves, a recording, what cannot be asked."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli import watch

LEAK = str(Path(__file__).resolve().parents[2] / "fixtures" / "7.2-leak-before-kill")
WATCH = [sys.executable, "-m", "vmadvisor", "watch"]
WITHIN_S = 60


def test_a_recording_is_replayed_without_waiting_and_says_its_own_seconds(capsys):
    assert run(["watch", "--root", LEAK]) == 0
    head, line = capsys.readouterr().out.split("\n")[:2]

    cells = dict(zip(head.split(), line.split(), strict=True))
    assert (cells["time"], cells["low+MiB"], cells["availMiB"]) == ("57.07", "0.1", "0")
    assert int(cells["%oom"]) > 50


def test_json_of_a_recording(capsys):
    assert run(["watch", "--root", LEAK, "--format", "json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()

    document = json.loads(line)
    assert document["time_s"] == 57.07327
    assert document["free_above_low_bytes"] == 147_456


@pytest.mark.parametrize(
    "arguments", [("--at", "3"), ("--speed", "2"), ("--root", "//", "--at", "3")]
)
def test_this_host_has_no_past_to_choose_from(arguments, capsys):
    assert run(["watch", *arguments]) == 3
    assert "this host has no past" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [("--interval", "0"), ("--interval", "nan"), ("--count", "0"), ("--speed", "-1")]
)
def test_what_makes_no_sense_is_refused(arguments, capsys):
    assert run(["watch", *arguments]) == 3
    assert "Invalid value" in capsys.readouterr().err


def test_what_is_no_recording_is_said(tmp_path, capsys):
    assert run(["watch", "--root", str(tmp_path)]) == 3
    assert "it is no recording" in capsys.readouterr().err


def test_without_textual_a_terminal_gets_lines_and_a_sentence(capsys, monkeypatch):
    monkeypatch.setattr(watch, "_has_terminal", lambda: True)
    monkeypatch.setattr(watch, "find_spec", lambda _name: None)

    assert run(["watch", "--root", LEAK]) == 0
    printed = capsys.readouterr()
    assert "pip install 'vmadvisor[tui]'" in printed.err
    assert printed.out.startswith("time ")


@pytest.mark.live
def test_every_line_is_written_at_once_and_a_reader_that_leaves_is_no_error():
    with subprocess.Popen(
        [*WATCH, "--interval", "0.2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.stdout.close()
        assert process.wait(WITHIN_S) == 0
        assert process.stderr.read() == b""

    assert lines[0].startswith(b"time ")
    assert len(lines[1].split()) == len(lines[2].split()) == 16


@pytest.mark.live
def test_it_ends_after_as_many_lines_as_were_asked_for(capsys):
    assert run(["watch", "--interval", "0.1", "--count", "2", "--format", "json"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())

    assert first["time_s"] < second["time_s"]
    assert first["time_utc"].endswith("Z")


@pytest.mark.live
def test_a_stop_of_some_seconds_makes_one_long_interval_and_no_burst():
    """As after a suspend: the next line's rates are over all that passed, and no lines are made up for."""
    with subprocess.Popen(
        [*WATCH, "--interval", "0.2", "--format", "json"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            before = json.loads(process.stdout.readline())
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(2.5)
            os.kill(process.pid, signal.SIGCONT)
            later = [json.loads(process.stdout.readline()) for _ in range(6)]
        finally:
            process.kill()

    intervals_s = [one["interval_s"] for one in later]
    assert max(intervals_s) > 2.0
    assert min(intervals_s) > 0.1
    assert later[-1]["time_s"] - before["time_s"] == pytest.approx(sum(intervals_s))


@pytest.mark.live
def test_ctrl_c_ends_it_without_a_word():
    with subprocess.Popen(
        [*WATCH, "--interval", "0.2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A test run in the background of a script has SIGINT ignored, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one thread
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=WITHIN_S)
        finally:
            process.kill()

    assert (process.returncode, said) == (0, b"")


@pytest.mark.live
def test_memory_does_not_grow_with_the_lines():
    """Two hundred lines at ten a second: the track is bounded by time, nothing else is kept."""
    with subprocess.Popen([*WATCH, "--interval", "0.1"], stdout=subprocess.PIPE) as process:
        try:
            sizes = []
            for count in range(200):
                process.stdout.readline()
                if count in {80, 199}:
                    status = Path(f"/proc/{process.pid}/status").read_text()
                    sizes.append(int(status.split("VmRSS:")[1].split()[0]))
        finally:
            process.kill()

    assert sizes[1] - sizes[0] < 4096
