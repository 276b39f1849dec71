"""The files of one process as a ``Process``; a process may end between any two of them."""

import errno
from collections.abc import Callable
from typing import TypeVar

from vmadvisor.collect.tree import Tree, text_of
from vmadvisor.errors import ParseError
from vmadvisor.snapshot import Process
from vmadvisor.sources import pid_stat, pid_statm, pid_status
from vmadvisor.sources._lines import single
from vmadvisor.sources.pid_stat import PidStat

R = TypeVar("R")

GONE = frozenset({errno.ENOENT, errno.ESRCH, errno.ENOTDIR})


def read_stat(tree: Tree, pid_id: int) -> PidStat:
    """The one file a process cannot do without; raises ``OSError`` or ``ParseError``.

    A process that ended after the open gives an empty file, or ESRCH.
    """
    data = tree.peek(f"proc/{pid_id}/stat")
    if not data:
        raise ProcessLookupError(errno.ESRCH, "no such process")
    return pid_stat.parse(text_of(data))


def read_process(tree: Tree, pid_id: int) -> Process:
    """All files but ``cgroup``, which takes the lock of the whole hierarchy and is read last."""
    directory = f"proc/{pid_id}/"
    return Process(
        pid_id=pid_id,
        stat=read_stat(tree, pid_id),
        # Long: a list of groups and masks of CPUs and nodes stand before the sizes.
        status=_parsed(lambda: tree.read(directory + "status")[0], pid_status.parse),
        statm=_parsed(lambda: tree.peek(directory + "statm"), pid_statm.parse),
        oom_score=_parsed(lambda: tree.peek(directory + "oom_score"), single),
        oom_score_adj=_parsed(lambda: tree.peek(directory + "oom_score_adj"), single),
        cgroup_path=None,
    )


def read_kernel_thread(pid_id: int, stat: PidStat) -> Process:
    """A kernel thread has no memory of its own: nothing but ``stat`` is worth reading."""
    return Process(
        pid_id=pid_id,
        stat=stat,
        status=None,
        statm=None,
        oom_score=None,
        oom_score_adj=None,
        cgroup_path=None,
    )


def _parsed(read: Callable[[], bytes], parse: Callable[[str], R]) -> R | None:
    """The record; ``None`` where the file cannot be read or makes no sense."""
    try:
        data = read()
        return parse(text_of(data)) if data else None
    except (OSError, ParseError):
        return None
