"""The live host: two moments an interval apart, within a deadline."""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH115, PTH116

import os
import time

from vmadvisor.collect.cgroup_scan import COST
from vmadvisor.collect.cgroup_walk import walk, walk_top
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.forked import ForkedWalk
from vmadvisor.collect.hidepid import proc_options
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.moment import Moment
from vmadvisor.collect.request import Request
from vmadvisor.collect.tree import Tree, text_of
from vmadvisor.collect.wanted import CGROUP_MOUNT
from vmadvisor.snapshot import Gap, HostFacts, ProcessScan, Snapshot
from vmadvisor.sources import DEEP_SOURCES, SOURCES, meminfo, pressure, vmstat, zoneinfo
from vmadvisor.sources.buddyinfo import Buddyinfo
from vmadvisor.sources.zoneinfo import Zoneinfo

ZONE_LOCK_CPUS_MAX = 64
"""Above this many CPUs a reader that takes every zone's lock is felt."""

ZONE_LOCK_INTERVAL_S = 1.0
ZONE_LOCK_KINDS: tuple[type, ...] = (Zoneinfo, Buddyinfo)

_INVISIBLE = frozenset({"2", "invisible", "4", "ptraceable"})
_HIDEPID_COST = "who holds the memory and whom the OOM killer would take is known of our own only"


SAMPLE_STEP_S = 1.0
"""A forecast rests on samples a second apart, as recordings had them that it was fitted on."""


def take_live(request: Request, tree: Tree | None = None) -> tuple[Snapshot | None, Snapshot]:
    """(before, after); before is ``None`` for an interval of 0."""
    before, after, _ = take_watched(request, tree)
    return before, after


def take_watched(
    request: Request, tree: Tree | None = None
) -> tuple[Snapshot | None, Snapshot, list[Snapshot]]:
    """(before, after, what lay between): samples of the interval's last ``past_s``, a second apart."""
    tree = LiveTree() if tree is None else tree
    deadline = Deadline(request.deadline_s)
    host = host_facts()
    if request.interval_s <= 0:
        return None, _after(tree, request, deadline, None).snapshot(host), []
    before = Moment(tree, request, deadline)
    before.read(SOURCES, deadline, sizes_only=request.processes == "shortlist")
    between = _pass_interval(tree, request, before, deadline)
    after = _after(tree, request, deadline, before)
    return before.snapshot(host), after.snapshot(host), between


def take_next(request: Request, earlier: ProcessScan | None, tree: Tree | None = None) -> Snapshot:
    """One moment, of a host whose processes were read before: who grew, and where kswapd is, is known."""
    tree = LiveTree() if tree is None else tree
    deadline = Deadline(request.deadline_s)
    return _after(tree, request, deadline, None, earlier=earlier).snapshot(host_facts())


_TOP_MAX_S = 1.0
"""How long the groups are waited for, where only kills are to be told."""

_SAMPLED = (
    meminfo.SOURCE, vmstat.SOURCE, zoneinfo.SOURCE, pressure.MEMORY_SOURCE, pressure.IO_SOURCE,
)  # fmt: skip


def take_sample(tree: Tree | None = None, *, with_kills: bool = False) -> Snapshot:
    """What a forecast's sample is made of and no more: five files of the host.

    ``with_kills``: and what tells whose OOM kills were.
    """
    tree = LiveTree() if tree is None else tree
    deadline = Deadline(None)
    moment = Moment(tree, Request(processes="none", cgroups=False), deadline)
    moment.read(_SAMPLED, deadline)
    if with_kills:
        events, unanswered_s = ForkedWalk(walk_top(tree)).finish(_TOP_MAX_S)
        moment.add_cgroups(events, unanswered_s=unanswered_s)
    return moment.snapshot(host_facts())


