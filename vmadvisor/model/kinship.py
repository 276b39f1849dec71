"""Whose each process is and what it inherited: its unit, its parent, the parent's oom_score_adj.

``oom_score_adj`` passes over fork and exec (``kernel/fork.c:copy_signal``): a daemon that protects itself
protects all that it starts, unless it resets the value first as sshd does.
"""

from collections.abc import Mapping

from vmadvisor.model.unit_names import unit_of
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Process, Snapshot

INIT_PID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """One process; ``parent_*`` are ``None`` where the parent was not read, or is init."""

    pid_id: int
    comm: str
    oom_score_adj: int | None
    cgroup_path: str | None
    unit: str | None
    parent_pid_id: int | None
    parent_comm: str | None
    parent_adj: int | None
    is_init_child: bool

    @property
    def has_parents_adj(self) -> bool:
        """Whether its value is the parent's; two may also have chosen alike."""
        return self.parent_adj is not None and self.parent_adj == self.oom_score_adj


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """By pid, of every process that was read in detail and has user memory."""

    by_pid: Mapping[int, Kin]

    def of(self, pid_id: int) -> Kin | None:
        """The process's, ``None`` where it was not read."""
        return self.by_pid.get(pid_id)


def _kin(process: Process, details: Mapping[int, Process]) -> Kin:
    ppid = process.stat.ppid_id
    parent = details.get(ppid) if ppid > INIT_PID else None
    return Kin(
        pid_id=process.pid_id,
        comm=process.stat.comm,
        oom_score_adj=process.oom_score_adj,
        cgroup_path=process.cgroup_path,
        unit=unit_of(process.cgroup_path),
        parent_pid_id=None if parent is None else parent.pid_id,
        parent_comm=None if parent is None else parent.stat.comm,
        parent_adj=None if parent is None else parent.oom_score_adj,
        is_init_child=ppid == INIT_PID,
    )


def kinship(snapshot: Snapshot) -> Kinship | None:
    """``None`` without a process scan."""
    scan = snapshot.processes
    if scan is None:
        return None
    by_pid = {
        pid: _kin(process, scan.details)
        for pid, process in scan.details.items()
        if not process.stat.is_kernel_thread
    }
    return Kinship(by_pid=by_pid) if by_pid else None
