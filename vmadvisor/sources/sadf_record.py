"""What one record of ``sadf -j`` tells of memory, and the few words about its host and its boots.

    {"timestamp": {"date": "2026-11-27", "time": "08:50:01", "utc": 1, "interval": 600},
     "swap-pages": {"pswpin": 1.25, ...}, "paging": {"majflt": 7.50, "pgscank": 12.00, ...},
     "memory": {"memfree": 204800, "avail": 512000, "shared": 3072, "swpfree": 1024, ...},
     "psi": {"psi-mem": {"some_avg": 2.50, "full_avg": 1.25, ...}, ...}}

sysstat's ``json_stats.c``: "utc": 1 became "tz": "UTC" in 12.7; "avail" came with 11.5, "psi" with 12.3, "shared"
with 12.7. Kernels without MemAvailable are said to have 0 of it. ``pgsteal`` is left out: it does not tell who freed,
and up to 12.6 it counts twice what newer kernels list by kind too.
"""

import re
from collections import Counter
from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources.log_time import us_of_iso

_NAME_MAX_CHARS = 255
_RATE_MAX = 1e12
"""Pages a second. sadf prints 1.8e19 over the interval where a counter went back."""

_KIB_MAX = 2**53
_PCT_MAX = 101.0
"""Clocks are read one after the other; more than that is no share of time."""

_DAY_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)", re.ASCII)

LOCAL_TIME = "a record has local time, which is ambiguous: export it without -t and -T"
NOT_A_TIME = "a record has no time"
NOT_A_NUMBER = "a number is not what sadf counts (a counter went back): it is left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SarHost:
    """Of whom the records that follow are; ``None`` where it is not said."""

    nodename: str | None
    machine: str | None
    release: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SarBoot:
    """sysstat's LINUX RESTART: what is later is of another boot."""

    time_utc_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SarMoment:
    """One record: gauges at its end, rates and shares of time as means over the time before it."""

    time_utc_s: float
    scan_kswapd_pages_per_s: float | None
    scan_direct_pages_per_s: float | None
    majfault_per_s: float | None
    swapin_pages_per_s: float | None
    swapout_pages_per_s: float | None
    memory_some_pct: float | None
    memory_full_pct: float | None
    io_full_pct: float | None
    free_kib: int | None
    available_kib: int | None
    shmem_kib: int | None
    swap_free_kib: int | None
    swap_used_kib: int | None


def host_of(found: Mapping[str, object]) -> SarHost:
    """Of whom the records are."""
    names = {key: _name(found.get(key)) for key in ("nodename", "machine", "release")}
    return SarHost(**names)


def boots_of(found: object, gaps: Counter[str]) -> list[SarBoot]:
    """The restarts of a host's ``"restarts"``; what is none of them is counted in ``gaps``."""
    entries = found if isinstance(found, list) else []
    boots = (entry.get("boot") for entry in entries if isinstance(entry, dict))
    times_s = [_time_s(boot, gaps) for boot in boots]
    return [SarBoot(time_utc_s=time_s) for time_s in times_s if time_s is not None]


def moment_of(record: Mapping[str, object], gaps: Counter[str]) -> SarMoment | None:
    """The record; ``None`` without a time. What is not as sadf prints it is absent, and counted in ``gaps``.

    >>> stamp = {"date": "2026-11-27", "time": "08:50:01", "utc": 1}
    >>> record = {"timestamp": stamp, "paging": {"pgscand": 6.5}}
    >>> moment_of(record, Counter()).scan_direct_pages_per_s
    6.5
    """
    time_s = _time_s(record.get("timestamp"), gaps)
    if time_s is None:
        return None
    paging, swap = _part(record, "paging"), _part(record, "swap-pages")
    memory, psi = _part(record, "memory"), _part(record, "psi")
    pressure, disks = _part(psi, "psi-mem"), _part(psi, "psi-io")
    return SarMoment(
        time_utc_s=time_s,
        scan_kswapd_pages_per_s=_number(paging, "pgscank", _RATE_MAX, gaps),
        scan_direct_pages_per_s=_number(paging, "pgscand", _RATE_MAX, gaps),
        majfault_per_s=_number(paging, "majflt", _RATE_MAX, gaps),
        swapin_pages_per_s=_number(swap, "pswpin", _RATE_MAX, gaps),
        swapout_pages_per_s=_number(swap, "pswpout", _RATE_MAX, gaps),
        memory_some_pct=_number(pressure, "some_avg", _PCT_MAX, gaps),
        memory_full_pct=_number(pressure, "full_avg", _PCT_MAX, gaps),
        io_full_pct=_number(disks, "full_avg", _PCT_MAX, gaps),
        free_kib=_kib(memory, "memfree", gaps),
        available_kib=_kib(memory, "avail", gaps),
        shmem_kib=_kib(memory, "shared", gaps),
        swap_free_kib=_kib(memory, "swpfree", gaps),
        swap_used_kib=_kib(memory, "swpused", gaps),
    )


def _time_s(stamp: object, gaps: Counter[str]) -> float | None:
    found = stamp if isinstance(stamp, dict) else {}
    date, time = found.get("date"), found.get("time")
    if not isinstance(date, str) or not isinstance(time, str) or not _DAY_TIME.fullmatch(time):
        gaps[NOT_A_TIME] += 1
        return None
    if found.get("utc") != 1 and found.get("tz") != "UTC":
        gaps[LOCAL_TIME] += 1
        return None
    us = us_of_iso(f"{date}T{time}Z")
    if us is None:
        gaps[NOT_A_TIME] += 1
        return None
    return us / 1e6


def _number(part: Mapping[str, object], key: str, most: float, gaps: Counter[str]) -> float | None:
    value = part.get(key)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        gaps[NOT_A_NUMBER] += 1
        return None
    return float(value)


def _kib(part: Mapping[str, object], key: str, gaps: Counter[str]) -> int | None:
    value = _number(part, key, _KIB_MAX, gaps)
    return None if value is None else int(value)


def _part(whole: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = whole.get(key)
    return found if isinstance(found, dict) else {}


def _name(value: object) -> str | None:
    return value[:_NAME_MAX_CHARS] if isinstance(value, str) and value else None
