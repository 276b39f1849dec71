"""When a verdict is news: worse than was told last, at once; better, once it has lasted.

    told CRITICAL; every five minutes OK, WARNING, WARNING, OK, WARNING    the last is told: WARNING

Worse is told at the first reading, a WARNING too: runs are minutes apart and a kill comes within seconds, so
a second reading would come after it. That cannot flap, because better waits: a status is told when the last
``BETTER_RUNS_COUNT`` runs, over ``BETTER_S`` or longer, were all it or better. So between two messages of
better there are at most three of worse, however the verdicts jump.
"""

from collections.abc import Mapping

from vmadvisor.advise.finding import EXIT_CODES, Severity
from vmadvisor.records import dataclass, field

BETTER_RUNS_COUNT = 3
BETTER_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Runs in a row up to the last one, that began at ``since_s`` (Unix time)."""

    since_s: float
    runs_count: int

    def longer(self, now_s: float) -> "Stretch":
        """With one run more; a clock that was set back begins it anew."""
        if now_s < self.since_s:
            return Stretch(since_s=now_s, runs_count=1)
        return Stretch(since_s=self.since_s, runs_count=self.runs_count + 1)

    def has_lasted(self, now_s: float) -> bool:
        """Long enough to be told."""
        return self.runs_count >= BETTER_RUNS_COUNT and now_s - self.since_s >= BETTER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The status told last; of each better one, how long runs have now been it or better still."""

    status: Severity
    better: Mapping[Severity, Stretch] = field(default_factory=dict)


def next_told(told: Told | None, status: Severity, now_s: float) -> tuple[Told, bool]:
    """(what to keep, whether this run is news). ``None``: nothing is known to have been told.

    >>> next_told(Told(status=Severity.OK), Severity.CRITICAL, 0.0)[1]
    True
    """
    if told is None or status > told.status:
        return Told(status=status), True
    fresh = Stretch(since_s=now_s, runs_count=1)
    better = {
        level: told.better[level].longer(now_s) if level in told.better else fresh
        for level in EXIT_CODES
        if status <= level < told.status
    }
    if status in better and better[status].has_lasted(now_s):
        return Told(status=status), True
    return Told(status=told.status, better=better), False
