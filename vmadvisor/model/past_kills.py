"""OOM kills between two readings, and the forecast that did or did not see them coming."""

from collections.abc import Iterable, Sequence

from vmadvisor.model.events import OOM, OOM_GLOBAL
from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import PastKill, Point, Said
from vmadvisor.model.rates import rise

NEAR_S = 3600.0
"""A forecast made longer before says nothing of a kill."""

_COUNTER = "oom_kill_total"


def kill_between(before: Point | None, after: Point, said: Iterable[Said]) -> PastKill | None:
    """Kills counted between the two; ``None`` where there were none, or it is not told.

    Of two boots, those since the second one began. ``said`` are the forecasts made before; the time
    of a kill is that of the reading that first shows it.
    """
    if before is None:
        return None
    counted = after.counters.get(_COUNTER)
    is_same_boot = before.boot_id == after.boot_id
    count = rise(before.counters.get(_COUNTER), counted) if is_same_boot else counted
    if not count:
        return None
    return PastKill(
        time_utc_s=after.time_utc_s,
        count=count,
        victim=None,
        scope=HOST,
        foreseen=last_said(list(said), after.time_utc_s) if is_same_boot else None,
    )


def last_said(said: Sequence[Said], time_utc_s: float) -> Said | None:
    """The last forecast of a kill before ``time_utc_s``, at the longest horizon that reaches it.

    Where none reaches it, the longest of the last ones made, if within an hour. The host's ``oom``
    before ``oom_global``, for the counter does not tell whose the kill was.
    """
    able = [
        one
        for one in said
        if one.scope == HOST
        and one.event in {OOM, OOM_GLOBAL}
        and time_utc_s - NEAR_S <= one.time_utc_s < time_utc_s
    ]
    covering = [one for one in able if one.time_utc_s + one.horizon_s >= time_utc_s]
    return max(
        covering or able,
        key=lambda one: (one.time_utc_s, one.horizon_s, one.event == OOM),
        default=None,
    )
