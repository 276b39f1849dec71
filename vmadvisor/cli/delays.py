"""``vmadvisor delays``: who waits for memory, by the kernel's own delay accounting."""

import os
from contextlib import nullcontext

import click

from vmadvisor.apply.delayacct import turned_on
from vmadvisor.cli._check_options import SECONDS_MAX
from vmadvisor.cli._options import Seconds, deadline_option, emit, stdout_style, top_option
from vmadvisor.collect.delays import delay_facts, take_delays
from vmadvisor.model.delay_accounting import accounting
from vmadvisor.model.delays import delays
from vmadvisor.render.delays import FORMATS
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.version import KernelVersion

NOT_ANSWERED = 3


@click.command(
    epilog="""\b
Examples:
  sudo vmadvisor delays
  sudo vmadvisor delays --interval 60 --top 20
  sudo vmadvisor delays --enable-delayacct --interval 300
  vmadvisor delays --format json             without privileges: PSI by cgroup

Direct reclaim, swap-in, thrashing and direct compaction, as taskstats counts them;
it takes CAP_NET_ADMIN. Since Linux 5.14 only tasks are counted that were started
while kernel.task_delayacct was 1. Exits 3 where no process's waits can be told."""
)
@click.option(
    "--interval",
    "interval_s",
    type=Seconds(min=0.1, max=SECONDS_MAX),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to look.",
)
@deadline_option
@top_option
@click.option(
    "--enable-delayacct",
    is_flag=True,
    help="Set kernel.task_delayacct to 1 while looking, and back to 0 at the end.",
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
    *, interval_s: float, deadline_s: float, top_count: int, enable_delayacct: bool, format_: str
) -> int:
    """Say which processes, units and cgroups lose most time waiting for memory, on this host, now."""
    with turned_on(_say) if enable_delayacct else nullcontext() as on_since_s:
        facts = delay_facts(deadline_s)
        before, after, gaps = take_delays(interval_s, deadline_s)
    told = accounting(
        facts.get(KernelSysctl),
        facts.get(Cmdline),
        facts.get(KernelVersion),
        after.processes.values(),
        on_since_s=on_since_s,
    )
    found = delays(before, after, told, clock_hz=os.sysconf("SC_CLK_TCK"))
    emit(FORMATS[format_](found, told, gaps, stdout_style(), top_count=top_count))
    return NOT_ANSWERED if found.version is None or not told.is_on else 0


def _say(sentence: str) -> None:
    click.echo(f"vmadvisor: {sentence}", err=True)
