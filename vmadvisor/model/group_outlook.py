"""Forecasts of limited cgroups, each at a limit of its own, and what they add to the host's.

Host counters show nothing of a group's way to its limit: its kills and stalls are forecast from its own files.
``oom`` of the host is its own or any group's.
"""

from collections.abc import Sequence
from itertools import chain

from vmadvisor.model.calibrated import said, unbacked, unsaid
from vmadvisor.model.events import MEMORY_STALL, OOM
from vmadvisor.model.forecast import HOST, Forecast
from vmadvisor.model.group_signals import group_signals
from vmadvisor.model.group_stall_signals import group_stall_signals
from vmadvisor.model.nearest_groups import nearest_groups
from vmadvisor.model.sample import GroupSample
from vmadvisor.model.track import Track

GROUP_OOM, GROUP_STALL = "group_oom", "group_stall"


class GroupOutlook:
    """The limited groups of a track's last sample, of which the nearest to their limits are reckoned."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._near = nearest_groups(track)
        self._far = _far(track, self._near)

    def kills(self, horizon_s: float) -> list[Forecast]:
        """Of each near group with memory.max; empty at a horizon that is backed for no kill."""
        if unbacked(OOM, horizon_s) is not None and unbacked(GROUP_OOM, horizon_s) is not None:
            return []
        return [_kill(self._track, group, horizon_s) for group in self._near if group.is_hard]

    def forecasts(self, kills: Sequence[Forecast], horizon_s: float) -> list[Forecast]:
        """What is said of every group by itself, or why nothing is; ``kills`` are those of this horizon."""
        told = {one.scope: one for one in kills}
        reason = unbacked(GROUP_OOM, horizon_s)
        own = (
            unsaid(OOM, group.path, horizon_s, reason) if reason else told[group.path]
            for group in self._near
            if group.is_hard
        )
        stalls = (_stall(self._track, group, horizon_s) for group in self._near)
        far = (unsaid(event, path, horizon_s, why) for event, path, why in self._far)
        return list(chain(own, stalls, far))


def _far(track: Track, near: Sequence[GroupSample]) -> list[tuple[str, str, str]]:
    """Event, path and reason of the groups that nothing is reckoned for."""
    reason = f"{len(near)} other cgroups are nearer to their limits"
    paths = {group.path for group in near}
    rest = [group for group in track.last.groups if group.path not in paths]
    found = [(OOM, group.path, reason) for group in rest if group.is_hard]
    return [*found, *((MEMORY_STALL, group.path, reason) for group in rest)]


def _kill(track: Track, group: GroupSample, horizon_s: float) -> Forecast:
    """At memory.max; a part of the host's ``oom`` also where it is not printed alone."""
    signals = group_signals(track, group, horizon_s)
    return _as_event(OOM, said(GROUP_OOM, group.path, horizon_s, signals, None, track))


def _stall(track: Track, group: GroupSample, horizon_s: float) -> Forecast:
    """At memory.max or memory.high."""
    reason = (
        "this cgroup gives no PSI (memory.pressure)"
        if group.full_us_total is None
        else unbacked(GROUP_STALL, horizon_s)
    )
    if reason is not None:
        return unsaid(MEMORY_STALL, group.path, horizon_s, reason)
    signals = group_stall_signals(track, group, horizon_s)
    found = said(GROUP_STALL, group.path, horizon_s, signals, None, track)
    return _as_event(MEMORY_STALL, found)


def _as_event(event: str, found: Forecast) -> Forecast:
    """A forecast under the name that the event has outside."""
    return Forecast(
        event=event,
        scope=found.scope,
        horizon_s=found.horizon_s,
        probability_ratio=found.probability_ratio,
        low_ratio=found.low_ratio,
        high_ratio=found.high_ratio,
        reason=None,
    )


def either(horizon_s: float, host: Forecast, groups: Sequence[Forecast]) -> Forecast:
    """The host's own OOM or any group's, as if independent."""
    parts = [host, *groups]
    reason = host.reason or unbacked(OOM, horizon_s)
    if reason is not None:
        return unsaid(OOM, HOST, horizon_s, reason)

    def joined(values: Sequence[float | None]) -> float:
        none = 1.0
        for value in values:
            none *= 1 - (value or 0.0)
        return 1 - none

    worst = max(parts, key=lambda part: part.probability_ratio or 0.0)
    likeliest = joined([part.probability_ratio for part in parts])
    return Forecast(
        event=OOM,
        scope=HOST,
        horizon_s=horizon_s,
        probability_ratio=likeliest,
        # Where the least that is said is said, 1 - (1 - p) may be a last digit below p.
        low_ratio=min(likeliest, max(part.low_ratio or 0.0 for part in parts)),
        high_ratio=max(likeliest, joined([part.high_ratio for part in parts])),
        reason=None,
        drivers=worst.drivers,
    )
