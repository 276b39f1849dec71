"""A live check ends within its deadline, whole or partial."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from vmadvisor import urgent
from vmadvisor.cli import _in_time, _verdict
from vmadvisor.cli._alarm import Alarm
from vmadvisor.cli._check_options import CheckOptions
from vmadvisor.cli._in_time import within_deadline
from vmadvisor.urgent import OutOfTimeError


def launch(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )


def slow(seconds):
    def verdict(_options, *, interval_s, deadline_s):
        del interval_s, deadline_s
        time.sleep(seconds)
        return "whole\n", 0

    return verdict


def test_a_check_that_ends_in_time_is_whole(monkeypatch):
    monkeypatch.setattr(_verdict, "verdict", slow(0.0))

    assert within_deadline(CheckOptions(), time.monotonic()) == ("whole\n", 0)


def test_one_that_does_not_is_cut_in_time_to_say_so(monkeypatch):
    monkeypatch.setattr(_verdict, "verdict", slow(30.0))
    started_s = time.monotonic()

    text, code = within_deadline(CheckOptions(deadline_s=1.0, interval_s=0.0), started_s)

    assert time.monotonic() - started_s < 20.0
    assert "partial: " in text
    assert code in {1, 2, 3}


def test_the_deadline_counts_from_the_programs_first_instruction(monkeypatch):
    monkeypatch.setattr(_verdict, "verdict", slow(30.0))
    before_s = time.monotonic()

    text, _ = within_deadline(CheckOptions(deadline_s=8.0, interval_s=0.0), before_s - 5.5)

    assert "partial: " in text
    assert time.monotonic() - before_s < 20.0


def test_an_interval_longer_than_its_share_puts_the_end_off(monkeypatch):
    monkeypatch.setattr(_verdict, "verdict", slow(0.9))

    whole, _ = within_deadline(CheckOptions(deadline_s=0.5, interval_s=10.0), time.monotonic())

    assert whole == "whole\n"


def test_a_host_too_slow_for_the_whole_is_answered_at_once(monkeypatch):
    monkeypatch.setattr(_verdict, "verdict", slow(30.0))
    monkeypatch.setattr(urgent, "is_hopeless", lambda *_: True)
    before_s = time.monotonic()

    assert "partial: " in within_deadline(CheckOptions(), before_s)[0]
    assert time.monotonic() - before_s < 20.0


@pytest.mark.parametrize(
    ("spent_s", "interval_s", "reading_s"),
    [
        (0.2, 1.0, pytest.approx(3.7)),  # 5 less interval, less 1.5 times what was spent
        (2.0, 0.2, pytest.approx(1.8)),  # late: the interval is cut
        (4.0, 0.2, pytest.approx(0.25)),
    ],
)
def test_what_loading_took_is_taken_from_interval_and_reading(
    monkeypatch, spent_s, interval_s, reading_s
):
    asked = {}
    monkeypatch.setattr(
        _verdict, "verdict", lambda _options, **given: asked.update(given) or ("", 0)
    )
    monkeypatch.setattr(_in_time, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    _in_time._whole(CheckOptions(), 1000.0 - spent_s, 5.0)

    assert asked == {"interval_s": interval_s, "deadline_s": reading_s}


class Ignoring:
    """What is raised while it is taken away, Python drops."""

    def __del__(self):
        time.sleep(0.3)


def drop_and_wait():
    Ignoring()
    time.sleep(5)


def test_an_alarm_that_was_ignored_rings_again(capfd):
    with pytest.raises(OutOfTimeError), Alarm(0.1):
        drop_and_wait()

    assert capfd.readouterr().err == ""


def test_other_ignored_exceptions_are_still_told(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: told.append(args.exc_type))

    class Broken:
        def __del__(self):
            raise ZeroDivisionError

    with Alarm(5.0):
        Broken()

    assert told == [ZeroDivisionError]


def test_it_rings_once_however_long_the_answer_takes():
    """A second ring would break off the answer; after the program's end it would kill it."""
    with pytest.raises(OutOfTimeError), Alarm(0.1):
        time.sleep(5)
    time.sleep(0.4)


def test_after_its_block_it_is_silent():
    with Alarm(0.1):
        pass
    time.sleep(0.3)


def test_a_plain_check_loads_neither_click_nor_rich_nor_what_inspects_code():
    """Each of them costs as much as all of ours, on a host that has no memory to give."""
    code = (
        "import sys\nfrom vmadvisor.__main__ import run\nimport time\n"
        "run(['check', '--interval', '0', '--deadline', '60'], started_s=time.monotonic())\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    loaded = set(launch(code).stderr.split())

    assert "vmadvisor.render.text_report" in loaded
    heavy = {"click", "rich", "dataclasses", "inspect", "json", "datetime", "pathlib", "numpy"}
    assert not loaded & heavy


def test_a_first_look_loads_nothing_but_itself():
    before = set(launch("import sys, os, time; print(*sys.modules)").stdout.split())
    code = "import sys; from vmadvisor.cli import _in_time, _check_options; print(*sys.modules)"
    more = set(launch(code).stdout.split()) - before

    assert {name for name in more if not name.startswith("vmadvisor")} == set()


def test_a_reader_that_has_left_is_no_traceback():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "vmadvisor", "check", "--interval", "0"],
        stdout=write_end, stderr=subprocess.PIPE, timeout=60, check=False,
    )  # fmt: skip
    os.close(write_end)

    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
