"""Whose OOM kills vmstat counted, as far as the groups below v2's root tell.

    /proc/vmstat                          oom_kill 4         every kill, whoever ran out
    /sys/fs/cgroup/batch/memory.events    oom 3 oom_kill 2   out of memory at a limit below, killed below

``mem_cgroup_oom()`` and ``memory_max_write()`` (``mm/memcontrol.c``) raise ``oom`` before each kill at a
limit, and ``memcg_memory_event()`` raises it in every group above but the root. Not so before 5.2, or with
the mount option ``memory_localevents``: then a group counts for itself alone. v1 has no such counter.
"""

from collections.abc import Mapping

from vmadvisor.collect.cgroup_walk import LOCAL, MARK, MOUNTS, VMSTAT, kills_total
from vmadvisor.collect.tree import text_of
from vmadvisor.errors import ParseError
from vmadvisor.snapshot import TopKills
from vmadvisor.sources._lines import counters

_EVENTS = "memory.events"


def top_kills_of(
    groups: Mapping[str, Mapping[str, bytes]], beside: Mapping[str, bytes]
) -> TopKills | None:
    """``None`` where a group does not tell, or not of what is below it, or the root is not the host's."""
    kills = kills_total(beside[VMSTAT])
    if kills is None or _EVENTS in groups.get("/", {}):
        return None
    if kills and (beside[LOCAL] != b"yes" or counts_for_itself(beside.get(MOUNTS, b""))):
        return None
    counts = {}
    for path, files in groups.items():
        if path.count("/") != 1 or "memory.current" not in files:
            continue
        try:
            found = counters(text_of(files.get(_EVENTS, b"")))
        except ParseError:
            return None
        if "oom" not in found or "oom_kill" not in found:
            return None
        if found["oom"] or found["oom_kill"]:
            counts[path] = (found["oom"], found["oom_kill"])
    return TopKills(kills_total=kills, mark=text_of(beside[MARK]), counts=counts)


def counts_for_itself(mountinfo: bytes) -> bool:
    r"""Whether v2 is mounted with ``memory_localevents`` (``cgroup_show_options()``).

    >>> counts_for_itself(b"24 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,memory_localevents\n")
    True
    """
    lines = mountinfo.split(b"\n")
    return any(b" - cgroup2 " in line and b"memory_localevents" in line for line in lines)
