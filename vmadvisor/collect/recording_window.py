"""The two moments of a recording that are asked for, cut out of a stream of versions.

A recording holds many versions of each path, by tick. The snapshot at a moment is the newest version
at or before it of each path; processes and control groups are scans: all files of one tick, taken
as a set. Versions may come in any order: one is dropped only when a newer one serves every moment
that can still be asked for.
"""

from bisect import bisect_right, insort
from collections.abc import Collection, Iterable, Iterator
from operator import itemgetter

from vmadvisor.collect.budget import Budget
from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.wanted import PROCESS_COUNTS_PATH, Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.collect.recording_past import RecordingPast
    from vmadvisor.snapshot import Snapshot

SAME_TIME_S = 1e-6
"""Ticks are written in microseconds; their differences carry rounding."""

_TIME = itemgetter(0)

Version = tuple[float, bytes]


def _pid_of(path: str) -> int:
    return int(path.split("/", 2)[1])


def _files_by_pid(paths: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in paths:
        if path != PROCESS_COUNTS_PATH:
            found.setdefault(_pid_of(path), []).append(path)
    return found


def looks_cut(files: Collection[str], earlier: Collection[str], path: str) -> bool:
    """True where an archive was closed properly after its writer had been stopped in a scan.

    ``path`` is the archive's last, ``files`` the processes' of its last scan, ``earlier`` those of the
    one before: the last process lacks files that the others have, or every process above it is gone
    that was still seen before. A false alarm makes the processes one scan older, and only where there
    is an older one.
    """
    if path not in files or not earlier:
        return False
    if path == PROCESS_COUNTS_PATH:
        return True
    pids = _files_by_pid(files)
    last_pid = _pid_of(path)
    if len(pids[last_pid]) < max(map(len, pids.values())):
        return True
    return last_pid == max(pids) and max(_files_by_pid(earlier), default=0) > last_pid


class _Scans:
    """Files by tick; ticks that no question can reach any more are dropped."""

    __slots__ = ("_budget", "_floor_s", "_incomplete", "_interval_s", "by_tick")

    def __init__(self, interval_s: float, budget: Budget) -> None:
        self._interval_s = interval_s
        self._budget = budget
        self._floor_s = 0.0
        self._incomplete: set[float] = set()
        self.by_tick: dict[float, dict[str, bytes]] = {}

    def add(self, time_s: float, path: str, data: bytes) -> None:
        if time_s < self._floor_s or time_s in self._incomplete:
            return
        files = self.by_tick.get(time_s)
        if files is None:
            files = self.by_tick[time_s] = {}
            self._prune()
        if path in files:
            self._budget.give_back(path, files[path])
        self._budget.take(path, data)
        files[path] = data

    def _prune(self) -> None:
        """The newest scan may turn out incomplete: then the one before it is the end."""
        ticks = sorted(self.by_tick)
        end_s = ticks[-2] if len(ticks) > 1 else ticks[0]
        early_count = bisect_right(ticks, end_s - self._interval_s + SAME_TIME_S)
        for tick in ticks[: max(0, early_count - 2)]:
            self._drop(tick)
            self._floor_s = tick + SAME_TIME_S

    def _drop(self, tick: float) -> None:
        for path, data in self.by_tick.pop(tick, {}).items():
            self._budget.give_back(path, data)

    def leave_out(self, tick: float) -> None:
        """Some files of this tick are lost: what is left is no scan."""
        self._incomplete.add(tick)
        self._drop(tick)

    def looks_cut(self, time_s: float, path: str) -> bool:
        """True where the scan of that tick, and the archive with it, ends at ``path`` too early."""
        earlier = [tick for tick in self.by_tick if tick < time_s]
        if not earlier:
            return False
        return looks_cut(self.by_tick.get(time_s, {}), self.by_tick[max(earlier)], path)

    def pick(
        self, *, until_s: float, from_s: float, incomplete_s: float | None
    ) -> tuple[float | None, float | None]:
        """(tick of the scan before, tick of the newest one until ``until_s``).

        The one before is the newest that is at or before ``from_s`` and an interval older, else the
        oldest at or before ``from_s``.
        """
        ticks = sorted(tick for tick in self.by_tick if tick <= until_s and tick != incomplete_s)
        if not ticks:
            return None, None
        after_s = ticks[-1]
        early = [tick for tick in ticks if tick <= from_s and tick < after_s]
        enough = [tick for tick in early if tick <= after_s - self._interval_s + SAME_TIME_S]
        before_s = enough[-1] if enough else early[0] if early else None
        return before_s, after_s


class RecordingWindow:
    """Takes versions with ``add``, gives (before, after) with ``moments``."""

    __slots__ = ("_at_s", "_budget", "_first_s", "_interval_s", "_is_behind_loss", "_last",
                 "_newest_s", "_past", "_scans", "_ticks", "_versions")  # fmt: skip

    def __init__(
        self, *, at_s: float | None, interval_s: float, budget: Budget, past_s: float = 0.0
    ) -> None:
        self._at_s = float("inf") if at_s is None else at_s + SAME_TIME_S
        self._interval_s = interval_s
        self._budget = budget
        self._versions: dict[str, list[Version]] = {}
        self._scans = {
            "process": _Scans(interval_s, budget),
            "cgroup": _Scans(interval_s, budget),
        }
        self._ticks: list[float] = []
        self._first_s = float("inf")
        self._newest_s = float("-inf")
        self._last: tuple[float, str] | None = None
        self._is_behind_loss = False
        self._past = _past(past_s)

    @property
    def first_s(self) -> float:
        """The oldest tick seen, of any moment; infinite where there was none."""
        return self._first_s

    @property
    def last_s(self) -> float | None:
        """The tick that was seen last."""
        return self._last[0] if self._last is not None else None

    def break_off(self) -> None:
        """Something was lost here: the scans of the ticks on both sides are incomplete."""
        if self._last is not None:
            self._leave_out_scans(self._last[0])
        self._is_behind_loss = True
        if self._past is not None:
            self._past.break_off()

    def _leave_out_scans(self, time_s: float) -> None:
        for scans in self._scans.values():
            scans.leave_out(time_s)

    def wants(self, time_s: float, path: str) -> bool:
        """Asked of every version in the stream's order; false for those after the moment."""
        if self._is_behind_loss:
            self._is_behind_loss = False
            self._leave_out_scans(time_s)
        self._first_s = min(self._first_s, time_s)
        self._last = (time_s, path)
        return time_s <= self._at_s

    def add(self, time_s: float, path: str, kind: Kind, data: bytes) -> None:
        """One version of one path."""
        self._newest_s = max(self._newest_s, time_s)
        self._add_tick(time_s)
        if self._past is not None:
            self._past.add(time_s, path, kind, data)
        if kind == "record":
            self._add_version(time_s, path, data)
        else:
            self._scans[kind].add(time_s, path, data)

    def _horizon_s(self) -> float:
        """Every later question's earlier moment is at or after this."""
        return self._newest_s - self._interval_s + SAME_TIME_S

    def _add_tick(self, time_s: float) -> None:
        ticks = self._ticks
        index = bisect_right(ticks, time_s)
        if index and ticks[index - 1] == time_s:
            return
        self._budget.take("", b"")
        ticks.insert(index, time_s)
        stale_count = max(0, bisect_right(ticks, self._horizon_s()) - 1)
        del ticks[:stale_count]
        for _ in range(stale_count):
            self._budget.give_back("", b"")

    def _add_version(self, time_s: float, path: str, data: bytes) -> None:
        versions = self._versions.setdefault(path, [])
        self._budget.take(path, data)
        same = bisect_right(versions, time_s, key=_TIME)
        if same and versions[same - 1][0] == time_s:
            self._budget.give_back(path, versions.pop(same - 1)[1])
        insort(versions, (time_s, data), key=_TIME)
        stale_count = max(0, bisect_right(versions, self._horizon_s(), key=_TIME) - 1)
        for _, dropped in versions[:stale_count]:
            self._budget.give_back(path, dropped)
        del versions[:stale_count]

    def moments(self, *, is_torn: bool) -> tuple[MemoryTree | None, MemoryTree | None]:
        """(before, after): ``after`` is ``None`` without any tick, ``before`` without an earlier one.

        ``is_torn``: the stream broke off, so the scan it was in is incomplete.
        """
        if not self._ticks:
            return None, None
        until_s = self._ticks[-1]
        early_count = bisect_right(self._ticks, until_s - self._interval_s + SAME_TIME_S)
        from_s = self._ticks[max(0, early_count - 1)]
        scans = {
            kind: scans.pick(
                until_s=until_s,
                from_s=from_s,
                incomplete_s=self._incomplete_s(kind, is_torn=is_torn),
            )
            for kind, scans in self._scans.items()
        }
        after = self._tree(until_s, {kind: pair[1] for kind, pair in scans.items()})
        if self._interval_s <= 0 or from_s >= until_s:
            return None, after
        return self._tree(from_s, {kind: pair[0] for kind, pair in scans.items()}), after

    def past(self, meta: bytes | None, *, is_torn: bool) -> "Iterator[Snapshot]":
        """What a forecast at the moment may look back at, oldest first; ``meta`` is the recording's own text."""
        if self._past is None:
            return iter(())
        if is_torn and self._last is not None and self._last[0] <= self._at_s:
            self._past.break_off()
        return self._past.snapshots(meta)

    def _incomplete_s(self, kind: str, *, is_torn: bool) -> float | None:
        """The tick of the scan that the end of the stream cut short, if it did."""
        if self._last is None:
            return None
        time_s, path = self._last
        if is_torn or (kind == "process" and self._scans[kind].looks_cut(time_s, path)):
            return time_s
        return None

    def _tree(self, time_s: float, scan_ticks: dict[str, float | None]) -> MemoryTree:
        files: dict[str, tuple[bytes, float]] = {}
        for path, versions in self._versions.items():
            count = bisect_right(versions, time_s, key=_TIME)
            if count:
                tick, data = versions[count - 1]
                files[path] = (data, tick)
        for kind, tick_s in scan_ticks.items():
            if tick_s is not None:
                for path, data in self._scans[kind].by_tick[tick_s].items():
                    files[path] = (data, tick_s)
        return MemoryTree(files, time_s=time_s, processes_time_s=scan_ticks["process"] or 0.0)


def _past(past_s: float) -> "RecordingPast | None":
    """What it takes is loaded only where it is asked for."""
    if past_s <= 0:
        return None
    from vmadvisor.collect.recording_past import RecordingPast

    return RecordingPast(past_s)
