"""What a check leaves in the history: after its output, within its deadline, and never in its way."""

import os
import re
import subprocess
import sys
import time

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli import _remember
from vmadvisor.cli._check_options import CheckOptions, plain_options
from vmadvisor.cli._remember import Seen, kept, remember
from vmadvisor.history.store import open_store
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources.pressure import MemoryPressure, parse_memory

CHECK = ["check", "--interval", "0", "--deadline", "60", "--format", "nagios"]


def launch(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "vmadvisor", *arguments],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment,
    )  # fmt: skip


def past_of(path):
    with open_store(str(path), is_readonly=True) as store:
        return store.past()


@pytest.fixture
def seen():
    host = HostFacts(
        hostname="db1", arch="x86_64", boot_id="b", page_size_bytes=4096, clock_hz=100, is_live=True
    )
    return Seen(
        after=Snapshot(time_s=77.0, host=host), own=None, outlook=None, status="WARNING",
        finding_ids=("VMA-A-001", "VMA-A-001", "VMA-B-002"), headline="it rains",
    )  # fmt: skip


@pytest.mark.parametrize("more", [[], ["--horizon", "10"]], ids=["plain", "by click"])
@pytest.mark.live
def test_a_check_of_this_host_is_kept_at_its_place(state_directory, more):
    done = launch(*CHECK, *more)

    past = past_of(state_directory / "history.sqlite")
    assert done.stderr == ""
    assert [point.origin for point in past.points] == ["check"]
    assert abs(past.points[0].time_utc_s - time.time()) < 60
    assert past.points[0].counters["majfault_total"] > 0
    assert past.points[0].nodes
    assert past.points[0].settings["vm.swappiness"]
    assert [one.status in done.stdout for one in past.verdicts] == [True]


@pytest.mark.live
def test_a_second_check_adds_and_no_history_does_not(state_directory):
    for arguments in ([], [], ["--no-history"], ["--history", str(state_directory / "other")]):
        assert launch(*CHECK, *arguments).stderr == ""

    assert len(past_of(state_directory / "history.sqlite").points) == 2
    assert len(past_of(state_directory / "other").points) == 1


@pytest.mark.live
def test_a_file_that_cannot_be_used_is_said_and_the_verdict_stands(state_directory):
    state_directory.mkdir()
    (state_directory / "history.sqlite").symlink_to("/etc/hostname")

    done = launch(*CHECK)

    assert done.returncode in {0, 1, 2}
    assert done.stdout.startswith("VMADVISOR ")
    assert "no regular file; it is left alone" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.live
def test_where_there_is_no_place_nothing_is_said(tmp_path):
    (tmp_path / "file").write_text("")

    done = launch(*CHECK, VMADVISOR_STATE_DIRECTORY=str(tmp_path / "file" / "below"))

    assert done.returncode in {0, 1, 2}
    assert done.stderr == ""


def test_a_recording_is_kept_only_where_a_file_is_named(
    written_recording, tmp_path, state_directory
):
    recording = str(written_recording("one", ticks_count=60, event_s=45))
    run([*CHECK, "--root", recording])
    assert not state_directory.exists()

    run([*CHECK, "--root", recording, "--history", str(tmp_path / "h.sqlite")])

    [point] = past_of(tmp_path / "h.sqlite").points
    assert (point.time_utc_s, point.origin) == (159.25, "recording")
    assert point.counters["allocstall_total"] == 41


def test_a_verdict_is_kept_as_it_was_given(seen, tmp_path):
    path = str(tmp_path / "h.sqlite")

    words = kept([seen], path, keep_s=None, end_s=time.monotonic() + 20, origin="check")

    [verdict] = past_of(path).verdicts
    assert words == ""
    assert (verdict.status, verdict.finding_ids) == ("WARNING", ("VMA-A-001", "VMA-B-002"))
    assert verdict.headline == "it rains"


@pytest.mark.parametrize(("avg10", "is_kept"), [("39.99", True), ("40.00", False)])
def test_on_a_host_that_stalls_nothing_is_kept(seen, tmp_path, avg10, is_kept):
    text = (
        "some avg10=90.00 avg60=1.00 avg300=2.00 total=7\n"
        f"full avg10={avg10} avg60=1.00 avg300=2.00 total=5\n"
    )
    seen.after.records[MemoryPressure] = Timed(time_s=77.0, record=parse_memory(text))
    path = tmp_path / "h.sqlite"

    words = kept([seen], str(path), keep_s=None, end_s=time.monotonic() + 20, origin="check")

    assert path.exists() is is_kept
    assert ("the host stalls for memory" in words) is not is_kept


def test_a_write_that_hangs_is_given_up_at_the_deadline(seen, monkeypatch, capsys):
    monkeypatch.setattr(_remember, "_append", lambda *_: time.sleep(60))
    options = CheckOptions()
    options.seen = seen
    before_s = time.monotonic()

    remember(options, end_s=before_s + 2.0)

    assert time.monotonic() - before_s < 30.0
    assert re.search(r"this run is not kept: not written within \d\.\d s", capsys.readouterr().err)


def test_a_writer_that_breaks_off_is_said(seen, monkeypatch):
    monkeypatch.setattr(_remember, "_append", lambda *_: os._exit(7))

    words = kept([seen], None, keep_s=None, end_s=time.monotonic() + 20, origin="check")

    assert words == "this run is not kept: the writer broke off"


def test_with_no_time_left_nothing_is_begun(seen, tmp_path):
    path = tmp_path / "h.sqlite"

    words = kept([seen], str(path), keep_s=None, end_s=time.monotonic() + 0.01, origin="check")

    assert words == "this run is not kept: the deadline left no time"
    assert not path.exists()


def test_what_is_said_is_made_harmless(capsys):
    _remember._say("/tmp/\x1b[31m: it is damaged")

    assert capsys.readouterr().err == "vmadvisor: history: /tmp/\\x1b[31m: it is damaged\n"


def test_the_plain_command_line_knows_the_history():
    options = plain_options(["--history", "/x/y", "--keep", "30d", "--no-history"])

    assert (options.history, options.keep_s, options.no_history) == ("/x/y", 2_592_000.0, True)
    for left_to_click in (
        ["--keep", "0d"],
        ["--keep", "soon"],
        ["--keep", "12h"],
        ["--history", "-"],
    ):
        assert plain_options(left_to_click) is None


def test_the_database_is_not_loaded_by_a_check_itself(tmp_path):
    """Only the child that writes pays for it."""
    code = (
        "import sys; from vmadvisor.__main__ import run; run(sys.argv[1:]); "
        "sys.exit(9 if 'sqlite3' in sys.modules else 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, *CHECK, "--history", str(tmp_path / "h")],
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    assert (tmp_path / "h").exists()
