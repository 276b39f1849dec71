"""A command line that is read without click means what it means to click."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.cli import _check_options as plain
from vmadvisor.cli import check
from vmadvisor.cli._check_options import CheckOptions, plain_options
from vmadvisor.render import RENDERERS

WORDS = st.sampled_from([
    "--format", "json", "text", "nagios", "xml", "--format=json", "--format=", "--interval", "0", "0.5",
    "-1", "1e3", "nan", "3601", "--interval=2", "--deadline", "--deadline=0.05", "--deadline=9", "-q",
    "--quiet", "--quiet=1", "--horizon", "--horizon=9s,2m", "--deep", "--provenance", "--color", "--no-color",
    "--root", "/", "--", "-h", "-qq", "²", "--config", "a.toml", "--config=b.toml", "--config=",
    "--calibration", "--calibration=f", "--history", "--history=h", "--no-history", "--keep", "--keep=30d",
    "30d", "30", "0d",
])  # fmt: skip


OPTIONS = [name for name in CheckOptions.__slots__ if name != "seen"]


def by_click(arguments):
    """What click makes of it; ``None`` where it refuses."""
    import click

    try:
        given = check.command.make_context("check", list(arguments)).params
    except (click.ClickException, click.exceptions.Exit):
        return None
    return {name: given[name] for name in OPTIONS}


@given(arguments=st.lists(WORDS, max_size=6))
def test_both_readings_are_the_same(arguments):
    found = plain_options(arguments)

    if found is not None:
        values = {name: getattr(found, name) for name in OPTIONS}
        assert values == by_click(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-q"],
        ["--format", "json", "--interval", "0.5"],
        ["--deadline=9", "--no-color", "--deep"],
        ["--config", "a.toml"],
        ["--calibration", "host.json"],
    ],
    ids=" ".join,
)
def test_a_plain_command_line_needs_no_click(arguments):
    assert plain_options(arguments) is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--root", "x"],
        ["--horizon", "9s"],
        ["--format"],
        ["--format", "xml"],
        ["--interval", "-1"],
        ["x"],
    ],
    ids=" ".join,
)
def test_all_else_is_left_to_click(arguments):
    assert plain_options(arguments) is None


def test_the_formats_are_the_renderers():
    assert set(plain.FORMATS) == set(RENDERERS)