def _pass_interval(
    tree: Tree, request: Request, before: Moment, deadline: Deadline
) -> list[Snapshot]:
    """Waits; the control groups of ``before`` are walked meanwhile, at no cost in time; samples are taken."""
    end_s = time.monotonic() + request.interval_s
    deadline.extend(request.interval_s)
    forked = ForkedWalk(walk(tree, before.walk_plan())) if request.cgroups else None
    samples: list[Snapshot] = []
    for at_s in (*_sample_times_s(end_s, request), end_s):
        if forked is not None:
            forked.gather(max(0.0, at_s - time.monotonic()))
        time.sleep(max(0.0, at_s - time.monotonic()))
        # Where the next one is due already it is left out: on a host that stalls each is a wait.
        if at_s < end_s and time.monotonic() < at_s + SAMPLE_STEP_S:
            samples.append(take_sample(tree))
    if forked is not None:
        events, unanswered_s = forked.finish(0.0)
        before.add_cgroups(events, unanswered_s=unanswered_s)
    return samples


def _sample_times_s(end_s: float, request: Request) -> list[float]:
    """A second apart, before the end and behind the beginning; none where nobody asks for a past."""
    count = int((min(request.interval_s, request.past_s) - SAMPLE_STEP_S / 2) / SAMPLE_STEP_S)
    return [end_s - SAMPLE_STEP_S * before for before in range(count, 0, -1)]


def _after(
    tree: Tree,
    request: Request,
    deadline: Deadline,
    before: Moment | None,
    *,
    earlier: ProcessScan | None = None,
) -> Moment:
    moment = Moment(tree, request, deadline)
    sources = SOURCES + DEEP_SOURCES if request.deep else SOURCES
    reuses = before is not None and spares_zone_locks(request.interval_s)
    moment.read(
        sources,
        deadline,
        reused=before.readings(ZONE_LOCK_KINDS) if before is not None and reuses else None,
        earlier=before.processes if before is not None else earlier,
    )
    if request.processes != "none":
        moment.add_gaps(hidden_processes(tree))
    if request.cgroups and deadline.is_over():
        reason = f"not reached within {request.deadline_s:g} s"
        moment.add_gaps([Gap(path=f"/{CGROUP_MOUNT}", reason=reason, cost=COST)])
    elif request.cgroups:
        events, unanswered_s = ForkedWalk(walk(tree, moment.walk_plan())).finish(deadline.left_s())
        moment.add_cgroups(events, unanswered_s=unanswered_s)
    if request.configuration:
        moment.add_configuration(deadline)
    return moment


def spares_zone_locks(interval_s: float) -> bool:
    """True where the second moment uses the first one's zoneinfo and buddyinfo."""
    return interval_s < ZONE_LOCK_INTERVAL_S and (os.cpu_count() or 1) > ZONE_LOCK_CPUS_MAX


def host_facts() -> HostFacts:
    """What the running system says of itself without a file."""
    uname = os.uname()
    return HostFacts(
        hostname=uname.nodename or None,
        arch=uname.machine or None,
        boot_id=None,
        page_size_bytes=os.sysconf("SC_PAGE_SIZE"),
        clock_hz=os.sysconf("SC_CLK_TCK"),
        is_live=True,
        reader_pid_id=own_pid_id(),
    )


def own_pid_id() -> int | None:
    """This process as /proc numbers it; another PID namespace's procfs does not know it."""
    try:
        return int(os.readlink("/proc/self"))
    except (OSError, ValueError):
        return None


def hidden_processes(tree: Tree) -> list[Gap]:
    """A gap where ``hidepid`` keeps other users' processes out of /proc.

    The mount table is read only by an unprivileged user, or where init is not to be seen.
    """
    try:
        if os.geteuid() == 0 and "1" in tree.names("proc"):
            return []
        option = proc_options(text_of(tree.read("proc/self/mountinfo")[0])).get("hidepid")
        sees_all = "1" in tree.names("proc") and os.stat("/proc/1").st_uid != os.geteuid()
    except OSError:
        return []
    if option not in _INVISIBLE or sees_all:
        return []
    reason = f"hidepid={option}: other users' processes are invisible"
    return [Gap(path="/proc", reason=reason, cost=_HIDEPID_COST)]
