"""What recording has cost, and what has come of it."""

import time

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """``cpu_s`` is that of every thread and of the child that walks the groups.

    ``missed_count`` counts moments that passed while the host, or the disk, held the recorder up.
    ``error`` says why the recording ends before it should.
    """

    duration_s: float
    cpu_s: float
    ticks_count: int
    missed_count: int
    written_bytes: int
    paths: tuple[str, ...]
    ended_by: str
    error: str | None = None

    @property
    def cpu_pct(self) -> float:
        """Share of one CPU."""
        return 100 * self.cpu_s / self.duration_s if self.duration_s > 0 else 0.0

    @property
    def bytes_per_hour(self) -> float:
        """What an hour at this rate would take."""
        return self.written_bytes * 3600 / self.duration_s if self.duration_s > 0 else 0.0


class Meter:
    """Counts from when it is made."""

    __slots__ = ("_began_cpu_s", "_began_s", "ticks_count")

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._began_cpu_s = time.process_time()
        self.ticks_count = 0

    def age_s(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began_s

    def cost(
        self,
        *,
        child_cpu_s: float,
        missed_count: int,
        written_bytes: int,
        paths: tuple[str, ...],
        ended_by: str,
    ) -> Cost:
        """The sum of it."""
        return Cost(
            duration_s=self.age_s(),
            cpu_s=time.process_time() - self._began_cpu_s + child_cpu_s,
            ticks_count=self.ticks_count,
            missed_count=missed_count,
            written_bytes=written_bytes,
            paths=paths,
            ended_by=ended_by,
        )
