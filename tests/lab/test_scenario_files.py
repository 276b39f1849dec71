import pytest

from lab.command import SCENARIOS
from lab.scenario import load

FILES = sorted(SCENARIOS.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_file_can_be_run_and_says_what_it_is(path):
    scenario = load(path)

    assert scenario.description.endswith(".")
    assert scenario.process


def test_there_are_scenario_files():
    assert {"healthy", "leak", "smoke"} <= {path.stem for path in FILES}
