"""Signals of one limited cgroup on its way to stalls of its own, at memory.max or memory.high.

At memory.max whoever charges reclaims (``try_charge_memcg``), beyond memory.high it reclaims and sleeps on its
way back to user space (``mem_cgroup_handle_over_high``): both are told in the group's ``memory.pressure`` and
hardly anywhere in the host's counters. Page cache counts to the limit: that it can be dropped spares the
group its OOM killer, not the stalls, where what is dropped is read again.
"""

from collections.abc import Callable
from math import log1p

from vmadvisor.model.group_signals import WINDOWS_S, earlier, held_pages, room_pages
from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.sample import GroupSample
from vmadvisor.model.signals import Signals, squash, stall_size
from vmadvisor.model.track import Track

_LOOK_BACK_S = 60.0
_COUNTERS: tuple[tuple[str, Callable[[GroupSample], int | None]], ...] = (
    ("max", lambda g: g.max_total),
    ("high", lambda g: g.high_total),
    ("refault", lambda g: g.refault_pages_total),
    ("scan", lambda g: g.scan_pages_total),
)
_PER_LIMIT = {"refault", "scan"}
"""Counted in pages: the same rate is little for a large group and much for a small one."""

_SCALE_PAGES = 1e4


def group_stall_signals(track: Track, group: GroupSample, horizon_s: float) -> Signals:
    """How full and how fast, what reclaim at the limit does, what came back, how much time was lost.

    ``None`` where the kernel does not tell, or the group was not read twice.
    """
    limit = max(group.limit_pages, 1)
    found: Signals = {
        "group_use": group.current_pages / limit,
        "group_room": room_pages(group, track.last.swap_free_pages) / limit,
        "group_kept": None if group.kept_pages is None else group.kept_pages / limit,
        "group_file": None if group.file_pages is None else group.file_pages / limit,
        "group_swap": group.swap_pages / limit,
        "group_is_hard": float(group.is_hard),
        "horizon": log1p(horizon_s),
    }
    for name, growth in _growths(track, group, horizon_s).items():
        found[f"group_{name}"] = growth
    for window_s in WINDOWS_S:
        found |= _window(track, group, horizon_s, window_s)
    shares = _full_shares(track, group, horizon_s)
    found["group_full_peak"] = stall_size(max(shares, default=None))
    found["group_full_mean"] = stall_size(sum(shares) / len(shares) if shares else None)
    return found


def _growths(track: Track, group: GroupSample, horizon_s: float) -> dict[str, float]:
    """Growth over the horizon against what the limit leaves, by window; none where read once only."""
    left = max(0, group.limit_pages - group.current_pages)
    found = {}
    for window_s in WINDOWS_S:
        old = earlier(track, group, window_s)
        if old is not None:
            grown = group.current_pages - old.current_pages
            wanted = grown / (group.time_s - old.time_s) * horizon_s
            found[f"growth_{window_s:g}s"] = squash(wanted / (left + 1))
    return found


def _window(track: Track, group: GroupSample, horizon_s: float, window_s: float) -> Signals:
    old, name = earlier(track, group, window_s), f"{window_s:g}s"
    if old is None:
        return {}
    seconds_s = group.time_s - old.time_s
    limit = max(group.limit_pages, 1)
    held_per_s = (held_pages(group) - held_pages(old)) / seconds_s
    room = max(0, group.limit_pages - held_pages(group))
    found: Signals = {f"group_held_growth_{name}": squash(held_per_s * horizon_s / (room + 1))}
    for what, counter in _COUNTERS:
        count = rise(counter(old), counter(group))
        scale = limit / _SCALE_PAGES if what in _PER_LIMIT else 1.0
        found[f"group_{what}_{name}"] = None if count is None else log1p(count / seconds_s / scale)
    stalled_us = rise(old.full_us_total, group.full_us_total)
    share = None if stalled_us is None else min(stalled_us / US_PER_S / seconds_s, 1.0)
    found[f"group_full_{name}"] = stall_size(share)
    return found


def _full_shares(track: Track, group: GroupSample, horizon_s: float) -> list[float]:
    """PSI ``full`` share of each stretch of the horizon's length that was seen, newest first; else of all."""
    readings = [
        one for one in track.readings(group.path) if one.time_s > group.time_s - _LOOK_BACK_S
    ]
    found: list[float] = []
    end = group
    for old in reversed(readings[:-1]):
        seconds_s = end.time_s - old.time_s
        is_all = not found and old is readings[0]
        if seconds_s <= 0 or (seconds_s < horizon_s - 0.05 and not is_all):
            continue
        stalled_us = rise(old.full_us_total, end.full_us_total)
        if stalled_us is not None:
            found.append(min(stalled_us / US_PER_S / seconds_s, 1.0))
        end = old
    return found
