"""How long until a growing cgroup stands at its limit: its room over the rates at which it grew.

Beyond memory.max the group's OOM killer strikes, beyond memory.high its tasks are slowed down
(``mm/memcontrol.c:mem_cgroup_handle_over_high``).
"""

from collections.abc import Iterator

from vmadvisor.model.forecast import Quantiles
from vmadvisor.model.group_signals import WINDOWS_S, earlier, held_pages, room_pages
from vmadvisor.model.sample import GroupSample
from vmadvisor.model.times import FORESEEN_S, quantiles_s
from vmadvisor.model.track import Track

HARD, SOFT = "memory.max", "memory.high"


def _rates(track: Track, group: GroupSample) -> Iterator[float]:
    """Pages a second, by window; windows that reach back to the same reading count once."""
    seen: set[float] = set()
    for window_s in WINDOWS_S:
        old = earlier(track, group, window_s)
        if old is not None and old.time_s not in seen:
            seen.add(old.time_s)
            yield (held_pages(group) - held_pages(old)) / (group.time_s - old.time_s)


def group_times(track: Track) -> tuple[Quantiles, ...]:
    """One for each limited group that grows; none for a group that was read once only."""
    found = []
    for group in track.last.groups:
        rates = list(_rates(track, group))
        if not rates or max(rates) <= 0:
            continue
        room = room_pages(group, track.last.swap_free_pages)
        # A single window tells a rate and nothing of its spread: half of it, as of one step.
        spread = (max(rates) - min(rates)) / 2 if len(rates) > 1 else rates[0] / 2
        p10_s, p50_s, p90_s = quantiles_s(room, sum(rates) / len(rates), spread)
        beyond = any(seconds is not None and seconds > FORESEEN_S for seconds in (p50_s, p90_s))
        found.append(
            Quantiles(
                what=HARD if group.is_hard else SOFT,
                p10_s=p10_s,
                p50_s=p50_s,
                p90_s=p90_s,
                is_extrapolated=beyond or len(rates) == 1,
                scope=group.path,
            )
        )
    return tuple(found)
