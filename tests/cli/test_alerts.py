"""What is shipped is printed as it is."""

from importlib.resources import files

import pytest
from click.testing import CliRunner

from vmadvisor.cli import alerts, dashboard


@pytest.mark.parametrize(
    ("command", "arguments", "name"),
    [
        (alerts.command, [], "alerts.yml"),
        (alerts.command, ["--tests"], "alerts_test.yml"),
        (dashboard.command, [], "dashboard.json"),
    ],
)
def test_the_file_is_printed(command, arguments, name):
    done = CliRunner().invoke(command, arguments)

    assert done.exit_code == 0
    assert done.output == files("vmadvisor.monitoring").joinpath(name).read_text()
    assert done.output.isascii()
