"""Whose processes did the reading: they end with it, so nothing is to be advised for them.

Told by pid and descent, never by name: a process of anybody's may be called vmadvisor.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Process, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProcesses:
    """The reader and all that descend from it."""

    pids: frozenset[int]


def own_processes(snapshot: Snapshot) -> OwnProcesses | None:
    """``None`` where the tree does not say who read it."""
    reader, scan = snapshot.host.reader_pid_id, snapshot.processes
    if reader is None:
        return None
    details = {} if scan is None else scan.details
    mine = {pid for pid in details if _descends(pid, reader, details)}
    return OwnProcesses(pids=frozenset({reader, *mine}))


def _descends(pid: int, reader: int, details: Mapping[int, Process]) -> bool:
    """Whether the line of parents that were read leads to the reader; files read one by one may make a ring."""
    seen: set[int] = set()
    while pid not in seen:
        if pid == reader:
            return True
        seen.add(pid)
        process = details.get(pid)
        if process is None:
            return False
        pid = process.stat.ppid_id
    return False
