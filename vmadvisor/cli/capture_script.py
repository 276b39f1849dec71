"""``vmadvisor capture-script``: for hosts without Python."""

import click

from vmadvisor.cli._options import emit
from vmadvisor.collect.capture_script import SCRIPT


@click.command(
    epilog="""\b
Examples:
  vmadvisor capture-script > capture.sh
  ssh host sh -s < capture.sh | vmadvisor check --root -

The script reads the same files as check and writes a tar to standard output."""
)
def command() -> None:
    """Print a POSIX shell script that captures a host as a tar."""
    emit(SCRIPT)
