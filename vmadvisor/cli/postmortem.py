"""``vmadvisor postmortem``: what the OOM killer did, why, and what would have changed it."""

import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from vmadvisor.advise.postmortem import postmortem
from vmadvisor.cli._options import emit, stdout_style
from vmadvisor.collect.kernel_log import file_reports, host_reports
from vmadvisor.render.postmortem import FORMATS, writer

if TYPE_CHECKING:
    from vmadvisor.snapshot import Gap


@click.command(
    epilog="""\b
Examples:
  vmadvisor postmortem                        this host's journal, or dmesg
  vmadvisor postmortem --since yesterday
  vmadvisor postmortem /var/log/messages-20240303.gz
  vmadvisor postmortem sosreport-db1.tar.xz --format html > oom.html
  ssh db1 dmesg | vmadvisor postmortem - --format json

Reads dmesg with any time stamp, journalctl's text and JSON, syslog files, pstore,
sosreports (directory or tar), and what was pasted from any of them; compressed
with gzip, xz or zstd or not. Nothing but the log is asked."""
)
@click.argument("path", metavar="[FILE|DIRECTORY|-]", required=False, type=click.Path())
@click.option("--journal", is_flag=True, help="Read this host's journal, all boots that it keeps.")
@click.option(
    "--since",
    metavar="TIME",
    help='Read this host\'s journal from then on, as journalctl takes it: "2 hours ago".',
)
@click.option(
    "--all-tasks", is_flag=True, help="The whole task table too, not only the first in the order."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *, path: str | None, journal: bool, since: str | None, all_tasks: bool, format_: str
) -> None:
    """Explain every OOM report in a kernel log: why, who, and how to spare it next time."""
    if path is not None and (journal or since is not None):
        raise click.UsageError("give a log to read, or --journal or --since for this host's own")
    gaps: list[Gap] = []
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    if path is not None:
        found = file_reports(path, gaps, stdin=stdin)
    else:
        found = host_reports(gaps, since=since, is_journal=journal)
    first = next(found, None)  # what cannot be read at all is said before anything is written
    output, style = writer(format_), stdout_style()
    emit(output.begin(style))
    count = 0
    for report in chain(() if first is None else (first,), found):
        count += 1
        emit(output.one(postmortem(report), count, style, has_all_tasks=all_tasks))
    emit(output.end(count, tuple(gaps), style))
