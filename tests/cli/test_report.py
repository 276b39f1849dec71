"""``vmadvisor report``: where the past comes from, where the page goes."""

import os
import stat
import time
from email import message_from_string
from email.policy import SMTP
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.history.store import open_store
from vmadvisor.model.past import NodePoint, Point

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
LEAK = str(FIXTURES / "7.2-leak-before-kill")


def said(capsys, *arguments):
    code = run(["report", *arguments])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_a_recording_is_its_own_past(written_recording, capsys):
    path = str(written_recording("a", ticks_count=60, event_s=50))
    code, out, _ = said(capsys, "--root", path)

    assert code == 0
    assert "60 readings from 0.0 s to 59.0 s" in out
    assert "50.0 s      2  the host's" in out


def test_since_and_at_choose_a_part_of_it(written_recording, capsys):
    path = str(written_recording("a", ticks_count=60, event_s=50))
    _, out, _ = said(capsys, "--root", path, "--since", "10s", "--at", "130.25")

    assert "11 readings from 20.0 s to 30.0 s" in out


def test_a_tree_is_a_report_of_one_moment(capsys):
    code, out, _ = said(capsys, "--root", LEAK)

    assert code == 0
    assert out.startswith("CRITICAL  ")
    assert "2 readings in the period: a line takes 3" in out


def test_standard_input_has_no_past_and_that_is_a_gap(written_recording, capsys, monkeypatch):
    path = written_recording("a", ticks_count=20, event_s=99)

    class Input:
        buffer = path.open("rb")

    monkeypatch.setattr("sys.stdin", Input())
    code, out, _ = said(capsys, "--root", "-", "--format", "markdown")
    Input.buffer.close()

    assert code == 0
    assert "standard input can be read once" in out


def points(count, now_s):
    mib = 2**20
    return [
        Point(
            time_utc_s=now_s - 60.0 * (count - index), boot_id="b", origin="sample",
            gauges={"available_bytes": (500 + index) * mib, "free_bytes": 300.0 * mib, "low_bytes": 9.0 * mib},
            counters={"allocstall_total": 3 * index},
            nodes=(NodePoint(node_id=0, free_bytes=300 * mib, min_bytes=5 * mib, low_bytes=9 * mib, high_bytes=12 * mib),),
            settings={"vm.swappiness": "60" if index < count // 2 else "7"},
        )
        for index in range(count)
    ]  # fmt: skip


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "history.sqlite"
    with open_store(str(path)) as store:
        store.append_points(points(40, time.time()))
    return str(path)


def test_history_is_the_past_and_the_reading_now_its_last_point(history, capsys):
    code, out, _ = said(capsys, "--root", LEAK, "--history", history)

    assert code == 0
    assert "41 readings from" in out
    assert "vm.swappiness" in out


def test_since_bounds_the_history(history, capsys):
    _, out, _ = said(capsys, "--root", LEAK, "--history", history, "--since", "10m")

    assert "11 readings from" in out or "10 readings from" in out


def test_a_history_that_was_asked_for_must_be_there(tmp_path, capsys):
    code, out, err = said(capsys, "--root", LEAK, "--history", str(tmp_path / "none"))

    assert (code, out) == (3, "")
    assert "there is no history" in err


@pytest.mark.live
def test_without_any_history_a_live_host_is_reported_with_a_gap(state_directory, capsys):
    code, out, _ = said(capsys, "--interval", "0", "--format", "markdown")

    assert code == 0
    assert f"{state_directory}/history" in out.replace("`", "")
    assert "no past: the report is of one moment" in out


def test_output_is_written_whole_with_the_form_of_its_ending(tmp_path, capsys):
    target = tmp_path / "report.html"
    code, out, _ = said(capsys, "--root", LEAK, "--output", str(target))

    assert (code, out) == (0, "")
    assert target.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_output_replaces_a_file_and_keeps_its_mode(tmp_path, capsys):
    target = tmp_path / "report.md"
    target.write_text("old")
    target.chmod(0o604)
    said(capsys, "--root", LEAK, "--output", str(target))

    assert target.read_text().startswith("# CRITICAL")
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@pytest.mark.parametrize("odd", ["link", "pipe", "directory", "dangling"])
def test_output_goes_through_nothing_odd(tmp_path, capsys, odd):
    target, other = tmp_path / "odd.txt", tmp_path / "other"
    if odd == "link":
        other.write_text("precious")
        target.symlink_to(other)
    elif odd == "dangling":
        target.symlink_to(other)
    elif odd == "pipe":
        os.mkfifo(target)
    else:
        target.mkdir()
    code, _, err = said(capsys, "--root", LEAK, "--output", str(target))

    assert code == 3
    assert "no regular file" in err
    assert not other.exists() or other.read_text() == "precious"


def test_a_directory_that_is_not_there_is_an_error_in_a_sentence(tmp_path, capsys):
    code, _, err = said(capsys, "--root", LEAK, "--output", str(tmp_path / "none" / "x"))

    assert code == 3
    assert "No such file or directory" in err


def test_mail_goes_to_standard_output(capsys):
    code, out, _ = said(capsys, "--root", LEAK, "--mail", "--to", "Ops <ops@example.org>, b@example.org",
                        "--from", "vm@example.org")  # fmt: skip
    mail = message_from_string(out, policy=SMTP)

    assert code == 0
    assert mail["To"] == "Ops <ops@example.org>, b@example.org"
    assert mail["From"] == "vm@example.org"
    assert mail["Subject"].startswith("CRITICAL: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--mail", "--format", "html"),
        ("--to", "a@b"),
        ("--since", "0"),
        ("--since", "yesterday"),
        ("--mail", "--to", "a@b\nBcc: c@d"),
        ("--mail", "--to", "-oQ/tmp@x"),
        ("--mail", "--to", ""),
        ("--mail", "--to", "a@"),
        ("--mail", "--from", "a@b, c@d"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments, capsys):
    code, out, err = said(capsys, "--root", LEAK, *arguments)

    assert (code, out) == (3, "")
    assert "Error" in err
