"""Whom the OOM killer would take, first to last, host-wide and in each cgroup that has a limit.

``mm/oom_kill.c:select_bad_process`` walks the tasks and keeps the one with most points. Of equals the
later one is kept since 5.3 (``oom_evaluate_task()``: ``points < chosen_points`` is passed over), the
earlier one before. Tasks are listed in the order they were started, which starttime and pid tell: pids
alone wrap around. A cgroup's tasks are walked group by group, each in the order they entered it, which
no file tells: start order stands for it, and matters among exact equals only.

Left out: kernel threads and what has no user memory. Never chosen, and listed last with 0 points: pid 1
of the host (where kernel threads can be seen; a container's pid 1 can be killed from outside) and
oom_score_adj -1000. Until 5.0 a child may be taken in its parent's place; that is not modelled.
"""

from collections.abc import Collection, Iterable, Mapping

from vmadvisor.kernel.badness import (
    OOM_SCORE_ADJ_MAX,
    OOM_SCORE_ADJ_MIN,
    Footprint,
    badness_pages,
    cgroup_total_pages,
    footprint,
    grown,
    host_total_pages,
    oom_score,
)
from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Process, Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.units import pages_from_kib

__all__ = [
    "HOST_SCOPE",
    "Victim",
    "badness_pages",
    "domain_of",
    "is_recorded_in_part",
    "oom_score",
    "unranked",
    "victims",
]

HOST_SCOPE = "host"
_INIT_PID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """One process in one scope.

    ``points_pages`` is ``oom_badness()`` with the scope's T; ``oom_score`` is /proc's formula, which is
    host-wide in every scope; ``kernel_oom_score`` is what the kernel printed, for comparison only.
    """

    pid_id: int
    comm: str
    scope: str
    points_pages: int
    oom_score: int
    kernel_oom_score: int | None
    oom_score_adj: int
    killable: bool
    rss_pages: int
    swap_pages: int
    page_table_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    process: Process
    size: Footprint
    adj: int
    killable: bool
    oom_score: int


def victims(
    snapshot: Snapshot,
    *,
    adjust: Mapping[str, int] | None = None,
    grow: Mapping[str, int] | None = None,
) -> Mapping[str, tuple[Victim, ...]]:
    """Kill order by scope, ``"host"`` first, then cgroup paths.

    ``adjust`` sets another oom_score_adj, ``grow`` adds bytes of resident memory, by pid (as text) or by
    exact name. Empty where nothing can be
    ranked; processes left out are in ``unranked``. Of a recording that kept the first few only, those
    few, and no cgroup's order: who is first within a group may not be among them.
    """
    total_pages, rules = host_total_pages(snapshot), behaviour_of(snapshot)
    candidates = _candidates(snapshot, adjust or {}, grow or {}, total_pages, rules)
    if total_pages is None or not candidates:
        return {}
    ordered = {HOST_SCOPE: _ordered(HOST_SCOPE, candidates, total_pages, rules)}
    if is_recorded_in_part(snapshot):
        return {HOST_SCOPE: _leading(ordered[HOST_SCOPE], snapshot)}
    limits = _limits(snapshot, total_pages)
    for path, members in _members(snapshot, limits, candidates).items():
        ordered[path] = _ordered(path, members, limits[path], rules)
    return ordered


def unranked(snapshot: Snapshot) -> Mapping[int, str]:
    """Processes that have user memory and cannot be ranked, by pid, and why.

    A reason that holds for all of them stands under pid 0.
    """
    scan, page_bytes, rules = snapshot.processes, page_size_bytes(snapshot), behaviour_of(snapshot)
    if scan is None:
        return {0: "no processes"}
    if host_total_pages(snapshot) is None or page_bytes is None:
        return {0: "MemTotal, SwapTotal or the page size is not known"}
    if not rules.has_known_badness:
        return {0: "kernels before 3.10, or of no known version, are not modelled"}
    found = {}
    for pid, process in scan.details.items():
        if process.stat.is_kernel_thread:
            continue
        size = footprint(process, page_bytes, rules)
        if isinstance(size, str):
            if size != "no user memory":
                found[pid] = size
        elif process.oom_score_adj is None:
            found[pid] = "no oom_score_adj"
    return found


def domain_of(path: str, orders: Mapping[str, object]) -> str:
    """Whose order counts when memory runs out in a cgroup: its own, or that of the nearest limit above it.

    >>> domain_of("/a/b/c", {"host": (), "/a": (), "/a/b/x": ()}), domain_of("/q", {"host": ()})
    ('/a', 'host')
    """
    while path not in orders:
        path = path.rpartition("/")[0]
        if not path:
            return HOST_SCOPE
    return path


def is_recorded_in_part(snapshot: Snapshot) -> bool:
    """True for a recording that kept the first few; a live host can still be asked for the rest."""
    scan = snapshot.processes
    return scan is not None and not scan.is_complete and not snapshot.host.is_live


