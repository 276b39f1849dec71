"""Two moments of what tasks have waited for, and whether the kernel counts it at all."""

import time

from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.delay_sampler import COST, TASKSTATS_PATH, DelaySampler
from vmadvisor.collect.live import hidden_processes, host_facts
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.moment import Moment
from vmadvisor.collect.request import Request
from vmadvisor.collect.taskstats_socket import open_taskstats
from vmadvisor.collect.tree import Tree
from vmadvisor.delay_scan import DelayScan
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap, Snapshot
from vmadvisor.sources import cmdline, sysctl_kernel, version

_FACTS = (sysctl_kernel.SOURCE, cmdline.SOURCE, version.SOURCE)


def take_delays(
    interval_s: float, deadline_s: float, tree: Tree | None = None
) -> tuple[DelayScan, DelayScan, list[Gap]]:
    """(before, after, gaps); processes in neither where taskstats cannot be had, which a gap tells."""
    tree = LiveTree() if tree is None else tree
    gaps = hidden_processes(tree)
    try:
        socket = open_taskstats()
    except RootError as error:
        gaps.append(Gap(path=TASKSTATS_PATH, reason=str(error), cost=COST))
        return *_pair(DelaySampler(tree, None, deadline_s, gaps), interval_s), gaps
    try:
        return *_pair(DelaySampler(tree, socket, deadline_s, gaps), interval_s), gaps
    finally:
        socket.close()


def _pair(sampler: DelaySampler, interval_s: float) -> tuple[DelayScan, DelayScan]:
    before = sampler.sample(None)
    time.sleep(interval_s)
    after = sampler.sample(before)
    sampler.end()
    return before, after


def delay_facts(deadline_s: float, tree: Tree | None = None) -> Snapshot:
    """As far as files tell whether the kernel counts delays: the switch, the boot arguments, the version."""
    deadline = Deadline(deadline_s)
    moment = Moment(LiveTree() if tree is None else tree, Request(processes="none"), deadline)
    moment.read(_FACTS, deadline)
    return moment.snapshot(host_facts())
