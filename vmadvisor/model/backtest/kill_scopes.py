"""Which OOM kills were the host's: vmstat counts all at once, groups tell theirs a little later.

    second   vmstat oom_kill   the group's memory.events
    12.0     0                 oom 3  oom_kill 0
    12.4     1                 (not read)
    13.0     1                 oom 4  oom_kill 1      -> the kill of 12.4 was the group's own

``oom_kill_process()`` counts both in one go, but the groups' files are read less often than vmstat, and
within one tick after it. A kill is therefore assigned when the groups are next read.
"""

from vmadvisor.model.events import cgroup_kills_count
from vmadvisor.model.rates import rise
from vmadvisor.model.sample import Sample


class KillScopes:
    """Fed with samples in time order; ``global_totals`` is asked at the end."""

    __slots__ = ("_counts", "_last", "_owed_count", "_pending", "_scan")

    def __init__(self) -> None:
        self._last: Sample | None = None
        self._scan: Sample | None = None
        self._counts: list[int | None] = []
        self._pending: list[tuple[int, int]] = []
        self._owed_count = 0

    def add(self, sample: Sample) -> None:
        """Takes the next sample in."""
        before = self._last or sample
        kills = rise(before.vmstat.oom_kill_total, sample.vmstat.oom_kill_total)
        if kills:
            self._pending.append((len(self._counts), kills))
        self._counts.append(None if kills is None else 0)
        self._last = sample
        if self._scan is None or _is_read_anew(self._scan, sample):
            self._assign(sample)

    def _assign(self, scan: Sample) -> None:
        """Of the kills since the groups were last read the groups' own come first; the rest is the host's."""
        new_count = 0 if self._scan is None else cgroup_kills_count(self._scan, scan)
        own_count = new_count + self._owed_count
        for index, kills in self._pending:
            own = min(own_count, kills)
            own_count -= own
            self._counts[index] = kills - own
        self._pending.clear()
        # A group, read after vmstat, can show a kill that vmstat shows at the next tick only.
        self._owed_count = min(own_count, new_count)
        self._scan = scan

    def global_totals(self) -> list[int | None]:
        """Per sample the host's own kills up to it; ``None`` from where on it cannot be told."""
        unassigned = {index for index, _ in self._pending}
        total: int | None = 0
        totals: list[int | None] = []
        for index, count in enumerate(self._counts):
            if total is None or count is None or index in unassigned:
                total = None
            else:
                total += count
            totals.append(total)
        return totals


def _is_read_anew(old: Sample, new: Sample) -> bool:
    """Whether the groups were read since; without groups nobody else can own a kill."""
    if not old.groups or not new.groups:
        return True
    return max(group.time_s for group in new.groups) > max(group.time_s for group in old.groups)
