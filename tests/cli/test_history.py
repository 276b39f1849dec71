"""``history`` and ``sample`` from the command line, and ``calibrate`` on what they kept."""

import csv
import io
import json
import random
import time
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli import history as command
from vmadvisor.cli import sample
from vmadvisor.history.entry import Entry
from vmadvisor.history.store import open_store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.calibration.stored import calibration_of
from vmadvisor.model.past import PastVerdict, Point, Said
from vmadvisor.render import history as output
from vmadvisor.render.history_csv import TABLES

HOST = HostIdentity(hostname="db1", arch="x86_64", kernel_release="6.12.9", mem_total_kib=4_000_003)


def entry(second, *, start_s, stalls=0, kills=0, said=(), boot_id="b", **known):
    time_utc_s = start_s + second
    point = Point(
        time_utc_s=time_utc_s, boot_id=boot_id, origin="sample",
        gauges={"available_bytes": 3 * 2**30},
        counters={"allocstall_total": stalls, "oom_kill_total": kills},
        settings={"vm.swappiness": "60" if second < 500 else "10"},
    )  # fmt: skip
    forecasts = tuple(
        Said(
            time_utc_s=time_utc_s, event=event, scope=scope, horizon_s=horizon_s,
            probability_ratio=likely, low_ratio=likely / 2, high_ratio=0.9, came=None,
        )
        for event, scope, horizon_s, likely in said
    )  # fmt: skip
    fields = {"host": HOST, "model_id": model_id(), **known}
    return Entry(
        time_utc_s=time_utc_s, since_boot_s=float(second), point=point, said=forecasts, **fields
    )


@pytest.fixture
def path(tmp_path):
    """Three readings five minutes apart until a minute ago: a kill that was foreseen at 83 %."""
    path, start_s = tmp_path / "h.sqlite", time.time() - 1_000
    said = [("oom", "host", 600.0, 0.83), ("oom", "/=cmd|calc\x1b[31m", 30.0, 0.66)]
    with open_store(str(path)) as store:
        store.append(entry(300, start_s=start_s, said=said))
        verdict = PastVerdict(
            time_utc_s=start_s + 600, status="CRITICAL", finding_ids=("VMA-OOM-001",),
            headline="The OOM killer\x1b[31m struck",
        )  # fmt: skip
        store.append(entry(600, start_s=start_s, kills=2, stalls=77, verdict=verdict))
        store.append(entry(900, start_s=start_s, kills=2, stalls=78))
    return str(path)


def shown(capsys, *arguments):
    assert run(["history", *arguments]) == 0
    return capsys.readouterr().out


def test_the_listing_says_what_was_seen_said_and_changed(path, capsys):
    text = shown(capsys, "--history", path)

    assert text.startswith("db1: 3 points in")
    assert "3.0 GiB" in text
    assert "83 % within 10 min (oom), said " in text
    assert "vm.swappiness" in text
    assert "CRITICAL" in text
    assert "VMA-OOM-001" in text
    assert "\x1b" not in text


def test_single_points_can_be_listed(path, capsys):
    text = shown(capsys, "--history", path, "--by", "point", "--last", "2")

    assert "the last 2 of 3" in text
    assert text.count("sample") == 2


def test_json_has_everything(path, capsys):
    found = json.loads(shown(capsys, "--history", path, "--format", "json"))

    assert [point["counters"]["allocstall_total"] for point in found["points"]] == [0, 77, 78]
    assert [kill["foreseen"]["probability_ratio"] for kill in found["kills"]] == [0.83]
    assert [one["after"] for one in found["changes"]] == ["10"]
    [score] = found["scores"]
    assert (score["known_count"], score["came_count"], score["unknown_count"]) == (1, 1, 0)
    assert score["brier"] == pytest.approx(0.17**2)


def test_csv_cells_are_inert(path, capsys):
    def rows(what):
        text = shown(capsys, "--history", path, "--format", "csv", "--what", what)
        assert "\x1b" not in text
        return list(csv.DictReader(io.StringIO(text)))

    assert [row["allocstall_total"] for row in rows("points")] == ["0", "77", "78"]
    assert {row["scope"] for row in rows("forecasts")} == {"host", "/=cmd|calc\\x1b[31m"}
    assert [row["foreseen_probability_ratio"] for row in rows("kills")] == ["0.83"]
    assert [row["finding_ids"] for row in rows("verdicts")] == ["VMA-OOM-001"]
    assert [row["key"] for row in rows("changes")] == ["vm.swappiness"]


def test_only_the_time_asked_for_is_listed(path, capsys):
    assert "db1: 1 point in" in shown(capsys, "--history", path, "--since", "3m")


def test_a_whole_file_and_a_damaged_one_are_told_apart(path, capsys):
    assert "is whole: 3 points, 2 forecasts" in shown(capsys, "--history", path, "--check")
    with Path(path).open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 5)

    assert run(["history", "--history", path, "--check"]) == 3
    assert "damaged" in capsys.readouterr().err


def test_no_history_is_said(state_directory, capsys):
    assert run(["history"]) == 3
    assert f"{state_directory}/history.sqlite: there is no history" in capsys.readouterr().err
    assert not state_directory.exists()


