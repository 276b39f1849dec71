"""What the live view is fed with: a snapshot, the time of day, and what befell the host before it."""

from typing import NamedTuple

from vmadvisor.snapshot import Snapshot


class Moment(NamedTuple):
    """``time_utc_s`` is ``None`` for a recording, whose seconds are its own."""

    snapshot: Snapshot
    time_utc_s: float | None = None
    notes: tuple[str, ...] = ()
