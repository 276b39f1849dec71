"""``backtest`` from the command line, on recordings written by hand: an event at their 45th second."""

import json
import subprocess
import sys

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli.backtest import DEFAULT_THRESHOLD_RATIO, FORMATS
from vmadvisor.model.backtest.metrics import THRESHOLD_RATIO
from vmadvisor.render.backtest import FORMATS as RENDERERS

FIELDS = ["recording", "time_s", "event", "scope", "horizon_s", "probability", "low", "high"]


@pytest.fixture
def two(written_recording):
    return [
        str(written_recording("one", ticks_count=60, event_s=45)),
        str(written_recording("two", ticks_count=70, event_s=90)),
    ]


def test_figures_of_every_event_and_horizon_are_printed(two, capsys):
    assert run(["backtest", *two, "--format", "json"]) == 0
    printed = capsys.readouterr()
    shown = json.loads(printed.out)

    assert printed.err == ""  # no progress bar where no terminal is
    assert shown["recordings_count"] == 2
    assert [(one["event"], one["horizon_s"]) for one in shown["sections"]] == [
        ("direct_reclaim", 10), ("direct_reclaim", 30), ("memory_stall", 10), ("memory_stall", 30),
        ("oom", 10), ("oom", 30), ("oom_global", 10), ("oom_global", 30),
    ]  # fmt: skip
    # Instants at 25, 30, ...; those from 50 (60) on do not last 10 s in a recording of 60 (70).
    assert {one["judged"][0]["all"]["instants_count"] for one in shown["sections"][::2]} == {12}
    assert {one["judged"][0]["timing"]["onsets_count"] for one in shown["sections"]} == {1}


def test_forecasts_are_written_for_all_instants_in_the_order_of_the_recordings(two, tmp_path):
    target = tmp_path / "said.jsonl"
    assert run(["backtest", *two, "--horizons", "5,1m", "--forecasts", str(target)]) == 0
    lines = [json.loads(text) for text in target.read_text().splitlines()]
    host = [one for one in lines if one["scope"] == "host"]

    assert {tuple(one) for one in lines} == {tuple(FIELDS)}
    assert len(host) == (7 + 9) * 4 * 2
    assert [one["recording"] for one in host] == ["one"] * 56 + ["two"] * 72
    assert {one["horizon_s"] for one in lines} == {5, 60}
    assert host[0]["time_s"] == 125.25


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_number_of_workers_changes_nothing(two, capsys, jobs):
    run(["backtest", *two, "--format", "json"])
    expected = capsys.readouterr().out
    run(["backtest", *two, "--format", "json", "--jobs", jobs])

    assert capsys.readouterr().out == expected


def test_a_damaged_recording_is_said_and_left_out(two, tmp_path, capsys):
    bad = tmp_path / "bad.tar"
    bad.write_bytes(b"no archive")

    assert run(["backtest", str(bad), two[0], "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["recordings_count"] == 1
    assert printed.err.startswith(f"vmadvisor: {bad}: it is no tar archive")
    assert printed.err.endswith("; it is left out\n")


def test_if_none_can_be_read_the_exit_code_is_3(tmp_path, capsys):
    assert run(["backtest", str(tmp_path / "a.tar"), str(tmp_path / "b.tar")]) == 3
    printed = capsys.readouterr()

    assert printed.out == ""
    assert printed.err.splitlines()[-1] == "vmadvisor: none of 2 recordings could be read"


def test_recordings_too_short_for_an_instant_are_said_and_exit_3(written_recording, capsys):
    short = str(written_recording("short", ticks_count=20, event_s=9))

    assert run(["backtest", short]) == 3
    assert capsys.readouterr().err.splitlines() == [
        f"vmadvisor: {short}: too short to hold an instant",
        "vmadvisor: no recording lasts a whole horizon after an instant",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--horizons", "ten"], "for --horizons: 'ten': expected seconds"),
        (["--horizons", "10,0"], "longer than 0 s"),
        (["--horizons", ""], "expected seconds"),
        (["--threshold", "0"], "range"),
        (["--threshold", "nan"], "no number"),
        (["--jobs", "0"], "range"),
        (["--forecasts", "no/such/place.jsonl"], "No such file"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(two, capsys, arguments, words):
    assert run(["backtest", *two, *arguments]) == 3
    assert words in capsys.readouterr().err


def test_two_recordings_of_one_name_cannot_share_a_file_of_forecasts(two, tmp_path, capsys):
    assert run(["backtest", two[0], two[0], "--forecasts", str(tmp_path / "out")]) == 3
    assert "the same name" in capsys.readouterr().err
    assert run(["backtest", two[0], two[0], "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["recordings_count"] == 2


def test_what_is_said_twice_to_load_numpy_late_agrees():
    assert tuple(RENDERERS) == FORMATS
    assert DEFAULT_THRESHOLD_RATIO == THRESHOLD_RATIO


def test_help_and_workers_do_without_numpy():
    code = (
        "import sys, vmadvisor.cli.backtest; "
        "sys.exit(any(name in sys.modules for name in ('numpy', 'rich')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
