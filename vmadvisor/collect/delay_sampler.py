"""One moment of delays: taskstats by process, PSI by control group; and what of it could not be had."""

import time
from collections.abc import Iterable, Mapping

from vmadvisor.collect.cgroup_walk import Event
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.forked import ForkedWalk
from vmadvisor.collect.pressure_walk import memberships, pressures
from vmadvisor.collect.process_files import read_stat
from vmadvisor.collect.taskstats_socket import TaskstatsSocket
from vmadvisor.collect.tree import Tree, reason_of, text_of
from vmadvisor.delay_scan import DelayedProcess, DelayScan
from vmadvisor.errors import ParseError, RootError
from vmadvisor.snapshot import Gap
from vmadvisor.sources import pid_cgroup, pressure
from vmadvisor.sources.taskstats import TaskStats

TASKSTATS_PATH = "taskstats"
COST = "which process waited, and for what, cannot be told"
_COST_SOME = "processes among them may have waited longest"
_PRESSURE_PATH = "/sys/fs/cgroup/**/memory.pressure"
_COST_PRESSURE = "which group waited cannot be told"
_MEMBERS_MAX_COUNT = 1024
"""Processes whose group is asked for: those that lost most."""


class DelaySampler:
    """Takes one moment after the other; each within ``deadline_s``."""

    def __init__(
        self, tree: Tree, socket: TaskstatsSocket | None, deadline_s: float, gaps: list[Gap]
    ) -> None:
        self._tree = tree
        self._socket = socket
        self._deadline_s = deadline_s
        self._gaps = gaps

    def sample(self, before: DelayScan | None) -> DelayScan:
        """One moment. Names are read of everyone at first, then of those who waited since."""
        deadline = Deadline(self._deadline_s)
        walk = ForkedWalk(pressures(self._tree))
        time_s, boottime_s = self._tree.now_s(), time.clock_gettime(time.CLOCK_BOOTTIME)
        stats = self._stats(deadline)
        earlier: Mapping[int, DelayedProcess] = {} if before is None else before.processes
        processes = {}
        for pid, one in stats.items():
            known = earlier.get(pid)
            if known is None or known.stats != one:
                known = self._named(pid, one)
            if known is not None:
                processes[pid] = known
        groups = self._pressures(*walk.finish(deadline.left_s()), is_last=before is not None)
        if before is not None:
            self._add_groups(processes, earlier, deadline)
        return DelayScan(
            time_s=time_s,
            boottime_s=boottime_s,
            processes=processes,
            host=self._host_pressure(),
            groups=groups,
        )

    def _stats(self, deadline: Deadline) -> dict[int, TaskStats]:
        if self._socket is None:
            return {}
        pids = [int(name) for name in self._tree.names("proc") if name.isascii() and name.isdigit()]
        try:
            return self._socket.delays(pids, deadline)
        except RootError as error:
            self._gaps.append(Gap(path=TASKSTATS_PATH, reason=str(error), cost=COST))
        except OSError as error:
            self._gaps.append(Gap(path=TASKSTATS_PATH, reason=reason_of(error), cost=COST))
        self._socket = None
        return {}

    def _named(self, pid: int, stats: TaskStats) -> DelayedProcess | None:
        try:
            stat = read_stat(self._tree, pid)
        except (OSError, ParseError):
            return None  # it has ended
        return DelayedProcess(pid_id=pid, stat=stat, stats=stats)

    def _pressures(
        self, events: Iterable[Event], unanswered_s: float | None, *, is_last: bool
    ) -> dict[str, pressure.Pressure]:
        found: dict[str, pressure.Pressure] = {}
        reason = None
        for event in events:
            try:
                if event.kind == "group":
                    text = text_of(event.files["memory.pressure"])
                    found[event.path] = pressure.parse(text)
                elif event.kind == "error":
                    reason = text_of(event.files["reason"])
                elif event.path == "cut":
                    reason = f"more than {event.seen_count} groups, of which the first were read"
            except ParseError as error:
                reason = str(error)
        if unanswered_s is not None:
            reason = f"did not answer within {unanswered_s:.2g} s"
        elif not found and reason is None:
            reason = "no group has one (control groups v1, or PSI is off)"
        if reason is not None and is_last:
            self._gaps.append(Gap(path=_PRESSURE_PATH, reason=reason, cost=_COST_PRESSURE))
        return found

    def _host_pressure(self) -> pressure.Pressure | None:
        source = pressure.MEMORY_SOURCE
        try:
            return source.parse(text_of(self._tree.read(source.path)[0]))
        except (OSError, ParseError):
            return None

    def _add_groups(
        self,
        processes: dict[int, DelayedProcess],
        earlier: Mapping[int, DelayedProcess],
        deadline: Deadline,
    ) -> None:
        """The group of those who waited; read last, by a child: these reads may hang."""
        changed = [pid for pid, one in processes.items() if earlier.get(pid) is not one]
        changed.sort(key=lambda pid: -processes[pid].stats.freepages.waited_ns_total)
        walk = ForkedWalk(memberships(self._tree, changed[:_MEMBERS_MAX_COUNT]))
        for event in walk.finish(deadline.left_s())[0]:
            if event.kind != "process":
                continue
            try:
                path = pid_cgroup.parse(text_of(event.files["cgroup"])).path
            except ParseError:
                continue
            one = processes[int(event.path)]
            processes[one.pid_id] = DelayedProcess(
                pid_id=one.pid_id, stat=one.stat, stats=one.stats, cgroup_path=path
            )

    def end(self) -> None:
        """What the socket has to say of what it did not get."""
        socket = self._socket
        if socket is None:
            return
        if socket.unreadable is not None:
            self._gaps.append(
                Gap(path=TASKSTATS_PATH, reason=str(socket.unreadable), cost=_COST_SOME)
            )
        if socket.unanswered_count:
            reason = f"{socket.unanswered_count} requests were not answered in time"
            self._gaps.append(Gap(path=TASKSTATS_PATH, reason=reason, cost=_COST_SOME))
