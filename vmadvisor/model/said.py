"""What is kept of an outlook: forecasts that have a probability, the host's and a cgroup's few alarms.

A cgroup's outcome is not told by the host's counters and no map is fitted to it, so of hundreds of pods
only those are kept that were said to be more likely killed than not.
"""

from typing import Final

from vmadvisor.model.events import OOM
from vmadvisor.model.forecast import HOST, Forecast, Outlook
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.past import Said
from vmadvisor.model.trees import log_odds, probability

GROUP_MIN_RATIO: Final = 0.5
GROUPS_MAX_COUNT: Final = 8


def said_of(
    outlook: Outlook | None, *, time_utc_s: float, own: OwnMap | None = None
) -> tuple[Said, ...]:
    """The forecasts of one instant, the host's first, in the outlook's order."""
    known = [
        one
        for one in (outlook.forecasts if outlook is not None else ())
        if one.probability_ratio is not None
    ]
    groups = [
        one
        for one in known
        if one.scope != HOST
        and one.event == OOM
        and (one.probability_ratio or 0.0) >= GROUP_MIN_RATIO
    ]
    groups.sort(key=lambda one: -(one.probability_ratio or 0.0))
    kept = [one for one in known if one.scope == HOST] + groups[:GROUPS_MAX_COUNT]
    return tuple(_said(one, time_utc_s, own) for one in kept)


def _said(one: Forecast, time_utc_s: float, own: OwnMap | None) -> Said:
    likely = one.probability_ratio or 0.0
    return Said(
        time_utc_s=time_utc_s,
        event=one.event,
        scope=one.scope,
        horizon_s=one.horizon_s,
        probability_ratio=likely,
        low_ratio=likely if one.low_ratio is None else one.low_ratio,
        high_ratio=likely if one.high_ratio is None else one.high_ratio,
        came=None,
        shipped_ratio=_shipped(one, own),
    )


def _shipped(one: Forecast, own: OwnMap | None) -> float | None:
    """The own map taken back: it is a line in log-odds."""
    fit = None if own is None or one.scope != HOST else own.events.get(one.event)
    if fit is None or one.probability_ratio is None:
        return None
    return probability((log_odds(one.probability_ratio) - fit.shift) / fit.scale_ratio)
