"""``vmadvisor explain ID``: one rule, with its own firing example."""

import click

from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.tuning import TUNING_RULES
from vmadvisor.cli._options import emit
from vmadvisor.render.explain import render

ALL_RULES = (*RULES, *TUNING_RULES, *REPORT_RULES)


@click.command(
    epilog="""\b
Example:
  vmadvisor explain VMA-RECLAIM-001"""
)
@click.argument(
    "rule_id",
    metavar="ID",
    type=click.Choice([rule.id for rule in ALL_RULES], case_sensitive=False),
)
def command(*, rule_id: str) -> None:
    """Explain one rule: what it needs, when it fires, when it is quiet."""
    emit(render(next(rule for rule in ALL_RULES if rule.id == rule_id)))