def test_the_choices_are_those_of_the_renderers():
    assert tuple(output.FORMATS) == command.FORMATS
    assert tuple(TABLES) == command.TABLES


@pytest.mark.live
def test_a_sample_keeps_a_point_and_its_forecasts_and_says_nothing(state_directory, capsys):
    assert run(["sample", "--interval", "0.3"]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["sample", "--interval", "0", "--verbose"]) == 0
    assert capsys.readouterr().out == "kept: points 1, forecasts 0\n"

    with open_store(str(state_directory / "history.sqlite"), is_readonly=True) as store:
        past = store.past()
    assert [point.origin for point in past.points] == ["sample", "sample"]
    assert {one.horizon_s for one in past.said} >= {10.0, 30.0}
    assert past.verdicts == ()


@pytest.mark.live
def test_a_sample_that_stays_knows_what_came_of_its_forecasts(state_directory, monkeypatch):
    """Horizons of seconds for this test: nothing rises on a host that is well, and that is known for sure."""
    monkeypatch.setattr(sample, "CHECK_HORIZONS_S", (5.0, 600.0))

    assert run(["sample", "--interval", "0.3", "--follow", "5s"]) == 0

    with open_store(str(state_directory / "history.sqlite")) as store:
        past = store.past()
    assert [point.origin for point in past.points] == ["sample", "follow", "follow"]
    assert len({point.boot_id for point in past.points}) == 1
    told = {(one.event, one.came) for one in past.said if one.horizon_s == 5.0}
    assert told >= {("direct_reclaim", False), ("oom_global", False)}


def test_a_sample_that_cannot_be_kept_is_an_error(tmp_path, capsys):
    assert run(["sample", "--interval", "0", "--history", str(tmp_path)]) == 3
    assert "no regular file" in capsys.readouterr().err


@pytest.fixture
def long_history(tmp_path):
    """Four readings 5 s apart every 5 minutes on 12 days: said 4 %, came in a third of cases; PSI is not told."""
    path, draw, start_s = tmp_path / "long.sqlite", random.Random(3), time.time() - 13 * 86_400
    said = [("direct_reclaim", "host", 10.0, 0.04), ("memory_stall", "host", 10.0, 0.02)]
    with open_store(str(path)) as store:
        stalls = 0
        for number in range(12 * 40):
            second = number // 40 * 86_400 + number % 40 * 300
            came = draw.random() < 1 / 3
            for step in range(4):
                made = said if step == 0 else ()
                store.append(entry(second + 5 * step, start_s=start_s, stalls=stalls, said=made))
                stalls += came and step == 0
    return str(path)


def test_a_map_is_fitted_on_what_the_history_knows(long_history, tmp_path, capsys):
    file = tmp_path / "host.json"

    code = run(["calibrate", "--history", long_history, "--output", str(file)])

    captured = capsys.readouterr()
    assert code == 0, captured.err
    assert "direct_reclaim: 480 outcomes known, " in captured.err
    assert "memory_stall: 0 outcomes known, 0 came, 480 unknown" in captured.err
    found = {one.event: one for one in calibration_of(file.read_text()).events}
    assert found["direct_reclaim"].reason is None
    assert found["direct_reclaim"].instants_count == 480
    assert found["direct_reclaim"].shift > 0.5
    assert found["memory_stall"].reason == "no instant with a forecast and a known outcome"


def test_a_stored_map_is_held_against_a_history(long_history, tmp_path, capsys):
    file = str(tmp_path / "host.json")
    run(["calibrate", "--history", long_history, "--output", file])
    capsys.readouterr()

    assert run(["calibrate", "--check", "--history", long_history, "--output", file]) == 0

    assert "direct_reclaim (own map): holds" in capsys.readouterr().out


def test_too_short_a_history_writes_nothing(path, tmp_path, capsys):
    file = tmp_path / "host.json"

    assert run(["calibrate", "--history", path, "--output", str(file)]) == 3

    assert "the history tells too little, nothing is written" in capsys.readouterr().err
    assert not file.exists()


def test_calibrate_needs_a_recording_or_the_history(capsys):
    assert run(["calibrate"]) == 3
    assert "--history" in capsys.readouterr().err


def test_what_an_old_kernel_does_not_count_is_not_said_not_to_have_happened(tmp_path, capsys):
    """Linux before 4.13 has no oom_kill in /proc/vmstat."""
    path = str(tmp_path / "old.sqlite")
    point = Point(
        time_utc_s=time.time() - 60,
        boot_id="b",
        origin="sample",
        gauges={"available_bytes": 3 * 2**30},
        counters={"allocstall_total": 7},
    )
    with open_store(path) as store:
        store.append_points([point])

    assert run(["history", "--history", path]) == 0

    told = capsys.readouterr().out
    assert "whether the OOM killer struck is not known" in told
    assert "whether a setting changed is not known" in told
    assert "no OOM kill" not in told
    day = next(line for line in told.splitlines() if line.startswith("20"))
    assert day.split()[-2:] == ["-", "-"]