def _leading(order: tuple[Victim, ...], snapshot: Snapshot) -> tuple[Victim, ...]:
    """As many as are surely the first; those that are never killed stay."""
    count = snapshot.processes.leading_count if snapshot.processes is not None else None
    killable = [victim for victim in order if victim.killable]
    return (*killable[:count], *(victim for victim in order if not victim.killable))


def _candidates(
    snapshot: Snapshot,
    adjust: Mapping[str, int],
    grow: Mapping[str, int],
    total_pages: int | None,
    rules: Behaviour,
) -> list[_Candidate]:
    """Everything that can be ranked, in the order tasks are walked."""
    scan, page_bytes = snapshot.processes, page_size_bytes(snapshot)
    if scan is None or page_bytes is None or total_pages is None or not rules.has_known_badness:
        return []
    found = []
    for process in scan.details.values():
        if process.stat.is_kernel_thread:
            continue
        size = footprint(process, page_bytes, rules)
        adj = _adj(process, adjust)
        if isinstance(size, str) or adj is None:
            continue
        size = grown(size, _asked(process, grow) or 0, page_bytes)
        is_init = process.pid_id == _INIT_PID and scan.sees_kernel_threads
        killable = not is_init and adj != OOM_SCORE_ADJ_MIN
        points = badness_pages(size, adj, total_pages, rules)
        found.append(
            _Candidate(
                process=process,
                size=size,
                adj=adj,
                killable=killable,
                oom_score=oom_score(points, total_pages, rules) if killable else 0,
            )
        )
    found.sort(key=lambda one: (one.process.stat.starttime_ticks, one.process.pid_id))
    return found


def _asked(process: Process, by_name: Mapping[str, int]) -> int | None:
    """A pid goes before a name."""
    return by_name.get(str(process.pid_id), by_name.get(process.stat.comm))


def _adj(process: Process, adjust: Mapping[str, int]) -> int | None:
    wanted = _asked(process, adjust)
    if wanted is None:
        return process.oom_score_adj
    return min(max(wanted, OOM_SCORE_ADJ_MIN), OOM_SCORE_ADJ_MAX)


def _ordered(
    scope: str, candidates: Iterable[_Candidate], total_pages: int, rules: Behaviour
) -> tuple[Victim, ...]:
    """Most points first; of equals the one the kernel would keep; those never chosen last."""
    listed = [_victim(scope, one, total_pages, rules) for one in candidates]
    killable = [one for one in listed if one.killable]
    if rules.later_equal_task_wins:
        killable.reverse()
    killable.sort(key=lambda one: -one.points_pages)
    return (*killable, *(one for one in listed if not one.killable))


def _victim(scope: str, one: _Candidate, total_pages: int, rules: Behaviour) -> Victim:
    size = one.size
    return Victim(
        pid_id=one.process.pid_id,
        comm=one.process.stat.comm,
        scope=scope,
        points_pages=badness_pages(size, one.adj, total_pages, rules) if one.killable else 0,
        oom_score=one.oom_score,
        kernel_oom_score=one.process.oom_score,
        oom_score_adj=one.adj,
        killable=one.killable,
        rss_pages=size.rss_pages,
        swap_pages=size.swap_pages,
        page_table_pages=size.page_table_pages,
    )


def _limits(snapshot: Snapshot, host_pages: int) -> dict[str, int]:
    """T by path, of each cgroup that has a limit."""
    meminfo, page_bytes = snapshot.get(Meminfo), page_size_bytes(snapshot)
    if snapshot.cgroups is None or meminfo is None or page_bytes is None:
        return {}
    swap_pages = host_pages - pages_from_kib(meminfo.mem_total_kib, page_bytes)
    swappiness_count = (snapshot.get(VmSysctl) or VmSysctl()).swappiness_count
    found = {}
    for path, group in snapshot.cgroups.groups.items():
        total_pages = cgroup_total_pages(
            group,
            page_size=page_bytes,
            swap_total_pages=swap_pages,
            swappiness_count=swappiness_count,
        )
        if total_pages is not None:
            found[path] = total_pages
    return found


def _members(
    snapshot: Snapshot, paths: Collection[str], candidates: Iterable[_Candidate]
) -> dict[str, list[_Candidate]]:
    """By path: the processes in that cgroup or below it, in the order given."""
    groups = snapshot.cgroups.groups if snapshot.cgroups is not None else {}
    listed: dict[int, list[str]] = {}
    for path in paths:
        for pid in groups[path].pids or ():
            listed.setdefault(pid, []).append(path)
    found: dict[str, list[_Candidate]] = {path: [] for path in paths}
    for one in candidates if found else ():
        above = _self_and_above(one.process.cgroup_path)
        for path in above.union(listed.get(one.process.pid_id, ())):
            if path in found:
                found[path].append(one)
    return {path: members for path, members in found.items() if members}


def _self_and_above(path: str | None) -> frozenset[str]:
    """A cgroup's path and those of all groups above it.

    >>> sorted(_self_and_above("/system.slice/cron.service"))
    ['/', '/system.slice', '/system.slice/cron.service']
    """
    if path is None:
        return frozenset()
    parts = [part for part in path.split("/") if part]
    return frozenset("/" + "/".join(parts[:count]) for count in range(len(parts) + 1))
