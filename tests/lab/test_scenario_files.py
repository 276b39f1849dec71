import pytest

from lab.command import LONG, SCENARIOS
from lab.scenario import load

FILES = sorted(SCENARIOS.rglob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_file_can_be_run_and_says_what_it_is(path):
    scenario = load(path)

    assert scenario.description.endswith(".")
    assert scenario.process


def test_there_are_scenario_files():
    assert {"healthy", "leak", "smoke"} <= {path.stem for path in FILES}


def test_a_dozen_last_a_quarter_of_an_hour_and_say_what_has_to_come_of_them():
    found = [load(path) for path in LONG.glob("*.toml")]

    assert len(found) >= 12
    assert {(scenario.seconds, scenario.interval_s) for scenario in found} == {(900.0, 1.0)}
    assert all(scenario.expect.kills_min or scenario.expect.kills_max == 0 for scenario in found)
    assert sum(scenario.expect.kills_max == 0 for scenario in found) >= 4
