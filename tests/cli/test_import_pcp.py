"""``import pcp`` from the command line, and what report, history and calibrate make of it."""

import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pcp_log import crises, lines

from vmadvisor.__main__ import run
from vmadvisor.collect import pcp_files
from vmadvisor.history.entry import Entry
from vmadvisor.history.store import open_store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import Point

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pcp"
NOW_S = time.time()
OWN = os.uname().nodename


@pytest.fixture
def history(tmp_path):
    return str(tmp_path / "h.sqlite")


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """``archive(name, lines)``: one that the ``pmrep`` on the path prints so."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pmrep").write_text('#!/bin/sh\nexec cat "$4.lines"\n')
    (tmp_path / "bin" / "pmrep").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    place = tmp_path / "archives"
    place.mkdir()

    def put(name, told):
        for part in ("0", "meta", "index"):
            (place / f"{name}.{part}").touch()
        (place / f"{name}.lines").write_text("".join(told))
        return str(place / name)

    return put


def minutes(count=12, until_s=NOW_S - 3600, **known):
    """Records of a minute each, with scans that rise, memory that falls, a kill at half time."""
    told = [
        (
            until_s - 60 * (count - n),
            {
                "mem.vmstat.pgscan_direct": 500 * n, "mem.vmstat.pgscan_kswapd": 900 * n,
                "mem.vmstat.allocstall_normal": 3 * n, "mem.vmstat.oom_kill": 2 * (n >= count // 2),
                "mem.util.available": 900_000 - n, "kernel.all.pressure.memory.full.total": 900_000 * n,
            },
        )
        for n in range(count)
    ]  # fmt: skip
    return lines(told, **{"host": OWN, **known})


def test_it_says_what_it_took_and_takes_it_once(history, archive, capsys):
    path = archive("20261127", minutes())

    assert run(["import", "pcp", "--history", history, path]) == 0
    first = capsys.readouterr()
    assert run(["import", "pcp", "--history", history, f"{path}.meta"]) == 0
    second = capsys.readouterr()

    assert "12 points, 12 of them new, " in first.out
    assert "12 points, 0 of them new, " in second.out
    assert first.err == second.err == ""


def test_a_directory_or_the_usual_place_is_read_whole(history, archive, monkeypatch, capsys):
    archive("20261126", minutes(until_s=NOW_S - 90_000))
    place = Path(archive("20261127", minutes())).parent

    assert run(["import", "pcp", "--history", history, str(place)]) == 0
    assert "24 new points from 2 files in " in capsys.readouterr().out
    monkeypatch.setattr(pcp_files, "DIRECTORY", str(place.parent))
    assert run(["import", "pcp", "--history", history]) == 3
    assert f"has none of {OWN}" in capsys.readouterr().err
    (place.parent / OWN).symlink_to(place)
    assert run(["import", "pcp", "--history", history]) == 0


def test_since_leaves_out_what_is_older(history, archive, capsys):
    paths = [archive("a", minutes()), archive("b", minutes(until_s=NOW_S - 3 * 86_400))]

    assert run(["import", "pcp", "--since", "1d", "--history", history, *paths]) == 0
    said = capsys.readouterr().out
    assert "/a: 12 points, 12 of them new" in said
    assert "/b: no points" in said


def test_one_bad_file_does_not_keep_out_the_others(history, archive, tmp_path, capsys):
    paths = [archive("a", minutes()), archive("b", minutes(host="db\x1b[2J"))]
    (tmp_path / "bad.json").write_text("{}")
    (tmp_path / "local.json.gz").write_bytes(
        gzip.compress(
            gzip.decompress((FIXTURES / "6.18-log.json.gz").read_bytes()).replace(b"UTC+0", b"UTC-9")
        )
    )  # fmt: skip
    paths += [f"{tmp_path}/bad.json", f"{tmp_path}/none", f"{tmp_path}/local.json.gz"]

    code = run(["import", "pcp", "--history", history, "--host", "db1", *paths])

    said = capsys.readouterr()
    assert code == 3
    assert "12 of them new" in said.out
    assert r"it is of db\x1b[2J" in said.err
    assert "expected what pcp2json prints" in said.err
    assert "no such file" in said.err
    assert "its times are local" in said.err
    assert "4 of 5 files were not taken" in said.err
    assert "\x1b" not in said.err + said.out


def test_without_pmrep_it_says_what_would_have_it_and_json_is_still_read(
    history, archive, monkeypatch, capsys
):
    path = archive("a", minutes())
    monkeypatch.setenv("PATH", "/nonexistent")

    assert run(["import", "pcp", "--history", history, path]) == 3
    assert "package pcp, or pcp-system-tools" in capsys.readouterr().err
    assert run(
        ["import", "pcp", "--host", "db1", "--history", history, str(FIXTURES / "6.18-log.json.gz")]
    ) == 0  # fmt: skip
    assert "8 points, 8 of them new" in capsys.readouterr().out


def test_standard_input_is_read(history):
    done = subprocess.run(
        [sys.executable, "-m", "vmadvisor", "import", "pcp", "--host", "db1", "--history", history, "-"],
        input=gzip.decompress((FIXTURES / "6.18-log.json.gz").read_bytes()),
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"-: 8 points, 8 of them new")


def test_history_lists_points_and_kills_and_says_whose_they_are(history, archive, capsys):
    run(["import", "pcp", "--history", history, archive("a", minutes())])
    capsys.readouterr()

    assert run(["history", "--history", history, "--since", "24h"]) == 0
    by_hour = capsys.readouterr().out

    assert "12 points, 12 of pcp, in" in by_hour
    assert "1.5 %" in by_hour
    assert "no OOM kill was counted" not in by_hour
    assert "no forecast was kept" in by_hour


def test_the_report_shows_stalls_and_kills_that_sysstat_would_not_have_told(
    history, archive, capsys
):
    run(["import", "pcp", "--history", history, archive("a", minutes())])
    capsys.readouterr()

    assert run(
        ["report", "--history", history, "--interval", "0", "--format", "html", "--since", "2d"]
    ) == 0  # fmt: skip
    page = capsys.readouterr().out

    assert "12 of pcp" in page
    assert "by stalled tasks" in page
    assert "count of OOM kills is not known for this period" not in page
    assert "2 OOM kills" in page or "2 kills" in page


def test_a_host_that_only_pcp_looked_at_is_calibrated_by_it(history, archive, tmp_path, capsys):
    """Twelve hours at a record every 10 s, as PCP's zeroconf logs them, around a midnight."""
    # 2026-11-26 18:00:20: of the instants, one each 300 s, every tenth lies 20 s before a crisis.
    start_utc_s = 1_795_716_020.0
    told = crises(start_utc_s=start_utc_s, count=4320, step_s=10.0)
    path = archive("a", lines(told, host=OWN, boot_utc_s=int(start_utc_s) - 999))

    assert run(["import", "pcp", "--history", history, path]) == 0
    assert "forecasts for calibrate --history" in capsys.readouterr().out
    assert run(["calibrate", "--history", history, "--output", str(tmp_path / "own.json")]) == 0
    said = capsys.readouterr()

    assert f"{history}, of PCP's records: direct_reclaim: 144 outcomes known, " in said.err
    assert "direct_reclaim: own log-odds = " in said.out
    assert "calibrated for" in said.out
    assert (tmp_path / "own.json").stat().st_size > 500
    assert run(["calibrate", "--history", history, "--output", str(tmp_path / "own.json"), "--check"]) == 0  # fmt: skip


def test_records_a_minute_apart_cannot_calibrate_and_that_is_said(history, archive, capsys):
    run(["import", "pcp", "--history", history, archive("a", minutes(200))])
    assert "forecasts" not in capsys.readouterr().out

    assert run(["calibrate", "--history", history]) == 3
    assert "the history tells too little" in capsys.readouterr().err


def test_the_hosts_own_runs_and_its_archive_calibrate_together(history, archive, capsys):
    """The archive ends where the runs begin; a run names the host that the archive is of."""
    path = archive("a", lines(crises(start_utc_s=NOW_S - 9000, count=400, step_s=10.0), host=OWN))
    host = HostIdentity(hostname=OWN, arch="x86_64", kernel_release="6.18.44", mem_total_kib=24_684_100)  # fmt: skip
    with open_store(history) as store:
        point = Point(time_utc_s=NOW_S, boot_id="b", origin="check", gauges={"free_bytes": 7})
        store.append(Entry(time_utc_s=NOW_S, host=host, since_boot_s=5.0, point=point))
    run(["import", "pcp", "--history", history, path])
    capsys.readouterr()

    run(["calibrate", "--history", history])
    assert "of PCP's records: direct_reclaim: " in capsys.readouterr().err
