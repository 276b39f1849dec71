"""What growth that was seen cannot reach: a bound on the forecast of the host's OOM killer.

Forests know a burst by its steepness, and a process that fills its memory at its start is as steep as one
that takes all. Where the fastest loss of the last half minute (least squares over 1, 3, 10 and 30 s), kept up
for the whole horizon, does not use up the stock, and the stock is ample, only growth that has not begun can
bring the kill: how often that comes is a frequency, and named here.
"""

from typing import Final

from vmadvisor.model.events import OOM_GLOBAL
from vmadvisor.model.signals import DEMAND_WINDOWS_S, Signals, squash
from vmadvisor.model.trees import log_odds

AMPLE_RATIO: Final = 0.4
"""Of managed memory: what can go before ``should_reclaim_retry`` gives up."""

REACH_RATIO: Final = 1.0
"""Demand over the horizon against the stock: below it what was seen does not get to the end."""

HORIZON_MAX_S: Final = 10.0
"""Growth that has not begun comes within 30 s in 12 of 1,267 instants: too often for a bound."""

MOST_RATIO: Final = 1 / 200
"""It came in 1 of 3,730 instants of 144 recordings (and in 18 of two whose cgroups' kills nobody saw counted);
of those that the forests gave more than this in 1 of 1,439. ``AMPLE_RATIO`` and ``REACH_RATIO`` are the widest
whose frequency lies below it by its 95 % limit, chosen without the fifth of recordings they were judged on."""


def most_odds(event: str, horizon_s: float, signals: Signals) -> float | None:
    """The log-odds that the forecast may not exceed; ``None`` where nothing bounds it.

    >>> seen = {f"stock_demand_{window_s:g}s": 0.2 for window_s in DEMAND_WINDOWS_S}
    >>> round(most_odds(OOM_GLOBAL, 10.0, {**seen, "stock": 0.6}), 2)
    -5.29
    >>> most_odds(OOM_GLOBAL, 10.0, {**seen, "stock": 0.3}) is None
    True
    """
    if event != OOM_GLOBAL or horizon_s > HORIZON_MAX_S:
        return None
    demands = [signals.get(f"stock_demand_{window_s:g}s") for window_s in DEMAND_WINDOWS_S]
    reach = squash(REACH_RATIO)
    is_out_of_reach = all(demand is not None and demand < reach for demand in demands)
    is_ample = (signals.get("stock") or 0.0) >= AMPLE_RATIO
    return log_odds(MOST_RATIO) if is_ample and is_out_of_reach else None
