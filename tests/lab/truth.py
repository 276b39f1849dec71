"""What happened in a guest, from its counters tick by tick and from its kernel log.

Read here with a few lines of its own, not by vmadvisor's parsers: it is what they are held against.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise

from lab.oom_log import Log
from lab.scenario import Expect
from lab.stream import Tick

_STALL = re.compile(rb"^allocstall\w* (\d+)$", re.MULTILINE)
_OOM_KILL = re.compile(rb"^oom_kill (\d+)$", re.MULTILINE)
_PRESSURE = re.compile(rb"^(some|full) avg10=([\d.]+) .*total=(\d+)$", re.MULTILINE)
_EVENTS = re.compile(r"/sys/fs/cgroup(/.+)/memory\.events")
_LATE_RATIO = 3.0
"""A tick is called late when it comes this many intervals after the one before."""

FROZEN_MIN_PCT = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """A counter that grew between two ticks."""

    from_s: float
    to_s: float
    rise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What one tick says; ``None`` where the kernel has no such file."""

    time_s: float
    allocstall_total: int
    oom_kill_total: int | None
    some_s_total: float | None
    full_s_total: float | None
    full_avg10_pct: float | None


def counters(ticks: tuple[Tick, ...]) -> list[Counters]:
    """The counters of each tick that has vmstat."""
    return [_counters(tick) for tick in ticks if "/proc/vmstat" in tick.files]


def _counters(tick: Tick) -> Counters:
    vmstat = tick.files["/proc/vmstat"]
    kills = _OOM_KILL.search(vmstat)
    pressure = {
        kind: (float(average), int(total) / 1e6)
        for kind, average, total in _PRESSURE.findall(tick.files.get("/proc/pressure/memory", b""))
    }
    some, full = pressure.get(b"some"), pressure.get(b"full")
    return Counters(
        time_s=tick.time_s,
        allocstall_total=sum(map(int, _STALL.findall(vmstat))),
        oom_kill_total=int(kills[1]) if kills else None,
        some_s_total=some[1] if some else None,
        full_s_total=full[1] if full else None,
        full_avg10_pct=full[0] if full else None,
    )


def rises(series: list[tuple[float, float | None]]) -> Iterator[Rise]:
    """Every step up of a counter; ticks without it are passed over.

    >>> list(rises([(1.0, 5), (2.0, None), (3.0, 8), (4.0, 8)]))
    [Rise(from_s=1.0, to_s=3.0, rise=3)]
    """
    known = [(time_s, value) for time_s, value in series if value is not None]
    for (from_s, before), (to_s, after) in pairwise(known):
        if after > before:
            yield Rise(from_s=from_s, to_s=to_s, rise=round(after - before, 6))


def tell(
    ticks: tuple[Tick, ...], log: Log, *, interval_s: float, expect: Expect
) -> dict[str, object]:
    """The truth as plain values for JSON; ``differs`` says where the story was not kept."""
    series = counters(ticks)
    if not series:
        return {"ticks_count": 0, "differs": ["nothing was recorded"], "oom_kills": []}
    stalls = list(rises([(c.time_s, c.allocstall_total) for c in series]))
    full = list(rises([(c.time_s, c.full_s_total) for c in series]))
    some = list(rises([(c.time_s, c.some_s_total) for c in series]))
    kills = list(rises([(c.time_s, c.oom_kill_total) for c in series]))
    averages = [c.full_avg10_pct for c in series if c.full_avg10_pct is not None]
    told: dict[str, object] = {
        "start_s": series[0].time_s,
        "end_s": series[-1].time_s,
        "ticks_count": len(series),
        "late_ticks": [
            asdict(Rise(from_s=a.time_s, to_s=b.time_s, rise=round(b.time_s - a.time_s, 6)))
            for a, b in pairwise(series)
            if b.time_s - a.time_s > _LATE_RATIO * interval_s
        ],
        "allocstall_total": round(sum(rise.rise for rise in stalls)),
        "full_stall_s": round(sum(rise.rise for rise in full), 6),
        "some_stall_s": round(sum(rise.rise for rise in some), 6),
        "full_avg10_max_pct": max(averages, default=None),
        "frozen_s": frozen_s(series),
        "oom_kill_total": round(sum(rise.rise for rise in kills)),
        "oom_kills": [asdict(kill) for kill in log.kills],
        "memcg_events": group_events(ticks),
        "panic": log.panic,
        "panic_s": log.panic_s,
        "complaints": list(log.complaints),
        "allocstalls": [asdict(rise) for rise in stalls],
        "full_stalls": [asdict(rise) for rise in full],
        "oom_kill_rises": [asdict(rise) for rise in kills],
    }
    told["differs"] = differences(told, log, expect)
    return told


def frozen_s(series: list[Counters]) -> float:
    """Seconds in which PSI's full avg10 stood above half."""
    return round(
        sum(
            after.time_s - before.time_s
            for before, after in pairwise(series)
            if after.full_avg10_pct is not None and after.full_avg10_pct > FROZEN_MIN_PCT
        ),
        6,
    )


def group_events(ticks: tuple[Tick, ...]) -> dict[str, dict[str, int]]:
    """By group, what its ``memory.events`` counted during the recording."""
    first: dict[str, dict[str, int]] = {}
    last: dict[str, dict[str, int]] = {}
    for tick in ticks:
        for path, data in tick.files.items():
            if match := _EVENTS.fullmatch(path):
                events = _events(data)
                first.setdefault(match[1], events)
                last[match[1]] = events
    grown = {
        group: {name: n - first[group].get(name, 0) for name, n in events.items()}
        for group, events in last.items()
    }
    return {group: {name: n for name, n in events.items() if n} for group, events in grown.items()}


def _events(data: bytes) -> dict[str, int]:
    pairs = (line.split() for line in data.decode().splitlines())
    return {name: int(value) for name, value in pairs}


def differences(told: Mapping[str, object], log: Log, expect: Expect) -> list[str]:
    """Where counters and log disagree, and what of the story did not come true."""
    kills, found = told["oom_kill_total"], []
    if kills != len(log.kills) and log.panic is None:
        found.append(f"vmstat counts {kills} OOM kills, the log {len(log.kills)}")
    for name, value, low, high in (
        ("OOM kills", float(len(log.kills)), expect.kills_min, expect.kills_max),
        ("allocstalls", told["allocstall_total"], expect.allocstalls_min, expect.allocstalls_max),
        (
            "full avg10 at its highest",
            told["full_avg10_max_pct"],
            expect.full_avg10_min_pct,
            expect.full_avg10_max_pct,
        ),
    ):
        if not isinstance(value, int | float):
            if low is not None or high is not None:
                found.append(f"{name}: this kernel does not tell")
            continue
        if low is not None and value < low:
            found.append(f"{name}: {value:g}, expected at least {low:g}")
        if high is not None and value > high:
            found.append(f"{name}: {value:g}, expected at most {high:g}")
    return found
