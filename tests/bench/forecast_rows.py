"""Rows to fit the forecast on: signals of a recording's instants as a live host would have seen them, and outcomes.

Each instant is also seen as by slower or younger observers: every second, every five seconds, and as two
readings one second apart, which is what a first ``check`` has.
"""

import itertools
import pickle
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.backtest.course import Course
from vmadvisor.model.backtest.instants import is_instant
from vmadvisor.model.events import DIRECT_RECLAIM, MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.forecast import HOST
from vmadvisor.model.group_signals import group_signals, limited_signals
from vmadvisor.model.group_stall_signals import group_stall_signals
from vmadvisor.model.rates import rise
from vmadvisor.model.sample import GroupSample, Sample, sample_of
from vmadvisor.model.signals import Signals, horizon_signals, state_signals
from vmadvisor.model.track import Track

HORIZONS_S = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
HOST_EVENTS = (DIRECT_RECLAIM, MEMORY_STALL, OOM_GLOBAL)
GROUP_OOM, GROUP_STALL = "group_oom", "group_stall"
GROUP_EVENTS = (GROUP_OOM, GROUP_STALL)
Readings = dict[str, list[GroupSample]]
STEPS = {"whole": 1, "1s": 5, "5s": 25, "pair": 5}
"""Every how many ticks of 0.2 s an observer looks."""


class Row(NamedTuple):
    """One instant, horizon, observer; ``outcomes`` and ``past`` by event, ``None`` where untold."""

    recording: str
    time_s: float
    horizon_s: float
    observer: str
    scope: str
    signals: Signals
    outcomes: dict[str, bool | None]
    past: dict[str, bool]
    stalled_ratio: float | None
    """PSI ``full`` share of the horizon that came, the host's or the group's."""


def _tracks(samples: list[Sample], index: int, interval_s: float) -> dict[str, Track]:
    """What each observer has seen; slower ones only where the recording is faster than they."""
    found = {}
    for observer, ticks in STEPS.items():
        if observer == "whole" or (interval_s > 0.5 and observer == "1s"):
            continue
        if index % 2:
            continue
        step = max(1, round(ticks * 0.2 / interval_s))
        chosen = samples[index % step : index + 1 : step]
        if observer == "pair":
            chosen = chosen[-2:]
        if len(chosen) < 2:
            continue
        found[observer] = track = Track()
        for sample in chosen:
            track.add(sample)
    return found


def _stalled_ratio(samples: list[Sample], index: int, horizon_s: float) -> float | None:
    now = samples[index]
    last = bisect_right(samples, now.time_s + horizon_s + 1e-6, key=lambda s: s.time_s) - 1
    stalled_us = rise(now.memory_full_us_total, samples[last].memory_full_us_total)
    return None if stalled_us is None else stalled_us / 1e6 / horizon_s


def _readings(samples: list[Sample]) -> Readings:
    """Of each group, one a scan: samples in between repeat the last."""
    found: Readings = {}
    for sample in samples:
        for group in sample.groups:
            own = found.setdefault(group.path, [])
            if not own or group.time_s > own[-1].time_s:
                own.append(group)
    return found


def _group_stalled_ratio(
    readings: list[GroupSample], time_s: float, horizon_s: float
) -> float | None:
    times_s = [group.time_s for group in readings]
    now, last = (bisect_right(times_s, t + 1e-6) - 1 for t in (time_s, time_s + horizon_s))
    stalled_us = rise(readings[max(now, 0)].full_us_total, readings[last].full_us_total)
    return None if stalled_us is None else stalled_us / 1e6 / horizon_s


def _group_rows(
    name: str, observer: str, seen: Track, course: Course, readings: Readings, horizon_s: float
) -> Iterator[Row]:
    """Of each limited group its own kills, where memory.max is what limits it, and its own stalls."""
    time_s = seen.last.time_s
    for group in seen.last.groups:
        kinds = [(GROUP_STALL, MEMORY_STALL, group_stall_signals)]
        if group.is_hard:
            kinds.append((GROUP_OOM, OOM, group_signals))
        for kind, event, signals in kinds:
            came = course.outcome(event, group.path, time_s, horizon_s)
            if came.came is not None:
                yield Row(
                    name, time_s, horizon_s, observer, group.path,
                    signals(seen, group, horizon_s),
                    {kind: came.came}, {kind: came.was_absent is False},
                    _group_stalled_ratio(readings[group.path], time_s, horizon_s) if kind == GROUP_STALL else None,
                )  # fmt: skip


def rows_of(path: str) -> list[Row]:
    """All rows of one recording."""
    samples: list[Sample] = []
    course = Course()
    for snapshot in walk(Path(path), with_processes=False):
        sample = sample_of(snapshot)
        if sample is not None and (not samples or sample.time_s > samples[-1].time_s):
            samples.append(sample)
            course.add(sample)
    spans = sorted(b.time_s - a.time_s for a, b in itertools.pairwise(samples))
    interval_s = spans[len(spans) // 2]
    name = Path(path).name.removesuffix(".tar.zst")
    rows: list[Row] = []
    readings = _readings(samples)
    track = Track()
    for index, sample in enumerate(samples):
        track.add(sample)
        if not is_instant(index):
            continue
        for observer, seen in {"whole": track, **_tracks(samples, index, interval_s)}.items():
            state = {**state_signals(seen), **limited_signals(seen)}
            for horizon_s in HORIZONS_S:
                if observer != "whole" and horizon_s not in (10.0, 30.0, 60.0):
                    continue
                told = {
                    e: course.outcome(e, HOST, sample.time_s, horizon_s)
                    for e in (*HOST_EVENTS, OOM)
                }
                if all(one.came is None for one in told.values()):
                    continue
                rows.append(
                    Row(
                        name, sample.time_s, horizon_s, observer, HOST,
                        {**state, **horizon_signals(seen, horizon_s)},
                        {e: one.came for e, one in told.items()},
                        {e: one.was_absent is False for e, one in told.items()},
                        _stalled_ratio(samples, index, horizon_s),
                    )
                )  # fmt: skip
                rows += _group_rows(name, observer, seen, course, readings, horizon_s)
    return rows


def cached_rows(path: str, cache: Path | None) -> list[Row]:
    """The rows, from the cache where they are there."""
    if cache is None:
        return rows_of(path)
    kept = cache / f"{Path(path).parent.name}__{Path(path).name}.rows"
    if kept.exists():
        return [Row(*fields) for fields in pickle.loads(kept.read_bytes())]
    rows = rows_of(path)
    kept.write_bytes(pickle.dumps([tuple(row) for row in rows]))
    return rows
