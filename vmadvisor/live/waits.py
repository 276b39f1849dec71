"""Who waits for memory, for the live view: taskstats of everyone, as rarely as its cost demands.

Nothing is forked here, and no control group is asked: ``vmadvisor delays`` does both, and says more.
"""

import os
import time

from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.process_files import read_stat
from vmadvisor.collect.taskstats_socket import TaskstatsSocket, open_taskstats
from vmadvisor.collect.tree import reason_of
from vmadvisor.delay_scan import DelayedProcess, DelayScan
from vmadvisor.errors import ParseError, RootError
from vmadvisor.model.delay_accounting import accounting
from vmadvisor.model.delays import ProcessLoss, delays
from vmadvisor.render.live.frame import Waiter, Waits
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.taskstats import TaskStats
from vmadvisor.sources.version import KernelVersion

NOT_ASKED = Waits(reason="not asked for: --delays asks taskstats (it takes CAP_NET_ADMIN)")
RECORDED = Waits(reason="a recording does not tell: taskstats is for the running host alone")
_OFF = Waits(
    reason="kernel.task_delayacct is 0: the kernel does not count (vmadvisor delays can turn it on)"
)
_FIRST = Waits(reason="first reading taken; the next one tells who waited since")

EVERY_S = 5.0
CPU_RATIO = 0.005
"""Share of a CPU that asking may take: above some thousand processes it becomes rarer."""

_DEADLINE_S = 2.0
_SHOWN_MAX_COUNT = 20
_NS_PER_S = 1e9


class WaitSampler:
    """Call it at every moment: it asks when that is due, and else repeats what it last knew."""

    def __init__(self, tree: LiveTree | None = None, socket: TaskstatsSocket | None = None) -> None:
        self._tree = LiveTree() if tree is None else tree
        self._socket = socket
        self._said = _FIRST
        self._before: DelayScan | None = None
        self._due_s = 0.0
        if socket is None:
            try:
                self._socket = open_taskstats()
            except RootError as error:
                self._said = Waits(reason=str(error))

    def close(self) -> None:
        """Gives the socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __call__(self, snapshot: Snapshot) -> Waits:
        """Who waited between the last two readings."""
        if self._socket is None or snapshot.time_s < self._due_s:
            return self._said
        began_s = time.thread_time()
        try:
            self._look(snapshot, self._socket)
        except RootError as error:
            self._refused(str(error))
        except OSError as error:
            self._refused(reason_of(error))
        cost_s = time.thread_time() - began_s
        self._due_s = snapshot.time_s + max(EVERY_S, cost_s / CPU_RATIO)
        return self._said

    def _refused(self, reason: str) -> None:
        self._said = Waits(reason=reason)
        self.close()

    def _look(self, snapshot: Snapshot, socket: TaskstatsSocket) -> None:
        after = self._scan(socket)
        told = accounting(
            snapshot.get(KernelSysctl), snapshot.get(Cmdline), snapshot.get(KernelVersion),
            after.processes.values(),
        )  # fmt: skip
        before, self._before = self._before, after
        if told.is_on is False:
            self._said = _OFF
        elif before is not None:
            found = delays(before, after, told, clock_hz=os.sysconf("SC_CLK_TCK"))
            waiters = tuple(_waiter(one) for one in found.processes[:_SHOWN_MAX_COUNT])
            self._said = Waits(interval_s=found.interval_s, waiters=waiters)

    def _scan(self, socket: TaskstatsSocket) -> DelayScan:
        """Names are read of everyone at first, then of those who waited since."""
        time_s, boottime_s = self._tree.now_s(), time.clock_gettime(time.CLOCK_BOOTTIME)
        pids = [int(name) for name in self._tree.names("proc") if name.isascii() and name.isdigit()]
        known = {} if self._before is None else self._before.processes
        processes = {}
        for pid, stats in socket.delays(pids, Deadline(_DEADLINE_S)).items():
            same = known.get(pid)
            one = same if same is not None and same.stats == stats else self._named(pid, stats)
            if one is not None:
                processes[pid] = one
        return DelayScan(
            time_s=time_s, boottime_s=boottime_s, processes=processes, host=None, groups={}
        )

    def _named(self, pid: int, stats: TaskStats) -> DelayedProcess | None:
        try:
            return DelayedProcess(pid_id=pid, stat=read_stat(self._tree, pid), stats=stats)
        except (OSError, ParseError):
            return None  # it has ended


def _s(duration_ns: int | None) -> float | None:
    return None if duration_ns is None else duration_ns / _NS_PER_S


def _waiter(one: ProcessLoss) -> Waiter:
    return Waiter(
        pid_id=one.pid_id,
        comm=one.comm,
        lost_s=one.loss.lost_ns / _NS_PER_S,
        reclaim_s=one.loss.reclaim_ns / _NS_PER_S,
        swapin_s=one.loss.swapin_ns / _NS_PER_S,
        thrashing_s=_s(one.loss.thrashing_ns),
        compact_s=_s(one.loss.compact_ns),
    )
