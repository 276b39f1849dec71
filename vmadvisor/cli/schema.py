"""``vmadvisor schema``: the form of the JSON report."""

from importlib.resources import files

import click

from vmadvisor.cli._options import emit


@click.command(
    epilog="""\b
Example:
  vmadvisor schema > check.schema.json"""
)
def command() -> None:
    """Print the JSON Schema of check --format json."""
    emit(files("vmadvisor.render").joinpath("check.schema.json").read_text(encoding="utf-8"))
