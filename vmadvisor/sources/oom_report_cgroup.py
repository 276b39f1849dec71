"""A cgroup's memory in an OOM report while it is read (``mm/memcontrol.c:mem_cgroup_print_oom_meminfo``).

Task in /a/b killed as a result of limit of /a                         until 4.20
memory: usage 10240kB, limit 10240kB, failcnt 4480498
swap: usage 6140kB, limit 9007199254740988kB, failcnt 0                v1: memory+swap:, kmem:
Memory cgroup stats for /a: cache:844KB rss:521136KB ...               until 5.2, and of every group below
Memory cgroup stats for /a: / anon 5222400 / file 0 / ...              5.3+, bytes, a line each
"""

from vmadvisor.sources import oom_report_text as text_of
from vmadvisor.sources.oom_report import OomCgroup, OomCharge
from vmadvisor.units import KIB_BYTES

STATS_MAX_COUNT = 200


class CgroupReader:
    """``take`` every line."""

    __slots__ = ("_cgroup_path", "_charges", "_in_stats", "_stats")

    def __init__(self) -> None:
        self._cgroup_path: str | None = None
        self._charges: dict[str, OomCharge] = {}
        self._stats: dict[str, int] = {}
        self._in_stats = False

    @property
    def has_charges(self) -> bool:
        """A counter with its limit was seen."""
        return bool(self._charges)

    def take(self, text: str) -> bool:
        """Takes a whole line; false if it is none of these."""
        if self._in_stats:
            self._in_stats = self._take_stat(text)
            if self._in_stats:
                return True
        charge = text_of.charge(text)
        if charge is not None:
            self._charges.setdefault(*charge)
            return True
        limit = text_of.LIMIT_OF.match(text)
        if limit is not None:
            self._cgroup_path = limit[2]
            return True
        stats = text_of.STATS_OF.match(text)
        if stats is None:
            return False
        if not self._stats:
            self._cgroup_path = self._cgroup_path or stats[1]
            self._stats = {
                name: int(number) * KIB_BYTES
                for name, number in text_of.STAT_V1.findall(stats[2] or "")
            }
            self._in_stats = not self._stats
            found = text_of.STAT.match(stats[2] or "")
            if found is not None:
                self._stats[found[1]] = int(found[2])
        return True

    def _take_stat(self, text: str) -> bool:
        match = text_of.STAT.match(text)
        if match is not None and len(self._stats) < STATS_MAX_COUNT:
            self._stats.setdefault(match[1], int(match[2]))
        return match is not None

    def cgroup(self) -> OomCgroup | None:
        """What was read; ``None`` where nothing was."""
        if not self._charges and not self._stats:
            return None
        return OomCgroup(path=self._cgroup_path, charges=self._charges, stats_bytes=self._stats)
