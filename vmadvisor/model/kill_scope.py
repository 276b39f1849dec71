"""Whether the host itself ran out of memory, or a cgroup came to its limit: what counters tell of OOM kills.

                 vmstat oom_kill   batch: oom, oom_kill   system.slice: oom, oom_kill
    before       4                 3  2                   0  0
    after        5                 4  3                   0  0        at batch's limit
    later        6                 4  3                   0  1        the host's: no ``oom`` rose

A kill without a cgroup's limit is the host's, also where a cpuset or a memory policy left too little
(``mm/oom_kill.c:constrained_alloc()``), or SysRq asked for it.
"""

from vmadvisor.model.rates import rise
from vmadvisor.snapshot import TopKills


def was_host_short(before: TopKills | None, after: TopKills | None) -> bool | None:
    """Whether one of the kills between the two was no cgroup's; ``None`` where that is not told.

    No: as many were killed in the groups whose ``oom`` rose, and it rose as often. (That a process of such a
    group was killed for the host, and the group then found nobody to kill, is not told apart.) Where a
    group came, went or began to count anew nothing is told; one that came and went in between is not seen.
    """
    if before is None or after is None or before.mark != after.mark:
        return None
    kills = rise(before.kills_total, after.kills_total)
    if kills is None or before.counts.keys() - after.counts.keys():
        return None
    if not kills:
        return False
    struck_ooms, struck_kills = 0, 0
    for path, (ooms, killed) in after.counts.items():
        old_ooms, old_killed = before.counts.get(path, (0, 0))
        if ooms < old_ooms or killed < old_killed:
            return None
        if ooms > old_ooms:
            struck_ooms += ooms - old_ooms
            struck_kills += killed - old_killed
    if not struck_ooms:
        return True
    return False if kills <= min(struck_kills, struck_ooms) else None
