"""What to take of a root."""

from typing import Literal

from vmadvisor.records import dataclass

ProcessMode = Literal["none", "shortlist", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``interval_s`` 0 asks for one moment; ``at_s`` is a recording's moment, ``None`` its end.

    ``shortlist`` reads two files of every process and the rest of those that can matter; it is a
    saving on the live host only, other roots always give all. ``deadline_s`` bounds the reading of
    a live host, the interval not counted. ``past_s``: how far back ``taken`` reaches for a
    forecast, in a recording, or in the interval of a live host. ``configuration`` reads of a live host what its files set
    (other roots always give what they hold).
    """

    processes: ProcessMode = "shortlist"
    cgroups: bool = True
    deep: bool = False
    interval_s: float = 1.0
    at_s: float | None = None
    deadline_s: float = 5.0
    past_s: float = 0.0
    shortlist_count: int = 64
    configuration: bool = False
