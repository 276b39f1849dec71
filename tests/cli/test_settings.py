"""``check --config``: what the admin ignores leaves the verdict; a wrong file is exit 3 with its line."""

import json
import time
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli import _settings
from vmadvisor.history.store import open_store

FIXTURE = str(Path(__file__).resolve().parents[2] / "fixtures" / "7.2-leak-before-kill")
IGNORE = """\
[[ignore]]
rule = "VMA-AVAIL-001"
reason = "a drill"
date = 2026-11-27

[[ignore]]
rule = "VMA-FORESEEN-001"
reason = "a drill"
date = 2026-11-27
"""


@pytest.fixture
def config(tmp_path):
    def write(text):
        path = tmp_path / "vmadvisor.toml"
        path.write_text(text)
        return str(path)

    return write


def test_an_ignored_rule_does_not_count_and_is_told(config, capsys):
    arguments = ["check", "--root", FIXTURE, "--format", "json"]
    assert run(arguments) == 2
    capsys.readouterr()

    assert run([*arguments, "--config", config(IGNORE)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "OK"
    assert [one["rule_id"] for one in found["rules_ignored"]] == [
        "VMA-AVAIL-001",
        "VMA-FORESEEN-001",
    ]
    assert found["rules_ignored"][0]["severity"] == "CRITICAL"


@pytest.mark.parametrize("format_", ["text", "nagios"])
def test_every_format_names_what_is_ignored(config, capsys, format_):
    run(["check", "--root", FIXTURE, "--format", format_, "--config", config(IGNORE)])

    out = capsys.readouterr().out
    assert "CRITICAL VMA-AVAIL-001" in out
    assert "a drill" in out


def test_a_wrong_key_is_exit_3_with_file_and_line(config, capsys):
    path = config('[targets]\nfull_stall = "x"\n')

    assert run(["check", "--root", FIXTURE, "--config", path]) == 3
    assert f"{path}: line 2: targets.full_stall: no such key" in capsys.readouterr().err


def test_a_plain_check_says_the_same_as_click(config, capsys):
    path = config("[targts]\n")

    assert run(["check", "--interval", "0", "--config", path], started_s=time.monotonic()) == 3
    error = capsys.readouterr().err
    assert "line 1: targts: no such key" in error
    assert "internal error" not in error


def test_a_missing_file_that_was_named_is_an_error(capsys, tmp_path):
    path = str(tmp_path / "no.toml")

    assert run(["check", "--root", FIXTURE, "--config", path]) == 3
    assert "no.toml: no such file" in capsys.readouterr().err


def test_this_hosts_own_file_is_for_this_host_and_need_not_be_there(monkeypatch, config, tmp_path):
    monkeypatch.setattr(_settings, "PATH", str(tmp_path / "no.toml"))
    assert _settings.given_settings(None, is_live=True) == ()

    monkeypatch.setattr(_settings, "PATH", config(IGNORE))
    assert len(_settings.given_settings(None, is_live=True)) == 1
    assert _settings.given_settings(None, is_live=False) == ()


@pytest.mark.live
@pytest.mark.parametrize(
    "command",
    [["check", "--format", "nagios"], ["check", "--horizon", "10"], ["sample"]],
    ids=["plain check", "check by click", "sample"],
)
def test_how_long_the_history_is_kept_is_configured_and_an_option_goes_before_it(
    config, state_directory, command
):
    told = [
        *command,
        "--interval",
        "0",
        "--deadline",
        "60",
        "--config",
        config("[history]\nkeep_days = 7\n"),
    ]

    assert run(told, started_s=time.monotonic()) != 3
    with open_store(str(state_directory / "history.sqlite"), is_readonly=True) as store:
        assert store.kept_s() == 604_800.0

    assert run([*told, "--keep", "30d"], started_s=time.monotonic()) != 3
    with open_store(str(state_directory / "history.sqlite"), is_readonly=True) as store:
        assert store.kept_s() == 2_592_000.0


@pytest.mark.parametrize("command", ["check", "sample", "exporter"])
def test_a_wrong_number_of_days_is_exit_3_with_its_line(command, config, capsys):
    path = config("[history]\nkeep_days = -1\n")

    assert run([command, "--config", path]) == 3
    assert f"{path}: line 2: history.keep_days: more than 0" in capsys.readouterr().err
