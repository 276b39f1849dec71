"""The command: one log in, the reports out; what cannot be read exits 3 before anything is written."""

import json
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.collect import kernel_log

LEAK = Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log"


def test_a_log_is_told_in_json(capsys):
    assert run(["postmortem", str(LEAK), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert [(one["victim"]["pid"], one["agrees"]) for one in told["reports"]] == [
        (114, True),
        (116, True),
    ]
    assert told["gaps"] == []


def test_a_log_without_reports_says_so_and_exits_0(tmp_path, capsys):
    (tmp_path / "log").write_text("all is well\n")

    assert run(["postmortem", str(tmp_path / "log")]) == 0
    assert capsys.readouterr().out == "no OOM report in this log\n"


def test_what_cannot_be_read_exits_3_and_writes_nothing(tmp_path, capsys):
    assert run(["postmortem", str(tmp_path / "none"), "--format", "json"]) == 3
    printed = capsys.readouterr()

    assert (printed.out, "no such file" in printed.err) == ("", True)


@pytest.mark.parametrize("option", [["--journal"], ["--since", "today"]])
def test_a_file_and_the_journal_exclude_each_other(option, capsys):
    assert run(["postmortem", str(LEAK), *option]) == 3
    assert "--journal" in capsys.readouterr().err


def test_without_a_file_this_host_is_asked(monkeypatch, capsys):
    monkeypatch.setattr(kernel_log, "has_journal", lambda: True)
    monkeypatch.setattr(kernel_log, "journal_blocks", lambda _since: iter([LEAK.read_bytes()]))

    assert run(["postmortem"]) == 0
    assert "base (pid 114) was killed" in capsys.readouterr().out
