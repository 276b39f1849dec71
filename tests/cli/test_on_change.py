"""check --on-change: silent while nothing changed; what it cannot keep it does not keep silent about."""

import contextlib
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.__main__ import run
from vmadvisor.advise.finding import Severity
from vmadvisor.cli import _on_change
from vmadvisor.cli._check_options import CheckOptions
from vmadvisor.cli._on_change import is_news, parse
from vmadvisor.errors import RootError, StateError
from vmadvisor.monitoring.on_change import Stretch

HEALTHY, LEAK = "fixtures/6.1-healthy", "fixtures/7.2-leak-before-kill"


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))  # noqa: PTH100, PTH120
    return tmp_path / "state.json"


@pytest.fixture
def clock(monkeypatch):
    """Five minutes pass at each look."""
    times_s = iter(range(1_000_000, 2_000_000, 300))
    monkeypatch.setattr(_on_change.time, "time", lambda: float(next(times_s)))


def check(state, root, capsys, *more):
    code = run(
        ["check", "--root", root, "--on-change", "--state", str(state), "--format", "nagios", *more]
    )
    printed = capsys.readouterr()
    assert printed.err == ""
    return code, printed.out.partition(" - ")[0]


@pytest.mark.usefixtures("clock")
def test_a_night_of_runs_prints_what_changed_and_exits_as_always(state, capsys):
    roots = [
        HEALTHY,
        HEALTHY,
        LEAK,
        LEAK,
        HEALTHY,
        HEALTHY,
        LEAK,
        HEALTHY,
        HEALTHY,
        HEALTHY,
        HEALTHY,
    ]
    found = [check(state, root, capsys) for root in roots]

    assert [code for code, _ in found] == [0, 0, 2, 2, 0, 0, 2, 0, 0, 0, 0]
    assert [text.removeprefix("VMADVISOR ") for _, text in found] == [
        "OK", "", "CRITICAL", "", "", "", "", "", "", "OK", "",
    ]  # fmt: skip


@pytest.mark.usefixtures("clock")
def test_quiet_keeps_back_the_good_news_and_still_counts_them(state, capsys):
    found = [check(state, root, capsys, "-q")[1] for root in (HEALTHY, LEAK, *[HEALTHY] * 3, LEAK)]

    assert found == ["", "VMADVISOR CRITICAL", "", "", "", "VMADVISOR CRITICAL"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"version": 1}', '{"version": 2, "status": "OK", "better": {}}', '{"version": 1, "status": "FINE", "better": {}}',
     '{"version": 1, "status": "OK", "better": {"OK": 3}}', '{"version": 1, "status": "OK", "better": {"OK": [NaN, 1]}}',
     '{"version": 1, "status": "OK", "better": {"OK": [1e999, 1]}}', '{"version": 1, "status": ["OK"], "better": {}}', "[" * 3000],
)  # fmt: skip
def test_a_damaged_file_means_it_tells_and_begins_anew(state, capsys, text):
    state.write_text(text)
    code = run(["check", "--root", HEALTHY, "--on-change", "--state", str(state)])
    printed = capsys.readouterr()

    assert code == 0
    assert printed.out.startswith("OK ")
    assert "begun anew" in printed.err
    assert json.loads(state.read_text()) == {"version": 1, "status": "OK", "better": {}}


@given(text=st.text())
def test_any_text_is_a_state_or_a_state_error(text):
    with contextlib.suppress(StateError):
        parse(text)


def test_what_is_kept_is_read_again(state, monkeypatch):
    monkeypatch.setattr(_on_change.time, "time", lambda: 1234.5)
    options = CheckOptions(on_change=True, state=str(state))

    assert is_news(Severity.CRITICAL, options)
    assert not is_news(Severity.UNKNOWN, options)
    told = parse(state.read_text())
    assert told.status is Severity.CRITICAL
    assert told.better == {
        Severity.UNKNOWN: Stretch(since_s=1234.5, runs_count=1),
        Severity.WARNING: Stretch(since_s=1234.5, runs_count=1),
    }


def test_a_file_that_cannot_be_written_means_every_run_tells(tmp_path, state, capsys):
    del state
    for _ in range(2):
        code = run(
            ["check", "--root", HEALTHY, "--on-change", "--state", str(tmp_path / "no" / "x")]
        )
        printed = capsys.readouterr()
        assert code == 0
        assert printed.out.startswith("OK ")
        assert "every verdict is told" in printed.err


def test_another_root_wants_a_file_of_its_own():
    with pytest.raises(RootError, match="--state"):
        is_news(Severity.OK, CheckOptions(root="rec.tar", on_change=True))


@pytest.mark.live
def test_this_hosts_file_lies_with_its_other_state(tmp_path, monkeypatch):
    monkeypatch.delenv("VMADVISOR_STATE_DIRECTORY")
    monkeypatch.setattr("vmadvisor.collect.state_file.SYSTEM_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert is_news(Severity.WARNING, CheckOptions(on_change=True))
    assert not is_news(Severity.WARNING, CheckOptions(on_change=True))
    assert list(tmp_path.rglob("on-change.json"))


@pytest.mark.live
@pytest.mark.parametrize("more", [(), ("--root", LEAK)], ids=["this host", "another root"])
def test_what_could_not_be_printed_was_not_told(state, more):
    """A full disk under the mail spool, a pipe whose reader has gone."""
    command = [
        sys.executable, "-m", "vmadvisor", "check", "--on-change", "--state", str(state),
        "--no-history", *more,
    ]  # fmt: skip
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - no regular file
        lost = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    told = subprocess.run(command, capture_output=True, check=False)
    again = subprocess.run(command, capture_output=True, check=False)

    assert b"cannot write the output" in lost.stderr
    assert told.stdout
    assert not again.stdout
