"""This host as it goes on: ticks as a recorder takes them, each made a snapshot at once.

The sampler reads what ticks every time, processes and control groups more rarely the more they cost; groups
are walked by a child that may hang without anybody waiting for it.
"""

import time
from collections.abc import Callable, Iterator

from vmadvisor.collect.live import hidden_processes, host_facts
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.recording_ticks import Tick
from vmadvisor.collect.recording_walk import Moments
from vmadvisor.collect.wanted import Wanted
from vmadvisor.live.clocks import Clocks, notes_between
from vmadvisor.live.moment import Moment
from vmadvisor.recording import sampler
from vmadvisor.recording.group_walker import GroupWalker
from vmadvisor.recording.pace import Pace
from vmadvisor.recording.sampler import Plan, Sampler
from vmadvisor.records import replace
from vmadvisor.snapshot import Gap, Snapshot
from vmadvisor.sources import SOURCES

_COST = "it is missing in what is shown"


class HostMoments:
    """To be made before any thread: it forks the child that walks control groups."""

    def __init__(
        self,
        interval_s: float,
        *,
        top_count: int,
        processes_every_s: float,
        tree: LiveTree | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._tree = LiveTree() if tree is None else tree
        self._sleep = sleep
        self._interval_s = interval_s
        plan = Plan(
            interval_s=interval_s,
            processes_every_s=max(interval_s, processes_every_s),
            top_count=top_count,
            cgroups=True,
        )
        self._groups = GroupWalker(self._tree)
        self._sampler = Sampler(self._tree, plan, self._groups)
        self._moments = Moments()
        self._wanted = Wanted(SOURCES)
        self._host = host_facts()
        self._hidden = tuple(hidden_processes(self._tree))
        self._is_first = True

    def __iter__(self) -> Iterator[Moment]:
        """One moment each interval, the first at once; late ones do not make the next ones hurry."""
        pace = Pace(self._interval_s, now_s=time.monotonic())
        clocks = Clocks.now()
        while True:
            snapshot, before = self._snapshot(), clocks
            clocks = Clocks.now()
            if snapshot is not None:
                yield Moment(snapshot, clocks.realtime_s, notes_between(before, clocks))
            now_s = time.monotonic()
            self._sleep(max(0.0, pace.next_s(now_s) - now_s))

    def close(self) -> None:
        """Ends the child."""
        self._groups.close()

    def _snapshot(self) -> Snapshot | None:
        """The newest tick's; ``None`` where not even one file of the host could be read."""
        found: Snapshot | None = None
        for tick in self._sampler.sample(settings=self._is_first, processes=self._is_first):
            found = self._moments.add(self._kept(tick)) or found
        self._is_first = False
        if found is None:
            return None
        unread = (
            Gap(path=f"/{path}", reason=why, cost=_COST)
            for path, why in self._sampler.gaps.items()
            if self._wanted.kind(path) != "record"
        )
        return replace(found, host=self._host, gaps=(*found.gaps, *self._hidden, *unread))

    def _kept(self, tick: sampler.Tick) -> Tick:
        """As a recording's reader would hand it on."""
        files = {
            path: (kind, data)
            for path, data in tick.files
            if (kind := self._wanted.kind(path)) is not None
        }
        return Tick(tick.time_s, files, (), None, is_cut=False, is_last=False)
