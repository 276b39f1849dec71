"""``import`` from the command line, and what report, history and calibrate make of it."""

import io
import json
import os
import subprocess
import sys
import tarfile
import time

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli.group import cli
from vmadvisor.history.store import open_store

NOW_S = time.time()


def day(nodename=None, count=12, until_s=NOW_S - 3600):
    """Records ten minutes apart, with page scans that rise and memory that falls."""
    records = []
    for number in range(count):
        stamp = time.gmtime(until_s - 600 * (count - number))
        records.append(
            {
                "timestamp": {
                    "date": time.strftime("%Y-%m-%d", stamp),
                    "time": time.strftime("%H:%M:%S", stamp),
                    "utc": 1,
                    "interval": 600,
                },
                "paging": {"pgscank": 100.0 + number, "pgscand": 3.0 * number},
                "memory": {"avail": 900_000 - number, "memfree": 500_000 - number},
                "psi": {"psi-mem": {"some_avg": 2.0, "full_avg": 1.5}},
            }
        )
    host = {"nodename": nodename or os.uname().nodename, "statistics": records, "restarts": []}
    return json.dumps({"sysstat": {"hosts": [host]}}, indent=1)


@pytest.fixture
def history(tmp_path):
    return str(tmp_path / "h.sqlite")


@pytest.fixture
def sar(tmp_path):
    path = tmp_path / "day.json"
    path.write_text(day())
    return str(path)


def test_the_keyword_names_a_module_all_the_same():
    assert cli.get_command(None, "import").name == "command"


def test_it_says_what_it_took_and_takes_it_once(history, sar, capsys):
    assert run(["import", "sar", "--history", history, sar]) == 0
    first = capsys.readouterr()
    assert run(["import", "sar", "--history", history, sar]) == 0
    second = capsys.readouterr()

    assert "12 points, 12 of them new, " in first.out
    assert "12 points, 0 of them new, " in second.out
    assert first.err == second.err == ""


def test_one_bad_file_does_not_keep_out_the_others(history, sar, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{}")
    (tmp_path / "other.json").write_text(day("db\x1b[2J"))

    code = run(
        [
            "import",
            "sar",
            "--history",
            history,
            f"{tmp_path}/bad.json",
            sar,
            f"{tmp_path}/other.json",
        ]
    )

    said = capsys.readouterr()
    assert code == 3
    assert "12 of them new" in said.out
    assert "expected what sadf -j prints" in said.err
    assert r"it is of db\x1b[2J" in said.err
    assert "2 of 3 files were not taken" in said.err
    assert "\x1b" not in said.err + said.out


def test_a_host_may_have_had_another_name(history, tmp_path, capsys):
    (tmp_path / "old.json").write_text(day("old-name"))

    assert run(["import", "sar", "--history", history, f"{tmp_path}/old.json"]) == 3
    assert "--host old-name takes it all the same" in capsys.readouterr().err
    assert run(
        ["import", "sar", "--host", "old-name", "--history", history, f"{tmp_path}/old.json"]
    ) == 0  # fmt: skip


def test_what_the_next_check_would_drop_is_said(history, tmp_path, capsys):
    (tmp_path / "old.json").write_text(day(until_s=NOW_S - 100 * 86_400))

    assert run(["import", "sar", "--history", history, f"{tmp_path}/old.json"]) == 0
    assert "older than 90 days goes with the next check" in capsys.readouterr().err


def test_standard_input_is_read(history):
    done = subprocess.run(
        [sys.executable, "-m", "vmadvisor", "import", "sar", "--history", history, "-"],
        input=day(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("-: 12 points, 12 of them new")


def test_history_lists_the_points_and_says_whose_they_are(history, sar, capsys):
    run(["import", "sar", "--history", history, sar])
    capsys.readouterr()

    assert run(["history", "--history", history, "--by", "point"]) == 0
    by_point = capsys.readouterr().out
    assert run(["history", "--history", history, "--since", "24h"]) == 0
    by_hour = capsys.readouterr().out

    assert "12 points, 12 of sar, in" in by_hour
    assert by_point.count("  sar  ") == 12
    assert "1.5 %" in by_hour
    assert "no forecast was kept" in by_hour


def test_the_report_draws_scans_and_available_memory_and_says_whose_they_are(history, sar, capsys):
    run(["import", "sar", "--history", history, sar])
    capsys.readouterr()

    assert run(
        ["report", "--history", history, "--interval", "0", "--format", "html", "--since", "2d"]
    ) == 0  # fmt: skip
    page = capsys.readouterr().out

    assert "readings from" in page
    assert "12 of sar" in page
    assert "by stalled tasks" in page
    assert "count of OOM kills is not known for this period" in page
    assert "whether one changed cannot be told" in page
    assert "available" in page


def test_calibration_is_not_fooled(history, sar, capsys):
    run(["import", "sar", "--history", history, sar])
    capsys.readouterr()

    assert run(["calibrate", "--history", history]) == 3
    assert capsys.readouterr().err.strip()
    with open_store(history) as store:
        assert store.past().said == ()


META = {
    "host": "db1", "arch": "x86_64", "boot_id": "b-7", "page_size_bytes": 4096,
    "started_s": 99.75, "started_utc": "2026-11-27T08:00:00Z",
}  # fmt: skip


def test_a_recording_is_taken_once_with_its_kills(history, written_recording, capsys):
    recording = written_recording("a", ticks_count=60, event_s=50)
    text = json.dumps(META).encode()
    with tarfile.open(recording) as old, tarfile.open(f"{recording}.new", "w") as new:
        info = tarfile.TarInfo("meta.json")
        info.size = len(text)
        new.addfile(info, io.BytesIO(text))
        for member in old:
            new.addfile(member, old.extractfile(member))
    arguments = ["import", "recording", "--history", history, f"{recording}.new"]

    assert run(arguments) == 3
    assert "it is of db1" in capsys.readouterr().err
    assert run([*arguments, "--host", "db1"]) == 0
    assert "60 points, 60 of them new" in capsys.readouterr().out
    assert run([*arguments, "--host", "db1"]) == 0
    assert "60 points, 0 of them new" in capsys.readouterr().out

    with open_store(history) as store:
        (kill,) = store.past().kills
    assert (kill.count, kill.time_utc_s) == (2, 1_795_766_400.0 + 50.5)


def test_a_recording_that_is_none_is_an_error(history, tmp_path, capsys):
    assert run(["import", "recording", "--history", history, str(tmp_path / "none")]) == 3
    assert "1 of 1 files were not taken" in capsys.readouterr().err
