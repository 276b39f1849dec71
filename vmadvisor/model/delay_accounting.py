"""Of whom the kernel counts what they wait for (``kernel/delayacct.c``).

Until 5.13 of every task, unless ``nodelayacct`` was given at boot or CONFIG_TASK_DELAY_ACCT is not set, which
no file tells. Since 5.14 while kernel.task_delayacct is 1, and only of tasks that were started while it was:
such a task gets a ``task_delay_info`` at its fork. Nothing tells who has one; who has waited has one.
"""

from collections.abc import Iterable

from vmadvisor.delay_scan import DelayedProcess
from vmadvisor.kernel.lineage import Base
from vmadvisor.records import dataclass
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.taskstats import TaskStats
from vmadvisor.sources.version import KernelVersion

_SWITCH_SINCE: Base = (5, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting:
    """``is_on`` is ``None`` where nothing tells; ``counts_all``: on from boot, so of every task.

    ``on_since_s`` is when this program turned it on, in seconds since boot.
    """

    is_on: bool | None
    counts_all: bool = False
    on_since_s: float | None = None


def accounting(
    sysctl: KernelSysctl | None,
    cmdline: Cmdline | None,
    version: KernelVersion | None,
    processes: Iterable[DelayedProcess],
    *,
    on_since_s: float | None = None,
) -> Accounting:
    """What the switch, the boot arguments and the waits seen so far tell."""
    mode = sysctl.task_delayacct_mode if sysctl is not None else None
    asked = cmdline.delayacct if cmdline is not None else None
    if mode is not None:
        return Accounting(
            is_on=mode != 0, counts_all=mode != 0 and asked is True, on_since_s=on_since_s
        )
    if version is None or version.base >= _SWITCH_SINCE:
        return Accounting(is_on=None)
    if asked is False:
        return Accounting(is_on=False)
    has_proof = any(has_waited(one.stats) for one in processes)
    return Accounting(is_on=has_proof or None, counts_all=has_proof)


def is_counted(one: DelayedProcess, accounting: Accounting, clock_hz: int) -> bool | None:
    """Whether this process's waits are counted; ``None`` where nothing tells."""
    if accounting.is_on is False:
        return False
    if accounting.counts_all or has_waited(one.stats):
        return True
    if accounting.on_since_s is not None:
        return one.stat.starttime_ticks >= accounting.on_since_s * clock_hz
    return None


def has_waited(stats: TaskStats) -> bool:
    """Whether any wait has been counted of it."""
    kinds = (stats.freepages, stats.swapin, stats.thrashing, stats.compact)
    return any(one is not None and one.waits_total for one in kinds)
