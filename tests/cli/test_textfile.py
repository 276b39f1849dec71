"""The text file is whole or as it was."""

import stat

import pytest

from vmadvisor.__main__ import run

pytestmark = pytest.mark.live


def textfile(path, *more):
    return run(["textfile", str(path), "--interval", "0", *more])


def test_it_is_written_whole_for_others_to_read(tmp_path):
    path = tmp_path / "vmadvisor.prom"
    path.write_text("old")

    assert textfile(path) == 0
    text = path.read_text()
    assert text.startswith("# HELP vmadvisor_verdict ")
    assert text.endswith("\n")
    assert "\nvmadvisor_reading_timestamp_seconds 1." in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["vmadvisor.prom"]


def test_whatever_the_verdict_it_exits_0(tmp_path, monkeypatch):
    monkeypatch.setattr("vmadvisor.cli._verdict.verdict", lambda *_, **__: ("vmadvisor_x 1\n", 2))

    assert textfile(tmp_path / "x.prom") == 0


def test_a_name_that_node_exporter_would_not_read_is_refused(tmp_path, capsys):
    assert textfile(tmp_path / "vmadvisor.txt") == 3
    assert "end in .prom" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file_and_exits_3(tmp_path, monkeypatch, capsys):
    path = tmp_path / "vmadvisor.prom"
    path.write_text("old")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vmadvisor.collect.state_file.os.replace", fails)

    assert textfile(path) == 3
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["vmadvisor.prom"]
    assert "no space left" in capsys.readouterr().err


def test_a_reading_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "vmadvisor.prom"
    path.write_text("old")
    config = tmp_path / "c.toml"
    config.write_text("nonsense")

    assert textfile(path, "--config", str(config)) == 3
    assert path.read_text() == "old"


def test_no_directory_is_exit_3(tmp_path):
    assert textfile(tmp_path / "none" / "x.prom") == 3
