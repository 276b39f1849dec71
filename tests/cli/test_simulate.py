"""``simulate`` runs a scenario on a made-up machine or on a host's last moment."""

import json
from pathlib import Path

import pytest

from vmadvisor.__main__ import run

ROOT = str(Path(__file__).resolve().parents[2] / "fixtures" / "6.12-cache-full")
MADE_UP = """\
seconds = 10
[machine]
memory = "512M"
[[workload]]
name = "job"
anon = "600M"
anon_per_s = "200M"
"""
HERE = """\
seconds = 5
[settings]
"vm.swappiness" = 10
[[workload]]
anon = "8M"
"""


@pytest.fixture
def scenario(tmp_path):
    def write(text):
        path = tmp_path / "scenario.toml"
        path.write_text(text)
        return str(path)

    return write


def test_a_job_too_large_for_a_made_up_machine_is_killed_in_every_run(scenario, capsys):
    assert run(["simulate", scenario(MADE_UP), "--format", "json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["seconds"] == pytest.approx(10)
    assert found["totals"]["kills_count"]["low"] >= 1
    assert 2 < found["first_kill_s"] < 10
    assert len(found["trajectory"]) == 50


def test_a_small_job_on_a_recorded_host_does_no_harm(scenario, capsys):
    assert run(["simulate", scenario(HERE), "--root", ROOT]) == 0

    text = capsys.readouterr().out
    assert "first OOM kill: none" in text
    assert "anonymous" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seconds = ", "SCENARIO"),
        ('"a\\u001b[31m" = 1\n[[workload]]\nanon = "1M"', "unknown key a\\x1b[31m"),
        ("seconds = 5", "at least one"),
        ('[[workload]]\nanon = "x"', "anon must be a size"),
        ('[settings]\n"vm.swappiness" = 999\n[[workload]]\nanon = "1M"', "takes 0 to 200"),
    ],
)
def test_a_scenario_that_cannot_be_run_is_refused(scenario, capsys, text, said):
    assert run(["simulate", scenario(text), "--root", ROOT]) == 3
    assert said in capsys.readouterr().err


def test_a_scenario_that_is_not_there_is_refused(capsys):
    assert run(["simulate", "/no/such/scenario.toml"]) == 3
    assert "scenario.toml" in capsys.readouterr().err
