"""What came of a forecast, told by counters alone: yes, no, or not to be known. Never guessed.

Readings lie minutes apart and horizons seconds: a counter that rose between the last reading within the
horizon and the first one after it may have risen in time or too late.
"""

from collections.abc import Sequence

from vmadvisor.model.events import COUNTER_OF, OOM_GLOBAL, least_rise
from vmadvisor.model.forecast import HOST
from vmadvisor.model.kill_scope import was_host_short
from vmadvisor.model.past import Point, Said
from vmadvisor.model.rates import rise


def outcome_of(said: Said, made: Point, later: Sequence[Point]) -> tuple[bool | None, bool]:
    """(whether it came, whether that is the last word).

    ``made`` is the reading of the forecast, ``later`` those of the same boot after it, oldest first. A
    counter of the host's tells that no kill came in any cgroup's scope or the whole host's; that one came
    it tells of ``oom`` of the host alone. Whether it was ``oom_global`` the groups tell, if they do.
    """
    counter = COUNTER_OF.get(said.event)
    if counter is None:
        return None, True
    least = least_rise(said.event, said.horizon_s)
    end_s = said.time_utc_s + said.horizon_s
    for point in later:
        risen = rise(made.counters.get(counter), point.counters.get(counter))
        if risen is None:
            continue
        is_within = point.time_utc_s <= end_s
        if risen < least and point.time_utc_s >= end_s:
            return False, True
        if risen >= least:
            came = _came(said, made, point)
            if came and is_within:
                return True, True
            is_over = point.time_utc_s >= end_s
            if is_over and came is False:
                return False, True
            if is_over or came or said.event != OOM_GLOBAL:
                return None, True
    return None, False


def _came(said: Said, made: Point, point: Point) -> bool | None:
    """Of a counter that rose: whether it was for this event."""
    if said.scope != HOST:
        return None
    if said.event == OOM_GLOBAL:
        return was_host_short(made.top_kills, point.top_kills)
    return True
