"""``vmadvisor victims``: who the OOM killer takes next, by the kernel's own rule."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import click

from vmadvisor.cli._check_options import SECONDS_MAX
from vmadvisor.cli._options import (
    Seconds,
    deadline_option,
    emit,
    opened,
    root_options,
    stdout_style,
    top_option,
)
from vmadvisor.cli._who import name_unmatched, parse_adjustments, parse_growths
from vmadvisor.collect import Request, take
from vmadvisor.collect.roots import LIVE
from vmadvisor.collect.userspace_killers import userspace_killers
from vmadvisor.kernel.oom import domain_of, victims
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.daemon_choice import DaemonChoices, daemon_choices
from vmadvisor.model.unranked import unranked_gap, why_nobody
from vmadvisor.render import victims as output
from vmadvisor.render.escape import terminal

CLEAR_SCREEN = "\x1b[H\x1b[2J"


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What was asked of the order."""

    root: str
    request: Request
    adjust: Mapping[str, int]
    grow: Mapping[str, int]
    cgroup: str | None
    top_count: int
    format_: str

    @property
    def is_of_this_host_as_it_is(self) -> bool:
        return self.root == LIVE and not self.adjust and not self.grow


@click.command(
    epilog="""\b
Examples:
  vmadvisor victims
  vmadvisor victims --top 3 --adjust mysqld=-500
  vmadvisor victims --if 4711=300 --format json
  vmadvisor victims --if-grows 4711=2GiB
  vmadvisor victims --cgroup /system.slice/db.service
  vmadvisor victims --watch 2
  vmadvisor victims --root rec.tar.zst --at 40

Nothing is adjusted and nobody grows: --adjust (or --if, which is the same) and
--if-grows ask who would be next then. Where earlyoom or systemd-oomd run here, whom
they would take stands below the kernel's order."""
)
@root_options
@deadline_option
@top_option
@click.option(
    "--adjust",
    "--if",
    "adjusted",
    multiple=True,
    metavar="COMM_OR_PID=ADJ",
    help="As if this process had ADJ.",
)
@click.option(
    "--if-grows",
    "grown",
    multiple=True,
    metavar="PID_OR_COMM=SIZE",
    help="As if this process had SIZE more in memory.",
)
@click.option(
    "--cgroup",
    metavar="PATH",
    help="Only the order when memory runs out in this control group.",
)
@click.option(
    "--watch",
    "watch_s",
    type=Seconds(min=0.1, max=SECONDS_MAX),
    metavar="SECONDS",
    help="This host again and again, until Ctrl-C.",
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
    adjusted: tuple[str, ...],
    grown: tuple[str, ...],
    cgroup: str | None,
    watch_s: float | None,
    format_: str,
) -> None:
    """List processes in the order the OOM killer would take them, host-wide and per limited cgroup."""
    if watch_s is not None and (root != LIVE or at_s is not None):
        raise click.UsageError("--watch looks at this host: it goes with neither --root nor --at")
    question = _Question(
        root=root,
        request=Request(
            processes="all",
            cgroups=True,
            deep=False,
            interval_s=0,
            at_s=at_s,
            deadline_s=deadline_s,
        ),
        adjust=parse_adjustments(adjusted),
        grow=parse_growths(grown),
        cgroup=cgroup,
        top_count=top_count,
        format_=format_,
    )
    if watch_s is None:
        emit(_answer(question))
        return
    _watch(question, watch_s)


def _watch(question: _Question, every_s: float) -> None:
    """One answer after the other; Ctrl-C is how it ends."""
    is_screen = stdout_style().has_color and question.format_ == "text"
    try:
        while True:
            answer = _answer(question)
            emit(f"{CLEAR_SCREEN}{answer}" if is_screen else f"{answer}\n")
            sys.stdout.flush()
            time.sleep(every_s)
    except KeyboardInterrupt:
        return


def _answer(question: _Question) -> str:
    """The orders as text, in the format asked for."""
    _, after = take(opened(question.root), question.request)
    orders = victims(after, adjust=question.adjust, grow=question.grow)
    if not orders:
        raise click.ClickException(f"the order cannot be told: {why_nobody(after)}")
    name_unmatched(question.adjust, after, "--adjust")
    name_unmatched(question.grow, after, "--if-grows")
    gaps = [gap for gap in (unranked_gap(after),) if gap is not None]
    daemons: DaemonChoices | None = None
    if question.is_of_this_host_as_it_is:
        killers, missing = userspace_killers(after.processes)
        gaps += missing
        daemons = daemon_choices(killers, after, page_size_bytes(after))
    shown = {scope: order[: question.top_count] for scope, order in orders.items()}
    if question.cgroup is not None:
        domain = _domain(question.cgroup, orders)
        shown = {domain: shown[domain]}
    after = replace(after, gaps=(*after.gaps, *gaps))
    return output.FORMATS[question.format_](shown, after, stdout_style(), daemons)


def _domain(path: str, orders: Mapping[str, object]) -> str:
    """The scope that is asked for; said where it is not the group's own."""
    if not path.startswith("/"):
        raise click.BadParameter(f"{path!r}: a path begins with /", param_hint="--cgroup")
    path = path.rstrip("/") or "/"
    domain = domain_of(path, orders)
    if domain != path:
        click.echo(
            f"vmadvisor: --cgroup {terminal(path)}: no limit of its own with a process in it is known: "
            f"this is the order of {terminal(domain)}",
            err=True,
        )
    return domain
