"""``vmadvisor alerts``: what a Prometheus server is to alert on."""

from importlib.resources import files

import click

from vmadvisor.cli._options import emit


@click.command(
    epilog="""\b
Examples:
  vmadvisor alerts > /etc/prometheus/rules/alerts.yml
  vmadvisor alerts --tests > alerts_test.yml   for promtool test rules

They want the metrics of vmadvisor exporter, or of vmadvisor textfile."""
)
@click.option("--tests", is_flag=True, help="Print their tests instead, for promtool.")
def command(*, tests: bool) -> None:
    """Print alert rules for Prometheus."""
    name = "alerts_test.yml" if tests else "alerts.yml"
    emit(files("vmadvisor.monitoring").joinpath(name).read_text(encoding="utf-8"))
