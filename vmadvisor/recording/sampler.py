"""One moment of this host as files: what is due is read, raw, and named by when.

A process's control group is known from the walk before: asking for it may wait for a lock.
"""

import errno
import time
from typing import NamedTuple

from vmadvisor.collect.tree import Tree, reason_of
from vmadvisor.collect.wanted import CGROUP_MOUNT
from vmadvisor.recording.group_walker import GroupWalker
from vmadvisor.recording.process_shortlist import Files, ProcessShortlist
from vmadvisor.recording.schedule import SETTINGS, SLOW, TICKING, paths_of

SETTINGS_CHECK_S = 60.0

SCAN_CPU_RATIO = 0.005
"""Share of one CPU that process scans may take: above some 3,000 processes they become rarer."""

_LASTING = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EOPNOTSUPP, errno.ENODEV}
)
"""Why a file will not be there at the next tick either; ENOMEM, in a stall, is not among them."""

_ROUNDING_S = 0.001  # a tick that comes this much too early counts as due


class Tick(NamedTuple):
    """Files read at one moment of CLOCK_MONOTONIC; paths have no leading slash."""

    time_s: float
    files: Files


class Plan(NamedTuple):
    """What is read and how often; ``top_count`` ``None`` takes every process."""

    interval_s: float
    processes_every_s: float
    top_count: int | None
    cgroups: bool


class Sampler:
    """Makes ticks; ``gaps`` says what could not be read, by path."""

    __slots__ = ("_due_processes_s", "_due_settings_s", "_group_files", "_groups", "_plan",
                 "_processes", "_settings", "_slow", "_ticking", "_tree", "gaps")  # fmt: skip

    def __init__(self, tree: Tree, plan: Plan, groups: GroupWalker | None) -> None:
        self._tree = tree
        self._plan = plan
        self._groups = groups
        self._processes = ProcessShortlist(tree, plan.top_count)
        self._ticking: list[str] = []
        self._slow: list[str] = []
        self._settings: dict[str, bytes] = {}
        self._group_files: dict[str, bytes] = {}
        self._due_processes_s = self._due_settings_s = 0.0
        self.gaps: dict[str, str] = {}

    def sample(self, *, settings: bool = False, processes: bool = False) -> list[Tick]:
        """What is due now, or asked for; a walk of the groups is a tick of its own, before it."""
        earlier = self._walked()
        tick = Tick(self._tree.now_s(), [])
        if settings:
            self._look_around()
        host = self._read(self._ticking)
        if settings or processes or tick.time_s >= self._due_processes_s - _ROUNDING_S:
            host += self._read(self._slow)
        if processes or tick.time_s >= self._due_processes_s - _ROUNDING_S:
            tick.files.extend(self._scan(tick.time_s))
        if settings or tick.time_s >= self._due_settings_s:
            self._due_settings_s = tick.time_s + SETTINGS_CHECK_S
            host += self._changed_settings(everything=settings)
        # Processes first: an archive that ends within them looks as if it had been cut there.
        tick.files.extend(host)
        return [*earlier, tick]

    def _look_around(self) -> None:
        """Which files there are; what cannot be read is asked for again only here."""
        self.gaps = {path: why for path, why in self.gaps.items() if path.startswith(CGROUP_MOUNT)}
        self._ticking = list(paths_of(TICKING, self._tree))
        self._slow = list(paths_of(SLOW, self._tree))
        self._settings = dict.fromkeys(paths_of(SETTINGS, self._tree), b"")
        self._processes.forget()

    def _read(self, paths: list[str]) -> Files:
        """Files as they are; those that cannot be there next time either leave the list."""
        files: Files = []
        gone: list[str] = []
        for path in paths:
            try:
                files.append((path, self._tree.read(path)[0]))
            except OSError as error:
                self.gaps[path] = reason_of(error)
                if error.errno in _LASTING:
                    gone.append(path)
        for path in gone:
            paths.remove(path)
        return files

    def _changed_settings(self, *, everything: bool) -> Files:
        known = self._settings
        files = self._read(list(known))
        self._settings = dict(files)
        return [(path, data) for path, data in files if everything or known[path] != data]

    def _scan(self, now_s: float) -> Files:
        """Processes, and the question for their groups; the more it costs the rarer it is."""
        began_s = time.thread_time()
        files, started = self._processes.take()
        cost_s = time.thread_time() - began_s
        self._due_processes_s = now_s + max(self._plan.processes_every_s, cost_s / SCAN_CPU_RATIO)
        if self._groups is None:
            return files
        for pid, time_of_start in started.items():
            text = self._group_files.get(pid)
            if text is not None and self._groups.started_of(pid) == time_of_start:
                files.append((f"proc/{pid}/cgroup", text))
        if self._groups.is_waiting:
            self.gaps[CGROUP_MOUNT] = "did not answer within the time between two scans"
        self._groups.ask(started)
        return files

    def _walked(self) -> list[Tick]:
        groups = self._groups.take() if self._groups is not None else None
        if groups is None:
            return []
        self._group_files = groups.of_processes
        self.gaps.update(groups.gaps)
        return [Tick(groups.time_s, list(groups.files.items()))] if groups.files else []
