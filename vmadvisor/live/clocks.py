"""Suspend and clock jumps, told by three clocks of which only one stands still and only one is set by hand.

CLOCK_MONOTONIC stands still in suspend, CLOCK_BOOTTIME goes on, CLOCK_REALTIME is set by people and NTP. Rates
are per second of the first, as the kernel's own counters and PSI go, so neither event spoils one.
"""

import time
from typing import NamedTuple

from vmadvisor.render.quantities import duration

NOTED_MIN_S = 1.0
"""NTP slews more slowly than this from one moment to the next."""


class Clocks(NamedTuple):
    """The three clocks, read one after the other."""

    monotonic_s: float
    boottime_s: float
    realtime_s: float

    @classmethod
    def now(cls) -> "Clocks":
        """As they stand."""
        return cls(
            time.clock_gettime(time.CLOCK_MONOTONIC),
            time.clock_gettime(time.CLOCK_BOOTTIME),
            time.clock_gettime(time.CLOCK_REALTIME),
        )


def notes_between(before: Clocks, after: Clocks) -> tuple[str, ...]:
    """What happened to the host or its clock in between.

    >>> notes_between(Clocks(5.0, 5.0, 1000.0), Clocks(6.0, 67.0, 1062.0))
    ('the host was suspended for 1.0 min',)
    >>> notes_between(Clocks(5.0, 5.0, 1000.0), Clocks(6.0, 6.0, 401.0))
    ('the clock was set back by 10.0 min',)
    """
    slept_s = (after.boottime_s - before.boottime_s) - (after.monotonic_s - before.monotonic_s)
    set_s = (after.realtime_s - before.realtime_s) - (after.boottime_s - before.boottime_s)
    notes = []
    if slept_s >= NOTED_MIN_S:
        notes.append(f"the host was suspended for {duration(slept_s)}")
    if abs(set_s) >= NOTED_MIN_S:
        notes.append(
            f"the clock was set {'back' if set_s < 0 else 'forward'} by {duration(abs(set_s))}"
        )
    return tuple(notes)
