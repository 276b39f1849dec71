"""A first look at a host, and what it tells: for where there is no time to look at the rest.

    some avg10=91.40 avg60=75.02 avg300=31.99 total=99325817     /proc/pressure/memory
    full avg10=74.95 avg60=60.70 avg300=25.04 total=80283341

A host that stalls pays for every page it is asked for. ``check`` reads four small files before anything
else is loaded. Where that alone took so long that the rest would not end within ``--deadline``, and PSI
says why, these numbers are the answer (``urgent_answer``); else they are what is left to say when the
deadline's alarm rings. No other module is needed: on such a host every file is a wait for the disk.
The thresholds are those of the rules it speaks for.
"""

import os
import time

STALL_MIN_RATIO = 0.05
STALL_CRITICAL_RATIO = 0.40
"""As VMA-RECLAIM-001 has them."""

RESERVE_MIN_FREE_RATIO = 1.5
"""What totalreserve_pages exceeds on every host, by vm.min_free_kbytes: as VMA-AVAIL-001 has it."""

WHOLE_CHECK_LOOKS_RATIO = 50
"""A whole check takes about as long as so many first looks."""

INTERVAL_MIN_S = 1.0
"""Looks nearer to each other than this tell less than the kernel's average of the last 10 s."""

ALARM_SHARE_RATIO = 0.7
"""Of the deadline, when the alarm rings: what is left is for the answer."""

MEMORY = "/proc/pressure/memory"

_ALLOCSTALLS = ("dma", "dma32", "normal", "movable", "device")
"""Zones by which ``allocstall`` counts direct reclaims since 4.8."""

_READ_BYTES = 8192
_NUMBER_MAX_BYTES = 40


class OutOfTimeError(BaseException):
    """The deadline's alarm rang; not an ``Exception``, so that nothing on its way to the top handles it."""


class Look:
    """What four files say at one moment; ``None`` where a file or its line could not be had."""

    __slots__ = ("avg10_ratio", "full_us_total", "meminfo", "min_free_kib", "time_s", "vmstat")

    def __init__(self) -> None:
        pressure = read(MEMORY)
        full = pressure[max(0, pressure.find(b"full ")) :]
        avg10_pct = number_after(full, b"avg10=")
        self.time_s = time.monotonic()
        self.avg10_ratio = None if avg10_pct is None else avg10_pct / 100
        self.full_us_total = number_after(full, b"total=")
        self.meminfo = read("/proc/meminfo")
        self.min_free_kib = number_after(read("/proc/sys/vm/min_free_kbytes"))
        self.vmstat = read("/proc/vmstat")

    def kib(self, name: str) -> int | None:
        """A line of meminfo."""
        found = number_after(self.meminfo, f"{name}:".encode())
        return None if found is None else int(found)

    def counter(self, name: str) -> int | None:
        """A line of vmstat."""
        found = number_after(self.vmstat, f"\n{name} ".encode())
        return None if found is None else int(found)


def read(path: str) -> bytes:
    """The file's beginning; nothing where it cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _READ_BYTES)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def number_after(text: bytes, name: bytes = b"") -> float | None:
    r"""The number behind the name.

    >>> number_after(b"full avg10=7.25 avg60=0.00", b"avg10="), number_after(b"", b"avg10=")
    (7.25, None)
    """
    place = text.find(name) + len(name)
    words = text[place : place + _NUMBER_MAX_BYTES].split(None, 1) if name in text else []
    try:
        return float(words[0]) if words else None
    except ValueError:
        return None


def is_hopeless(look: Look, spent_s: float, limit_s: float) -> bool:
    """True where a look took so long, for want of memory, that a whole check would not end in time."""
    is_stalled = (look.avg10_ratio or 0.0) >= STALL_MIN_RATIO
    return is_stalled and spent_s * WHOLE_CHECK_LOOKS_RATIO > limit_s * ALARM_SHARE_RATIO


def stalled_ratio(first: Look, now: Look) -> float | None:
    """``full`` between two looks; of the last 10 s where they are too near to each other."""
    passed_s = now.time_s - first.time_s
    if passed_s < INTERVAL_MIN_S or first.full_us_total is None or now.full_us_total is None:
        return now.avg10_ratio
    return min(1.0, max(0.0, now.full_us_total - first.full_us_total) / 1e6 / passed_s)


def _is_short(now: Look) -> bool:
    """Neither memory nor swap is left, by the least that the kernel keeps for itself."""
    available_kib, swap_kib = now.kib("MemAvailable"), now.kib("SwapFree")
    if available_kib is None or swap_kib is None or now.min_free_kib is None:
        return False
    return max(available_kib, swap_kib) < RESERVE_MIN_FREE_RATIO * now.min_free_kib


def kills_count(first: Look, now: Look) -> int | None:
    """OOM kills between two looks; ``None`` where the kernel does not tell (before 4.13)."""
    before, after = first.counter("oom_kill"), now.counter("oom_kill")
    return None if before is None or after is None else max(0, after - before)


def _has_reclaimed(first: Look, now: Look) -> bool:
    """Whether tasks of the host reclaimed directly: a kill at a cgroup's own limit does without."""
    names = [f"allocstall_{zone}" for zone in _ALLOCSTALLS]
    return any((now.counter(name) or 0) > (first.counter(name) or 0) for name in names)


def judged(first: Look, now: Look) -> tuple[str, str, str]:
    """(severity, the rule that would say it, what is to be said)."""
    if kills_count(first, now):
        severity = "CRITICAL" if _has_reclaimed(first, now) else "WARNING"
        return severity, "VMA-OOM-001", "The OOM killer struck while this program ran"
    ratio = stalled_ratio(first, now) or 0.0
    if ratio >= STALL_MIN_RATIO:
        severity = "CRITICAL" if ratio >= STALL_CRITICAL_RATIO else "WARNING"
        return severity, "VMA-RECLAIM-001", "Tasks stall for want of memory, this program too"
    if _is_short(now):
        return "WARNING", "VMA-AVAIL-001", "Memory is running out and swap cannot help"
    return (
        "UNKNOWN",
        "VMA-READ-001",
        "Cannot tell in time: no shortage was seen, but little was looked at",
    )
