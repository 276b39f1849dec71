"""The host's physical parameters over its recordings: the median, and how far they differ."""

from collections.abc import Mapping, Sequence
from math import exp, log
from statistics import median, stdev
from typing import Final

from vmadvisor.model.calibration.calibration import OwnFigure
from vmadvisor.model.rates import rise
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.simulate.physics import Physics, estimated

SHOWN: Final = ("kswapd_pages_per_s", "burst_pages_per_s", "stall_batch_pages")
"""Parameters that a recording can show. Where it does not, it has the usual value."""


class Seen:
    """As many moments of a recording as its parameters come of: the ends, and the fastest burst."""

    def __init__(self) -> None:
        self._first: Observed | None = None
        self._last: Observed | None = None
        self._burst: tuple[Observed, Observed] | None = None
        self._most_per_s = 0.0

    def add(self, moment: Observed) -> None:
        """Takes in the next moment; one no later than the last is none."""
        before, self._last = self._last, moment
        if self._first is None or before is None:
            self._first = moment
            return
        step_s = moment.sample.time_s - before.sample.time_s
        if step_s <= 0:
            self._last = before
            return
        taken = rise(
            before.sample.vmstat.pgalloc_pages_total, moment.sample.vmstat.pgalloc_pages_total
        )
        if taken is not None and taken / step_s > self._most_per_s:
            self._most_per_s, self._burst = taken / step_s, (before, moment)

    def physics(self) -> Physics | None:
        """What all moments together show; ``None`` of fewer than two."""
        ends = {id(one): one for one in (self._first, *(self._burst or ()), self._last) if one}
        moments = list(ends.values())
        return estimated(moments, Physics()) if len(moments) > 1 else None


def own_physics(found: Sequence[Physics]) -> Mapping[str, OwnFigure]:
    """Each parameter that any recording shows."""
    usual, figures = Physics(), {}
    for name in SHOWN:
        logs = [
            log(getattr(one, name)) for one in found if getattr(one, name) != getattr(usual, name)
        ]
        if logs:
            figures[name] = OwnFigure(
                value=exp(median(logs)),
                spread_ratio=stdev(logs) if len(logs) > 1 else None,
                recordings_count=len(logs),
            )
    return figures
