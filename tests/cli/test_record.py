import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli._quantities import seconds_s, size_bytes
from vmadvisor.cli.record import summary
from vmadvisor.recording.cost import Cost

pytestmark = pytest.mark.live


def test_a_recording_is_made_its_cost_is_told_and_check_reads_it(tmp_path, capsys):
    out = tmp_path / "host.tar.zst"

    code = run(["record", str(out), "--interval", "100ms", "--duration", "0.5s"])

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith(f"{out}\n")
    assert "(ended by duration)" in said
    assert "% of one" in said
    assert "MB/h" in said
    assert run(["check", "--root", str(out), "--format", "json"]) in {0, 1, 2}


def test_rotation_makes_files_of_its_own_names(tmp_path):
    arguments = [
        "record",
        str(tmp_path / "host.tar.zst"),
        "--keep-size",
        "10M",
        "--duration",
        "0.2",
    ]

    assert run(arguments) == 0
    (name,) = [path.name for path in tmp_path.iterdir()]
    assert name.startswith("host.2")
    assert name.endswith("Z.tar.zst")


def test_a_flight_recorder_writes_on_request(tmp_path):
    """In a process of its own: it locks its memory."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vmadvisor", "record", "--ring", "1m", "--ring-size", "2M",
         "--to", str(tmp_path / "d"), "--after", "0.2s"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        end_s = time.monotonic() + 30
        while not _catches(process.pid, signal.SIGUSR1) and time.monotonic() < end_s:
            time.sleep(0.05)
        process.send_signal(signal.SIGUSR1)
        while not list(tmp_path.glob("d/*.tar.zst")) and time.monotonic() < end_s:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=40)
    finally:
        process.kill()

    (path,) = tmp_path.glob("d/flight.*.request.tar.zst")
    assert process.returncode == 0, err
    assert out.startswith(f"{path}\n")
    assert "writing a recording" in err
    assert f"{path}: " in err
    assert run(["check", "--root", str(path), "--format", "json"]) in {0, 1, 2}


def _catches(pid, number):
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    mask = next(line.split()[1] for line in text.splitlines() if line.startswith("SigCgt"))
    return bool(int(mask, 16) >> (number - 1) & 1)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["OUT", "--ring", "10m", "--to", "DIR"],
        ["--ring", "10m"],
        ["--to", "DIR"],
        ["OUT", "--to", "DIR"],
        ["--ring", "10m", "--to", "DIR", "--on", "fire"],
        ["--ring", "10m", "--to", "DIR", "--on", ""],
        ["--ring", "10m", "--to", "DIR", "--ring-size", "10"],
        ["OUT", "--interval", "0"],
        ["OUT", "--interval", "soon"],
        ["OUT", "--keep-size", "lots"],
        ["OUT", "--keep-size", "100"],
        ["OUT", "--keep-days", "0"],
        ["OUT", "--top", "-1"],
        ["OUT", "--processes-every", "0"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_a_usage_error_and_writes_nothing(
    arguments, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)

    assert run(["record", *arguments, "--duration", "0.1"]) == 3
    assert capsys.readouterr().err.strip()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_exits_3(tmp_path, capsys):
    assert run(["record", str(tmp_path / "none" / "a.tar.zst"), "--duration", "0.1"]) == 3
    assert "cannot write" in capsys.readouterr().err


def test_a_full_disk_exits_3_with_the_cost_and_the_reason(tmp_path, monkeypatch, capsys):
    def full(self, _piece):
        self.error = "no space left on device"

    monkeypatch.setattr("vmadvisor.recording.output_file.OutputFile.append", full)

    assert run(["record", str(tmp_path / "a.tar.zst"), "--duration", "20s"]) == 3
    said = capsys.readouterr()
    assert "ended by no space left on device" in said.out
    assert "no space left on device: the recording ends here" in said.err


@pytest.mark.parametrize(
    ("text", "number_s"),
    [("7", 7.0), ("0.25", 0.25), ("200ms", 0.2), ("90s", 90.0), ("10m", 600.0), ("2h", 7200.0),
     ("3d", 259200.0)],
)  # fmt: skip
def test_durations_as_people_write_them(text, number_s):
    assert seconds_s(text) == pytest.approx(number_s)


@pytest.mark.parametrize(
    ("text", "number_bytes"),
    [("7", 7), ("3K", 3072), ("64M", 67108864), ("64MiB", 67108864), ("2G", 2147483648),
     ("1t", 1099511627776), ("5MB", 5242880)],
)  # fmt: skip
def test_sizes_as_people_write_them(text, number_bytes):
    assert size_bytes(text) == number_bytes


def test_the_summary_says_it_all_on_a_line():
    cost = Cost(
        duration_s=7200.0, cpu_s=36.0, ticks_count=7190, missed_count=11, written_bytes=3_000_000,
        paths=("a.tar.zst", "b.tar.zst"), ended_by="SIGTERM",
    )  # fmt: skip

    assert summary(cost) == (
        "a.tar.zst\nb.tar.zst\n"
        "7190 ticks in 7200.0 s (ended by SIGTERM), 11 ticks missed: "
        "36.00 s of CPU, 0.50 % of one; 3000000 bytes, 1.50 MB/h\n"
    )


def test_its_own_oom_score_is_left_alone(tmp_path):
    adj = Path("/proc/self/oom_score_adj")
    before = adj.read_text()
    run(["record", str(tmp_path / "a.tar.zst"), "--duration", "0.1"])

    assert adj.read_text() == before
