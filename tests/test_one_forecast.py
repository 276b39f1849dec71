"""One moment has one forecast: check, watch, backtest, report, advise and what-if look back equally far.

``fixtures/tracks/`` hold forty ticks each; the instants are those that a backtest judges.
"""

import json
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli._past import reported
from vmadvisor.cli.advise import report_of
from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.backtest.instants import is_instant
from vmadvisor.model.outlook import outlook, track_of

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
TRACKS = sorted(str(path) for path in (FIXTURES / "tracks").glob("*/recording.tar.zst"))
LAB = sorted(str(path) for path in (FIXTURES / "lab").glob("*/recording.tar.zst"))[::9]
HORIZONS_S = (10.0, 20.0, 30.0, 60.0)
CHECKED = ("--format", "json", "--horizon", "10s,20s,30s,1m", "--no-history")

each_track = pytest.mark.parametrize("path", TRACKS, ids=lambda path: Path(path).parent.name)


def instants_s(path):
    times = [snapshot.time_s for snapshot in walk(Path(path), with_processes=False)]
    return [time_s for index, time_s in enumerate(times) if is_instant(index)]


def checked(capsys, path, *options):
    run(["check", "--root", path, *CHECKED, *options])
    return json.loads(capsys.readouterr().out)


def by_what(forecasts, names=("probability", "low", "high")):
    return {
        (one["event"], one["scope"], one["horizon_s"]): tuple(one[name] for name in names)
        for one in forecasts
    }


def own(outlook):
    return {
        (one.event, one.scope, one.horizon_s): (
            one.probability_ratio,
            one.low_ratio,
            one.high_ratio,
        )
        for one in outlook.forecasts
    }


def test_there_are_tracks_that_are_well_that_stall_and_that_end_in_kills():
    assert [Path(path).parent.name for path in TRACKS] == [
        "group-before-kill", "growth-before-kill", "thrash", "well",
    ]  # fmt: skip
    assert all(len(instants_s(path)) == 3 for path in TRACKS)


@each_track
def test_check_foretells_what_backtest_does(path, tmp_path, capsys):
    target = tmp_path / "said.jsonl"
    run(["backtest", path, "--horizons", "10,20,30,60", "--forecasts", str(target)])
    capsys.readouterr()
    lines = [json.loads(text) for text in target.read_text().splitlines()]

    for time_s in instants_s(path):
        shown = checked(capsys, path, "--at", repr(time_s))
        told = by_what(one for one in lines if one["time_s"] == time_s)

        assert shown["snapshot_time_s"] == time_s
        assert {event for event, _, _ in told} >= {"oom", "oom_global", "memory_stall"}
        assert by_what(shown["forecasts"]) == told


@each_track
def test_check_foretells_what_watch_shows(path, capsys):
    run(["watch", "--root", path, "--format", "json", "--interval", "0.1"])
    frames = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    frames_by_time = {round(one["time_s"], 3): one for one in frames}

    for time_s in instants_s(path):
        frame = frames_by_time[round(time_s, 3)]
        told = by_what(frame["forecasts"], ("probability_ratio", "low_ratio", "high_ratio"))
        shown = by_what(checked(capsys, path, "--at", repr(time_s))["forecasts"])

        assert told
        assert {what: shown[what] for what in told} == told


@each_track
def test_report_and_advise_foretell_what_check_does_at_the_end(path, capsys):
    shown = by_what(checked(capsys, path)["forecasts"])
    report, _ = reported(
        path, at_s=None, since_s=None, history=None, interval_s=1.0, deadline_s=5.0, config=None,
        calibration=None,
    )  # fmt: skip
    advice = report_of(path, seconds_s=1.0, last_s=30.0)

    for found in (own(report.outlook), own(advice.outlook)):
        assert {what: found[what] for what in shown} == shown
    assert report.outlook.samples_count == advice.outlook.samples_count == 40


@each_track
def test_what_if_foretells_what_check_does_under_the_present_settings(path, capsys):
    run(["whatif", "--root", path, "--set", "vm.swappiness=10", "--format", "json"])
    present = json.loads(capsys.readouterr().out)["settings"][0]
    told = by_what(present["forecasts"])
    shown = by_what(checked(capsys, path)["forecasts"])

    assert ("direct_reclaim", "host", 60.0) in told
    assert {what: told[what] for what in told if what in shown} == {
        what: shown[what] for what in told if what in shown
    }


@pytest.mark.parametrize("path", LAB, ids=lambda path: Path(path).parent.name)
def test_a_short_recording_foretells_what_all_its_moments_do(path, capsys):
    track = track_of(walk(Path(path)))
    shown = checked(capsys, path)

    assert shown["forecast_basis"]["samples_count"] == len(track) >= 2
    assert by_what(shown["forecasts"]) == own(outlook(track, HORIZONS_S))


def test_what_a_forecast_rests_on_is_said(capsys):
    path = TRACKS[0]
    third_s = instants_s(path)[0]
    shown = checked(capsys, path, "--at", repr(third_s))["forecast_basis"]
    run(["check", "--root", path, "--at", repr(third_s), "--no-history"])
    text = capsys.readouterr().out

    assert shown == {"samples_count": 26, "span_s": pytest.approx(4.998, abs=0.3)}
    assert "forecast from 26 samples over 5" in text


def test_one_reading_that_was_asked_for_is_one_reading(capsys):
    shown = checked(capsys, TRACKS[0], "--interval", "0")

    assert shown["forecast_basis"] == {"samples_count": 1, "span_s": 0.0}
    assert {one["probability"] for one in shown["forecasts"]} == {None}
