"""Moments for a simulation: all of a recording, or some seconds of the live host."""

import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import click

from vmadvisor.cli._options import opened
from vmadvisor.collect import Request, take
from vmadvisor.collect.recording_walk import walk
from vmadvisor.collect.roots import LIVE
from vmadvisor.errors import RootError
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.snapshot import Snapshot

LIVE_STEP_S = 0.5


def watched(root: str, seconds_s: float) -> tuple[Snapshot, list[Observed]]:
    """The last snapshot and every moment; ``ClickException`` where nothing can be simulated."""
    last: Snapshot | None = None
    moments: list[Observed] = []
    snapshots = _live(root, seconds_s) if root == LIVE else walk(Path(root))
    for last in snapshots:
        moment = _later(moments, last)
        if moment is not None:
            moments.append(moment)
    if last is None or not moments:
        raise click.ClickException(
            "vmstat, zoneinfo or meminfo could not be read: nothing can be simulated"
        )
    return last, moments


def moments_of(root: str, seconds_s: float, last_s: float) -> list[Observed]:
    """What can be simulated of a root: the live host's next seconds, a recording's last, or nothing."""
    if root == LIVE:
        return [m for one in _live(root, seconds_s) if (m := observed(one)) is not None]
    if not Path(root).exists():
        return []  # take() says so
    found: deque[Observed] = deque()
    try:
        for snapshot in walk(Path(root)):
            moment = _later(found, snapshot)
            if moment is None:
                continue
            found.append(moment)
            while found[-1].sample.time_s - found[0].sample.time_s > last_s:
                found.popleft()
    except RootError:
        return []  # no recording, but a captured tree: take() reads it, or says why not
    return list(found)


def _later(moments: Sequence[Observed], snapshot: Snapshot) -> Observed | None:
    """``None`` for a tick without a vmstat of its own: nothing moves in it."""
    moment = observed(snapshot)
    if moment is None or (moments and moment.sample.time_s <= moments[-1].sample.time_s):
        return None
    return moment


def _live(root: str, seconds_s: float) -> list[Snapshot]:
    """The host as it goes on, twice a second."""
    request = Request(interval_s=0)
    found = []
    end_s = time.monotonic() + seconds_s
    while True:
        found.append(take(opened(root), request)[1])
        if time.monotonic() >= end_s:
            return found
        time.sleep(LIVE_STEP_S)
