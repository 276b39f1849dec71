"""Signals of one limited cgroup: the same path from demand to OOM, at a limit of its own.

``mm/memcontrol.c:try_charge_memcg``: a charge beyond memory.max reclaims the group's own pages and calls
the OOM killer for the group when that makes no progress. Host counters show nothing of it.
"""

from bisect import bisect_right
from math import log1p

from vmadvisor.model.rates import US_PER_S, rise
from vmadvisor.model.sample import GroupSample
from vmadvisor.model.signals import Signals, squash
from vmadvisor.model.track import Track

WINDOWS_S = (2.0, 8.0, 30.0)
_LEAST_S = 0.3
_RECENT_S = 5.0


def room_pages(group: GroupSample, swap_free_pages: int | None) -> int:
    """Pages the group can still take: its limit less what reclaim cannot drop, and what swap can take."""
    kept = group.current_pages if group.kept_pages is None else group.kept_pages
    host_swap = swap_free_pages or 0
    swap = host_swap if group.swap_room_pages is None else min(group.swap_room_pages, host_swap)
    return max(0, group.limit_pages - kept) + min(swap, group.anon_pages or 0)


def earlier(track: Track, group: GroupSample, seconds_s: float) -> GroupSample | None:
    """The newest reading of the group at least ``seconds_s`` older than this one; else the oldest."""
    readings = track.readings(group.path)
    least_s = max(seconds_s, _LEAST_S)
    index = bisect_right(readings, group.time_s - least_s, key=lambda old: old.time_s) - 1
    found = readings[max(index, 0)] if readings else None
    return found if found is not None and found.time_s <= group.time_s - _LEAST_S else None


def held_pages(group: GroupSample) -> int:
    """What the group cannot be made to drop, in memory or in swap."""
    kept = group.current_pages if group.kept_pages is None else group.kept_pages
    return kept + group.swap_pages


def group_signals(track: Track, group: GroupSample, horizon_s: float) -> Signals:
    """How soon the limit, whether it is there, what it already cost; ``None`` where not read twice."""
    room = room_pages(group, track.last.swap_free_pages)
    found: Signals = {
        "group_room": room / max(group.limit_pages, 1),
        "group_use": group.current_pages / max(group.limit_pages, 1),
    }
    for window_s in WINDOWS_S:
        old, name = earlier(track, group, window_s), f"{window_s:g}s"
        if old is None:
            found |= {f"group_demand_{name}": None, f"group_hits_{name}": None}
            continue
        seconds_s = group.time_s - old.time_s
        grown_per_s = (held_pages(group) - held_pages(old)) / seconds_s
        hits, kills = rise(old.max_total, group.max_total), rise(old.oom_total, group.oom_total)
        found[f"group_demand_{name}"] = squash(grown_per_s * horizon_s / (room + 1))
        found[f"group_hits_{name}"] = None if hits is None else log1p(hits / seconds_s)
        found[f"group_ooms_{name}"] = None if kills is None else log1p(kills / seconds_s * 10)
    found["horizon"] = log1p(horizon_s)
    return found


def limited_signals(track: Track) -> Signals:
    """What cgroups at their own limits do to the host: PSI of the host counts their stalls too.

    The fullest group's use, all groups' hits per second, the largest share of time one of them lost.
    ``None`` where no group with a limit is seen.
    """
    groups = track.last.groups
    found: Signals = {"limited_use": None, "limited_hits": None, "limited_full": None}
    if not groups:
        return found
    found["limited_use"] = max(min(g.current_pages / max(g.limit_pages, 1), 1.0) for g in groups)
    hits_per_s, shares = 0.0, [0.0]
    for group in groups:
        old = earlier(track, group, _RECENT_S)
        if old is None:
            continue
        seconds_s = group.time_s - old.time_s
        hits_per_s += (rise(old.max_total, group.max_total) or 0) / seconds_s
        stalled_us = rise(old.full_us_total, group.full_us_total) or 0
        shares.append(min(stalled_us / US_PER_S / seconds_s, 1.0))
    found["limited_hits"], found["limited_full"] = log1p(hits_per_s), max(shares)
    return found
