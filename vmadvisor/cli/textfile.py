"""``vmadvisor textfile``: the report where node_exporter's textfile collector finds it.

The file is replaced whole or not at all; ``vmadvisor_reading_timestamp_seconds`` in it says how old it is.
"""

import click

from vmadvisor.cli._check_options import CheckOptions
from vmadvisor.cli._options import (
    calibration_option,
    config_option,
    deadline_option,
    interval_option,
)
from vmadvisor.collect.state_file import replace_state

ENDING = ".prom"


def _prom_file(_context: click.Context, _argument: click.Parameter, path: str) -> str:
    if not path.endswith(ENDING):
        raise click.BadParameter(f"node_exporter reads only files that end in {ENDING}")
    return path


@click.command(
    epilog="""\b
Examples:
  vmadvisor textfile /var/lib/prometheus/node-exporter/vmadvisor.prom
  vmadvisor install-timer --job textfile

Exit status: 0 where the file was written, whatever the verdict; 3 where not,
and then the old file is as it was."""
)
@click.argument("path", callback=_prom_file, type=click.Path(), metavar="PATH.prom")
@interval_option
@deadline_option
@config_option
@calibration_option
def command(
    *, path: str, interval_s: float, deadline_s: float, config: str | None, calibration: str | None
) -> None:
    """Write this host's state for node_exporter's textfile collector."""
    from vmadvisor.cli._verdict import verdict

    options = CheckOptions(format_="prometheus", config=config, calibration=calibration)
    text, _ = verdict(options, interval_s=interval_s, deadline_s=deadline_s)
    replace_state(path, text, is_lasting=False)
