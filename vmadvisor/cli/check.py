"""``vmadvisor check``: read, derive, judge, render, exit."""

from datetime import UTC, datetime

import click

from vmadvisor import __version__
from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import make_report
from vmadvisor.cli._options import (
    SECONDS_MAX,
    Seconds,
    deadline_option,
    emit,
    opened,
    root_options,
    stdout_style,
)
from vmadvisor.collect import Request, take
from vmadvisor.render import RENDERERS, renderer


@click.command(
    epilog="""\b
Examples:
  vmadvisor check                            two readings, one second apart
  vmadvisor check --quiet                    for cron: silent when all is well
  vmadvisor check --format nagios            for a monitoring system
  vmadvisor check --interval 0 --format json one reading, for programs
  vmadvisor check --root rec.tar.zst --at 42 a moment of a recording
  ssh host sh -s < capture.sh | vmadvisor check --root -

Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (or an error)."""
)
@root_options
@click.option(
    "--interval",
    "interval_s",
    type=Seconds(min=0, max=SECONDS_MAX),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between the two readings that rates are made of; 0 takes one reading.",
)
@deadline_option
@click.option(
    "--deep",
    is_flag=True,
    help="Also read pagetypeinfo, which walks free lists with interrupts off.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(RENDERERS)),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option(
    "--color/--no-color", default=None, help="Force colour on or off.  [default: on a terminal]"
)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing when the verdict is OK.")
def command(
    *,
    root: str,
    at_s: float | None,
    interval_s: float,
    deadline_s: float,
    deep: bool,
    format_: str,
    color: bool | None,
    quiet: bool,
) -> int:
    """Say whether this host is about to stall or meet the OOM killer, and why."""
    request = Request(
        processes="shortlist",
        cgroups=True,
        deep=deep,
        interval_s=interval_s,
        at_s=at_s,
        deadline_s=deadline_s,
    )
    before, after = take(opened(root), request)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    report = make_report(before, after, time_utc=now, tool_version=__version__)
    if not (quiet and report.status is Severity.OK):
        emit(renderer(format_)(report, stdout_style(color=color)))
    return report.judgement.exit_code
