"""``vmadvisor rules``: what is asked, and which claims are answered."""

import click

from vmadvisor.cli._options import emit
from vmadvisor.cli.explain import listing


@click.command(
    epilog="""\b
Example:
  vmadvisor rules"""
)
def command() -> None:
    """List the rules that check asks, those only postmortem can, and the claims that are answered."""
    emit(listing())
