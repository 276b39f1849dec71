"""What a walk through the control groups found, as records."""

from collections.abc import Iterable, Mapping

from vmadvisor.collect.cgroup_walk import Event
from vmadvisor.collect.top_kills import top_kills_of
from vmadvisor.collect.tree import text_of
from vmadvisor.collect.wanted import CGROUP_MOUNT
from vmadvisor.errors import ParseError
from vmadvisor.snapshot import CgroupScan, Gap, TopKills
from vmadvisor.sources import cgroup, pid_cgroup

COST = "a group at its limit cannot be told from a host short of memory"
_PID_DIGITS_MAX_COUNT = 10


def assemble(
    events: Iterable[Event], *, unanswered_s: float | None
) -> tuple[CgroupScan | None, dict[int, str], list[Gap]]:
    """(the scan, the group of each process that was asked for, what is missing).

    ``unanswered_s``: the walk was given up after that time.
    """
    files: dict[str, dict[str, bytes]] = {}
    groups_of: dict[int, str] = {}
    gaps: list[Gap] = []
    time_s, seen_count, is_complete = 0.0, 0, False
    top_kills: TopKills | None = None
    for event in events:
        seen_count = max(seen_count, event.seen_count)
        time_s = max(time_s, event.time_s)
        if event.kind == "group":
            files.setdefault(event.path, {}).update(event.files)
        elif event.kind == "members":
            groups_of.update(dict.fromkeys(_pids(event.files["cgroup.procs"]), event.path))
        elif event.kind == "process":
            groups_of[int(event.path)] = pid_cgroup.parse(text_of(event.files["cgroup"])).path
        elif event.kind == "kills":
            top_kills = top_kills_of(files, event.files)
        elif event.kind == "error":
            gaps.append(
                Gap(path=f"/{event.path}", reason=text_of(event.files["reason"]), cost=COST)
            )
        else:
            is_complete = event.path != "cut"
            gaps += [] if is_complete else [_cut_gap(seen_count)]
    reason = "" if seen_count else "no group with memory files"
    if unanswered_s is not None:
        reason = f"did not answer within {unanswered_s:.2g} s"
    if reason:
        gaps.append(Gap(path=f"/{CGROUP_MOUNT}", reason=reason, cost=COST))
    if not seen_count:
        return None, groups_of, gaps
    groups = _parsed(files, gaps)
    scan = CgroupScan(
        time_s=time_s,
        seen_count=seen_count,
        is_complete=is_complete,
        groups=groups,
        top_kills=top_kills,
    )
    return scan, groups_of, gaps


def _cut_gap(seen_count: int) -> Gap:
    reason = f"more than {seen_count} groups, of which the first were looked at"
    return Gap(path=f"/{CGROUP_MOUNT}", reason=reason, cost=COST)


def _pids(data: bytes) -> list[int]:
    lines = (line for line in data.split() if len(line) <= _PID_DIGITS_MAX_COUNT)
    return [int(line) for line in lines if line.isdigit()]


def _parsed(
    files: Mapping[str, Mapping[str, bytes]], gaps: list[Gap]
) -> dict[str, cgroup.CgroupMemory]:
    groups: dict[str, cgroup.CgroupMemory] = {}
    for path, group in files.items():
        try:
            groups[path] = cgroup.parse({name: text_of(data) for name, data in group.items()})
        except ParseError as error:
            if "memory.current" in group or "memory.max" in group:
                gaps.append(Gap(path=f"/{CGROUP_MOUNT}{path}", reason=str(error), cost=COST))
    return groups
