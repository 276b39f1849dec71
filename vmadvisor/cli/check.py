"""``vmadvisor check`` by click: what ``_check_options`` does not take; ``_verdict`` does the work."""

import sys
import time

import click

from vmadvisor.cli._check_options import FORMATS, CheckOptions
from vmadvisor.cli._options import (
    calibration_option,
    config_option,
    deadline_option,
    history_options,
    interval_option,
    root_options,
)
from vmadvisor.cli._output import emit
from vmadvisor.cli._quantities import parse_horizons
from vmadvisor.cli._remember import remember
from vmadvisor.cli._verdict import verdict


def _horizons_s(_context: click.Context, _option: click.Parameter, text: str | None) -> object:
    return () if text is None else parse_horizons(text, "--horizon")


@click.command(
    epilog="""\b
Examples:
  vmadvisor check                            two readings, one second apart
  vmadvisor check --quiet                    for cron: silent when all is well
  vmadvisor check --on-change                for cron: tells what changed
  vmadvisor check --format nagios            for a monitoring system
  vmadvisor check --interval 0 --format json one reading, for programs
  vmadvisor check --interval 10              a longer look, once a second
  vmadvisor check --root rec.tar.zst --at 42 a moment of a recording
  vmadvisor check --horizon 10s,30s          forecasts for these alone
  ssh host sh -s < capture.sh | vmadvisor check --root -

\b
What was read, said and found is kept, after the output, in history.sqlite:
in /var/lib/vmadvisor for root, $XDG_STATE_HOME/vmadvisor for others. Of a
captured host or a recording only with --history PATH. vmadvisor history
lists it; --no-history turns it off.

Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (or an error)."""
)
@root_options
@interval_option
@deadline_option
@config_option
@click.option(
    "--deep",
    is_flag=True,
    help="Also read pagetypeinfo, which walks free lists with interrupts off.",
)
@click.option(
    "--horizon",
    "horizons_s",
    callback=_horizons_s,
    metavar="LIST",
    help="How far ahead to forecast: 10s,5m,1h.  [default: 10s,20s,30s,1m,10m,1h]",
)
@calibration_option
@click.option(
    "--provenance",
    is_flag=True,
    help="Also read what this host's files set: sysctl.d, tuned, units, crontabs.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option(
    "--color/--no-color", default=None, help="Force colour on or off.  [default: on a terminal]"
)
@history_options
@click.option("--no-history", is_flag=True, help="Keep nothing of this run.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing when the verdict is OK.")
@click.option(
    "--on-change",
    is_flag=True,
    help="Print only when the verdict is another than was printed last: worse at once, better after three runs "
    "and ten minutes.",
)
@click.option(
    "--state",
    type=click.Path(),
    metavar="FILE",
    help="Where --on-change keeps what was printed last.  [default: on-change.json at its place]",
)
def command(
    *,
    root: str,
    at_s: float | None,
    interval_s: float,
    deadline_s: float,
    deep: bool,
    horizons_s: tuple[float, ...],
    calibration: str | None,
    format_: str,
    color: bool | None,
    quiet: bool,
    config: str | None,
    provenance: bool,
    history: str | None,
    no_history: bool,
    keep_s: float | None,
    on_change: bool,
    state: str | None,
) -> int:
    """Say whether this host is about to stall or meet the OOM killer, and why."""
    started_s = time.monotonic()
    options = CheckOptions(
        root=root,
        at_s=at_s,
        interval_s=interval_s,
        deadline_s=deadline_s,
        deep=deep,
        format_=format_,
        color=color,
        quiet=quiet,
        horizons_s=horizons_s,
        config=config,
        provenance=provenance,
        calibration=calibration,
        history=history,
        no_history=no_history,
        keep_s=keep_s,
        on_change=on_change,
        state=state,
    )
    text, code = verdict(options, interval_s=interval_s, deadline_s=deadline_s)
    try:
        emit(text)
        sys.stdout.flush()
    except BaseException:
        if on_change:
            from vmadvisor.cli._on_change import untold

            untold(options)
        raise
    remember(options, end_s=started_s + interval_s + deadline_s)
    return code
