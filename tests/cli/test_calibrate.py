"""``calibrate`` from the command line, and the commands that read what it wrote."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli.calibrate import FORMATS
from vmadvisor.model.calibration.calibration import Calibration, EventFit, Interval
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.calibration.stored import calibration_of, file_text
from vmadvisor.render.calibration import FITTED, HELD


@pytest.fixture
def two(written_recording):
    return [
        str(written_recording("one", ticks_count=60, event_s=45)),
        str(written_recording("two", ticks_count=70, event_s=90)),
    ]


@pytest.fixture
def stored(tmp_path):
    """A file with a map that makes direct reclaim far likelier."""

    def write(**known):
        mapped = EventFit(
            event="direct_reclaim", instants_count=300, onsets_count=9, groups_count=4, shift=3.5,
            shift_spread=0.2, scale_ratio=0.9, scale_spread=0.1, spread=0.3,
            gain_ratio=Interval(value=0.2, low=0.1, high=0.3),
        )  # fmt: skip
        whole = Calibration(
            fitted_utc="2026-02-03T04:05:06Z", model_id=model_id(),
            host=HostIdentity(mem_total_kib=400_000), horizons_s=(10.0,), recordings=("old",),
            events=(mapped,),
        )  # fmt: skip
        path = tmp_path / "host.json"
        path.write_text(file_text(replace(whole, **known)))
        return str(path)

    return write


def probability(capsys, arguments):
    run(["check", "--format", "json", *arguments])  # these hosts are UNKNOWN: they lack much
    report = json.loads(capsys.readouterr().out)
    gaps = [gap for gap in report["gaps"] if gap["path"].endswith("host.json")]
    [found] = [
        one["probability"]
        for one in report["forecasts"]
        if (one["event"], one["scope"], one["horizon_s"]) == ("direct_reclaim", "host", 10)
    ]
    return found, gaps


def test_it_says_event_by_event_why_the_shipped_map_stands_and_writes_the_file(
    two, tmp_path, capsys
):
    target = tmp_path / "host.json"
    assert run(["calibrate", *two, "--output", str(target)]) == 0
    shown = " ".join(capsys.readouterr().out.split())

    assert "memory_stall: the shipped map stands: 1 onsets: a map of its own takes 5" in shown
    assert f"written to {target}" in shown
    found = calibration_of(target.read_text())
    assert found.host.mem_total_kib == 400_000
    assert found.recordings == ("one", "two")
    assert run(["calibrate", *two, "--output", str(target), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(target)


def test_a_file_that_is_not_ours_is_never_overwritten(two, tmp_path, capsys):
    target = tmp_path / "precious.json"
    target.write_text('{"mine": 1}')

    assert run(["calibrate", *two, "--output", str(target)]) == 3
    assert "is not overwritten: it is no calibration of ours" in capsys.readouterr().err
    assert target.read_text() == '{"mine": 1}'


def test_recordings_of_two_hosts_are_refused(two, tmp_path, monkeypatch, capsys):
    target = tmp_path / "host.json"
    from vmadvisor.replay import host_replay

    def identity_of(_snapshot):
        return HostIdentity(hostname=names[0])

    names = ["db1"]
    walked = host_replay.replay

    def replay(*arguments):
        found = walked(*arguments)
        names[0] = "db2"
        return found

    monkeypatch.setattr(host_replay, "replay", replay)
    monkeypatch.setattr(host_replay, "identity_of", identity_of)
    assert run(["calibrate", *two, "--jobs", "1", "--output", str(target)]) == 3
    words = capsys.readouterr().err

    assert "is of another host than" in words
    assert "its hostname is db1, here db2" in words
    assert not target.exists()


def test_check_forecasts_under_the_map_it_is_given(two, stored, capsys):
    shipped, _ = probability(capsys, ["--root", two[0]])
    own, gaps = probability(capsys, ["--root", two[0], "--calibration", stored()])

    assert own > shipped + 0.05
    assert gaps == []


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"model_id": "0123abcd"}, "fitted for another model"),
        ({"host": HostIdentity(mem_total_kib=900_000)}, "of another host"),
    ],
)
def test_a_map_of_another_model_or_host_is_a_gap_and_the_shipped_one_is_used(
    two, stored, capsys, known, words
):
    shipped, _ = probability(capsys, ["--root", two[0]])
    found, [gap] = probability(capsys, ["--root", two[0], "--calibration", stored(**known)])

    assert found == shipped
    assert words in gap["reason"]


@pytest.mark.parametrize("text", ["", "[" * 90_000, '{"format": "vmadvisor calibration"}', None])
def test_a_damaged_or_absent_file_that_was_asked_for_is_a_gap(two, tmp_path, capsys, text):
    path = tmp_path / "host.json"
    if text is not None:
        path.write_text(text)

    _, gaps = probability(capsys, ["--root", two[0], "--calibration", str(path)])
    assert len(gaps) == 1


def test_the_file_at_its_place_is_not_used_for_another_root(two, stored, monkeypatch, capsys):
    from vmadvisor.cli import _calibration

    monkeypatch.setattr(_calibration, "readable_paths", lambda _name: [stored()])
    shipped, gaps = probability(capsys, ["--root", two[0]])
    own, _ = probability(capsys, ["--root", two[0], "--calibration", stored()])

    assert gaps == []
    assert shipped < own


def test_backtest_takes_the_map_and_leaves_out_other_hosts(two, stored, capsys):
    def brier():
        shown = json.loads(capsys.readouterr().out)
        return shown["sections"][0]["judged"][0]["all"]["brier_ratio"]["value"]

    assert run(["backtest", *two, "--format", "json"]) == 0
    shipped = brier()
    assert run(["backtest", *two, "--format", "json", "--calibration", stored()]) == 0
    assert brier() != shipped
    other = stored(host=HostIdentity(mem_total_kib=900_000))
    assert run(["backtest", *two, "--calibration", other]) == 3
    assert "the calibration does not serve it" in capsys.readouterr().err


def test_check_of_a_stored_file_says_what_to_do_and_exits_0(two, stored, capsys):
    assert run(["calibrate", "--check", *two, "--calibration", stored()]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "direct_reclaim (own map): too little to tell" in shown

    assert run(["calibrate", "--check", *two, "--output", stored(), "--format", "json"]) == 0
    [event] = json.loads(capsys.readouterr().out)["events"]
    assert event["advice"] == "too little to tell"


def test_check_without_a_file_or_with_one_of_another_host_exits_3(two, stored, tmp_path, capsys):
    assert run(["calibrate", "--check", *two, "--output", str(tmp_path / "absent")]) == 3
    assert "no such file; vmadvisor calibrate RECORDING... writes one" in capsys.readouterr().err
    other = stored(host=HostIdentity(mem_total_kib=900_000))
    assert run(["calibrate", "--check", *two, "--output", other]) == 3
    assert "it is of another host" in capsys.readouterr().err


def test_names_from_files_are_escaped(two, stored, capsys):
    path = stored(host=HostIdentity(hostname="\x1b[31mdb", mem_total_kib=400_000))

    assert run(["calibrate", "--check", *two, "--output", path]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_what_is_said_twice_to_load_numpy_late_agrees():
    assert tuple(FITTED) == tuple(HELD) == FORMATS
    code = "import sys, vmadvisor.cli.calibrate; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_check_with_a_map_loads_no_numpy(stored):
    code = (
        "import sys; from vmadvisor.__main__ import run; "
        f"run(['check', '--interval', '0', '--calibration', {stored()!r}, '--quiet']); "
        "sys.exit(9 if 'numpy' in sys.modules else 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)

    assert found.returncode == 0
