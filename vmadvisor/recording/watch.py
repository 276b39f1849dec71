"""Whether something has happened, by the counters of the ticks: pressure, a stall, an OOM kill.

``pressure``: ``total=`` of the line ``full`` of /proc/pressure/memory; the kernel's own trigger says so
sooner, where it may be had. ``stall``: ``allocstall*`` of /proc/vmstat. ``oom``: ``oom_kill`` there.
"""

from collections import deque
from collections.abc import Collection

from vmadvisor.collect.tree import text_of
from vmadvisor.errors import ParseError
from vmadvisor.recording.sampler import Tick
from vmadvisor.sources import pressure, vmstat

PRESSURE, STALL, OOM = "pressure", "stall", "oom"
KINDS = (PRESSURE, STALL, OOM)

PRESSURE_WINDOW_S = 2.0
STALL_WINDOW_S = 1.0

_PAIR_COUNT = 2


class _Rise:
    """How fast a counter rises, looked at over a window."""

    __slots__ = ("_seen", "_window_s")

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._seen: deque[tuple[float, int]] = deque()

    def per_s(self, time_s: float, total: int) -> float:
        """Since the last reading before the window; a rise that took less time counts for all of it."""
        seen = self._seen
        if seen and total < seen[-1][1]:
            seen.clear()  # not the counter it was
        seen.append((time_s, total))
        while len(seen) > _PAIR_COUNT and seen[1][0] <= time_s - self._window_s:
            seen.popleft()
        before_s, before = seen[0]
        return (total - before) / max(self._window_s, time_s - before_s)


class Watch:
    """``look`` at every tick, in order. ``stall_per_s`` and ``pressure_pct`` are what is too much."""

    __slots__ = ("_full", "_kills_total", "_kinds", "_stall_per_s", "_stall_us_per_s", "_stalls")

    def __init__(self, kinds: Collection[str], *, stall_per_s: float, pressure_pct: float) -> None:
        self._kinds = frozenset(kinds)
        self._stall_per_s = stall_per_s
        self._stall_us_per_s = 1e6 * pressure_pct / 100
        self._full = _Rise(PRESSURE_WINDOW_S)
        self._stalls = _Rise(STALL_WINDOW_S)
        self._kills_total: int | None = None

    def look(self, tick: Tick) -> str | None:
        """The gravest thing that has happened, ``None`` when all is well."""
        files = dict(tick.files)
        happened = {*self._of_vmstat(files, tick.time_s), *self._of_pressure(files, tick.time_s)}
        return next(
            (kind for kind in (OOM, STALL, PRESSURE) if kind in happened & self._kinds), None
        )

    def _of_vmstat(self, files: dict[str, bytes], time_s: float) -> list[str]:
        data = files.get(vmstat.SOURCE.path)
        if data is None:
            return []
        try:
            record = vmstat.parse(text_of(data))
        except ParseError:
            return []
        happened: list[str] = []
        if record.oom_kill_total is not None:
            if self._kills_total is not None and record.oom_kill_total > self._kills_total:
                happened.append(OOM)
            self._kills_total = record.oom_kill_total
        stalls_total = record.allocstall_total
        if (
            stalls_total is not None
            and self._stalls.per_s(time_s, stalls_total) >= self._stall_per_s
        ):
            happened.append(STALL)
        return happened

    def _of_pressure(self, files: dict[str, bytes], time_s: float) -> list[str]:
        data = files.get(pressure.MEMORY_SOURCE.path)
        if data is None:
            return []
        try:
            full = pressure.parse_memory(text_of(data)).full
        except ParseError:
            return []
        if full is None:
            return []
        is_much = self._full.per_s(time_s, full.stall_us_total) >= self._stall_us_per_s
        return [PRESSURE] if is_much else []
