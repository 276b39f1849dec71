"""A root and a request become snapshots."""

from collections.abc import Iterable
from typing import NamedTuple

from vmadvisor.collect.cgroup_walk import walk
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.moment import Moment
from vmadvisor.collect.request import Request
from vmadvisor.collect.roots import LiveRoot, Root
from vmadvisor.collect.tree import Tree
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap, Snapshot
from vmadvisor.sources import DEEP_SOURCES, SOURCES, AnySource


class Taken(NamedTuple):
    """What is wanted of a root.

    ``past`` is the last ``past_s`` up to ``after``, for a forecast: a recording's (see ``found``), of this
    host what was sampled between the two; empty where nothing was.
    """

    before: Snapshot | None
    after: Snapshot
    past: Iterable[Snapshot] = ()


def take(root: Root, request: Request) -> tuple[Snapshot | None, Snapshot]:
    """(before, after). Before is ``None`` where the root has one moment, or one is asked for.

    A recording's pair lies at least the interval apart, or spans all there is of it. Raises
    ``RootError`` where the root cannot be read at all, or has no moment ``at_s``.
    """
    found = taken(root, request)
    return found.before, found.after


def taken(root: Root, request: Request) -> Taken:
    """The same with what a forecast may look back at beside the two."""
    if isinstance(root, LiveRoot):
        if request.at_s is not None:
            raise RootError("the live host has no past: only a recording has moments to choose")
        from vmadvisor.collect.live import take_watched

        first, last, between = take_watched(request)
        return Taken(first, last, (first, *between, last) if first and between else ())
    sources = SOURCES + DEEP_SOURCES if request.deep else SOURCES
    found = root.moments(sources, request)
    before = found.before
    return Taken(
        None if before is None else _offline(before, sources, request, []),
        _offline(found.after, sources, request, found.gaps),
        found.past,
    )


def _offline(
    tree: Tree, sources: tuple[AnySource, ...], request: Request, gaps: list[Gap]
) -> Snapshot:
    """All that the tree holds: nothing in it can block, and nobody suffers from reading it."""
    from vmadvisor.collect.process_counts import as_recorded
    from vmadvisor.collect.recording_meta import meta_of

    deadline = Deadline(None)
    moment = Moment(tree, request, deadline)
    moment.read(sources, deadline)
    if request.cgroups:
        moment.add_cgroups(walk(tree, moment.walk_plan()))
    moment.add_configuration(deadline)
    meta = meta_of(tree)
    if moment.processes is not None:
        moment.processes = as_recorded(moment.processes, tree, meta)
    moment.add_gaps([*meta.gaps(), *gaps])
    return moment.snapshot(meta.host)
