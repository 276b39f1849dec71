"""``vmadvisor dashboard``: what Grafana is to show."""

from importlib.resources import files

import click

from vmadvisor.cli._options import emit


@click.command(
    epilog="""\b
Example:
  vmadvisor dashboard > vmadvisor.json       and import it in Grafana

It wants the metrics of vmadvisor exporter, or of vmadvisor textfile."""
)
def command() -> None:
    """Print a dashboard for Grafana, as JSON."""
    emit(files("vmadvisor.monitoring").joinpath("dashboard.json").read_text(encoding="utf-8"))
