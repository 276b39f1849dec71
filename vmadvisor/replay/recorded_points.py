"""A recording as points in time, for the history: counters and gauges, and nothing that was not read then."""

from pathlib import Path
from typing import Final

from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.recording_meta import NAME, meta_of
from vmadvisor.collect.recording_ticks import ticks_of
from vmadvisor.collect.recording_walk import walk
from vmadvisor.collect.wanted import Wanted
from vmadvisor.errors import RootError
from vmadvisor.model.calibration.host_identity import HostIdentity, identity_of
from vmadvisor.model.past import Point, point_of
from vmadvisor.records import dataclass
from vmadvisor.replay.halved import Halved
from vmadvisor.snapshot import Gap
from vmadvisor.sources import SOURCES

ORIGIN: Final = "recording"
POINTS_MAX_COUNT: Final = 2000
"""Of one recording, evenly spread: counters lose nothing between points that are left."""

_NOT_NEEDED: Final = frozenset({"/proc", "/sys/fs/cgroup"})
"""Scans of processes and groups, of which a point keeps nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPoints:
    """``gaps`` are what the recording lost of the host's own files."""

    host: HostIdentity
    points: tuple[Point, ...]
    gaps: tuple[Gap, ...]


def recorded_points(path: str) -> RecordedPoints:
    """Walks the recording; ``RootError`` where it is none, or does not say when it was made."""
    zero_utc_s = _zero_utc_s(path)
    points: Halved[Point] = Halved(POINTS_MAX_COUNT)
    gaps: dict[Gap, None] = {}
    host = HostIdentity()
    for snapshot in walk(Path(path), with_processes=False):
        host = identity_of(snapshot)
        gaps.update(dict.fromkeys(g for g in snapshot.gaps if g.path not in _NOT_NEEDED))
        if not points.is_wanted():
            continue
        point = point_of(snapshot, time_utc_s=zero_utc_s + snapshot.time_s, origin=ORIGIN)
        if point is not None:
            points.keep(point)
    return RecordedPoints(host=host, points=tuple(points.kept), gaps=tuple(gaps))


def _zero_utc_s(path: str) -> float:
    first = next(ticks_of(Path(path), Wanted(SOURCES), lambda kind: kind == "record"), None)
    meta = first.meta if first is not None else None
    told = meta_of(MemoryTree({NAME: (meta or b"", 0.0)}, processes_time_s=0.0, empty="proc"))
    if told.zero_utc_s is None:
        raise RootError(f"{path}: it does not say when it was made")
    return told.zero_utc_s
