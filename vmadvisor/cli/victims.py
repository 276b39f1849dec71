"""``vmadvisor victims``: who the OOM killer takes next, by the kernel's own rule."""

from collections.abc import Mapping
from dataclasses import replace

import click

from vmadvisor.cli._options import deadline_option, emit, opened, root_options, stdout_style
from vmadvisor.collect import Request, take
from vmadvisor.kernel.oom import victims
from vmadvisor.model.unranked import unranked_gap, why_nobody
from vmadvisor.render import victims as output
from vmadvisor.render.escape import terminal
from vmadvisor.snapshot import Snapshot

ADJ_MAX = 1000


def parse_adjustments(texts: tuple[str, ...]) -> dict[str, int]:
    """``COMM_OR_PID=ADJ`` texts as a mapping; a name may itself hold ``=``."""
    adjust: dict[str, int] = {}
    for text in texts:
        who, _, number = text.rpartition("=")
        digits = number.removeprefix("-")
        if not who or not (digits.isascii() and digits.isdigit()) or len(digits) > 4:  # noqa: PLR2004 - -1000 to 1000
            raise click.BadParameter(f"{text!r}: expected COMM_OR_PID=ADJ", param_hint="--adjust")
        adjust[who] = int(number)
        if abs(adjust[who]) > ADJ_MAX:
            raise click.BadParameter(
                f"{text!r}: oom_score_adj takes -1000 to 1000", param_hint="--adjust"
            )
    return adjust


def _name_unmatched(adjust: Mapping[str, int], snapshot: Snapshot) -> None:
    """An answer to another question than was asked must not pass for one to this."""
    details = snapshot.processes.details if snapshot.processes is not None else {}
    known = {process.stat.comm for process in details.values()} | {str(pid) for pid in details}
    for who in adjust.keys() - known:
        click.echo(
            f"vmadvisor: --adjust {terminal(who)}: no process has this pid or name "
            "(the kernel keeps 15 bytes of a name)",
            err=True,
        )


@click.command(
    epilog="""\b
Examples:
  vmadvisor victims
  vmadvisor victims --top 3 --adjust mysqld=-500
  vmadvisor victims --adjust 4711=300 --format json
  vmadvisor victims --root rec.tar.zst --at 40

Nothing is adjusted: --adjust asks who would be next then."""
)
@root_options
@deadline_option
@click.option(
    "--top",
    "top_count",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How many per scope.",
)
@click.option(
    "--adjust",
    "texts",
    multiple=True,
    metavar="COMM_OR_PID=ADJ",
    help="As if this process had ADJ.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(output.FORMATS)),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *,
    root: str,
    at_s: float | None,
    deadline_s: float,
    top_count: int,
    texts: tuple[str, ...],
    format_: str,
) -> None:
    """List processes in the order the OOM killer would take them, host-wide and per limited cgroup."""
    adjust = parse_adjustments(texts)
    request = Request(
        processes="all", cgroups=True, deep=False, interval_s=0, at_s=at_s, deadline_s=deadline_s
    )
    _, after = take(opened(root), request)
    by_scope = victims(after, adjust=adjust)
    if not by_scope:
        raise click.ClickException(f"the order cannot be told: {why_nobody(after)}")
    _name_unmatched(adjust, after)
    gap = unranked_gap(after)
    if gap is not None:
        after = replace(after, gaps=(*after.gaps, gap))
    shown = {scope: order[:top_count] for scope, order in by_scope.items()}
    emit(output.FORMATS[format_](shown, after, stdout_style()))
