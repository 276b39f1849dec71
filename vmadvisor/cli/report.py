"""``vmadvisor report``: the verdict with its past, for people who look rather than read."""

import click

from vmadvisor.cli._options import (
    DURATION,
    Seconds,
    calibration_option,
    config_option,
    deadline_option,
    emit,
    root_options,
    stdout_style,
)
from vmadvisor.cli._past import reported
from vmadvisor.render.past_report import FORMATS, format_for, renderer

STANDARD_OUTPUT = "-"


@click.command(
    epilog="""\b
Examples:
  vmadvisor report                                  this host, as text
  vmadvisor report --since 1d --output report.html
  vmadvisor report --root rec.tar.zst --format markdown
  vmadvisor report --mail --to ops@example.org | sendmail -t

The past is this host's history where there is one (--history), or the recording
that --root names. Without a past the report is of one moment, and says so.
Plots need matplotlib: pip install vmadvisor[plots]. Nothing is sent."""
)
@root_options
@click.option(
    "--since",
    "since_s",
    type=DURATION,
    metavar="TIME",
    help="How far back: 12h, 7d.  [default: 7d; all of a recording]",
)
@click.option(
    "--history",
    "history",
    type=click.Path(),
    metavar="PATH",
    help="This host's history, if elsewhere.",
)
@click.option(
    "--interval",
    "interval_s",
    type=Seconds(min=0, max=3600),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Time between the two readings of a live host; 0 takes one.",
)
@deadline_option
@config_option
@calibration_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    help="Output format.  [default: by the ending of --output, else text]",
)
@click.option(
    "--output",
    "output",
    type=click.Path(),
    metavar="FILE",
    default=STANDARD_OUTPUT,
    show_default=True,
    help="Where to write, whole or not at all; - is standard output.",
)
@click.option(
    "--mail", is_flag=True, help="A message for sendmail -t: text, and HTML with pictures."
)
@click.option(
    "--to", "to", multiple=True, metavar="ADDRESS", help="Who the message is for.  [default: root]"
)
@click.option("--from", "sender", metavar="ADDRESS", help="Who it is from.  [default: this user]")
def command(
    *,
    root: str,
    at_s: float | None,
    since_s: float | None,
    history: str | None,
    interval_s: float,
    deadline_s: float,
    config: str | None,
    calibration: str | None,
    format_: str | None,
    output: str,
    mail: bool,
    to: tuple[str, ...],
    sender: str | None,
) -> None:
    """Write the verdict with its past as one page: plots, what changed, what to do."""
    if mail and format_ is not None:
        raise click.UsageError("a message has a text and an HTML part: --mail takes no --format")
    if not mail and (to or sender):
        raise click.UsageError("--to and --from belong to --mail")
    addresses = None
    if mail:
        from vmadvisor.cli._addresses import addresses_of

        addresses = addresses_of(to, sender)
    report, past = reported(
        root, at_s=at_s, since_s=since_s, history=history, interval_s=interval_s,
        deadline_s=deadline_s, config=config, calibration=calibration,
    )  # fmt: skip
    if addresses is not None:
        from vmadvisor.render.mail import message

        text = message(report, past, *addresses)
    else:
        text = renderer(format_ or format_for(output))(report, past, stdout_style(color=False))
    if output == STANDARD_OUTPUT:
        emit(text)
    else:
        from vmadvisor.cli._write_file import write_whole

        write_whole(output, text)
