"""``vmadvisor rules``: what is asked."""

import click

from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.tuning import TUNING_RULES
from vmadvisor.cli._options import emit


@click.command(
    epilog="""\b
Example:
  vmadvisor rules"""
)
def command() -> None:
    """List the rules: those that check asks, those that only advise can, those that only postmortem can."""
    emit(
        "".join(f"{rule.id:<16} {rule.title}\n" for rule in (*RULES, *TUNING_RULES, *REPORT_RULES))
    )
