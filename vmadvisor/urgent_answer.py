"""What a first look tells, as ``check`` would print it: partial, and saying so, in each of its formats."""

import os
import time

from vmadvisor import __version__, urgent
from vmadvisor.urgent import Look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Evidence = tuple[str, float | str | None, str, str]
    Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

EXIT_CODES = {"WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}

_SWEEP_SHARE_RATIO = 0.1
"""Of the deadline, how long the OOM killer's first choice is looked for, ..."""

_SWEEP_END_SHARE_RATIO = 0.8
"""... and until when."""

_COST = "zones, processes, control groups and all other rules were not looked at"
_DOUBTS = {
    "VMA-OOM-001": "a kernel log that names a cgroup's limit, not the host",
    "VMA-RECLAIM-001": "a cgroup at its own limit that explains the stalls",
    "VMA-AVAIL-001": "MemAvailable above what the kernel keeps for itself",
    "VMA-READ-001": "a longer --deadline",
}
_UNREAD = (
    "processes_seen_count", "process_scan_age_s", "forecast_basis", "headroom", "reclaim_activity", "stall_time",
    "availability", "memory_use", "arithmetic", "fragmentation", "consumers", "victims",
)  # fmt: skip


class Partial:
    """The verdict on what was seen until now."""

    __slots__ = (
        "evidence",
        "kills_count",
        "now",
        "reason",
        "rule",
        "severity",
        "stalled_ratio",
        "title",
    )

    def __init__(self, first: Look, *, limit_s: float, started_s: float) -> None:
        self.now = now = Look()
        self.severity, self.rule, self.title = urgent.judged(first, now)
        self.stalled_ratio = urgent.stalled_ratio(first, now)
        self.kills_count = urgent.kills_count(first, now)
        self.reason = f"partial: a whole check does not end within {limit_s:g} s here (--deadline)"
        end_s = min(
            now.time_s + limit_s * _SWEEP_SHARE_RATIO, started_s + limit_s * _SWEEP_END_SHARE_RATIO
        )
        self.evidence = list(self._evidence(end_s))

    @property
    def exit_code(self) -> int:
        """As a whole report of that severity has it."""
        return EXIT_CODES[self.severity]

    def _evidence(self, end_s: float) -> "Iterator[Evidence]":
        now = self.now
        yield "memory_full", self.stalled_ratio, "ratio", f"{urgent.MEMORY} full"
        yield "memory_full_avg10", now.avg10_ratio, "ratio", f"{urgent.MEMORY} full avg10"
        yield "available", now.kib("MemAvailable"), "kib", "/proc/meminfo MemAvailable"
        yield "swap_free", now.kib("SwapFree"), "kib", "/proc/meminfo SwapFree"
        yield "oom_kill", self.kills_count, "count", "/proc/vmstat oom_kill"
        victim = _first_victim(end_s)
        if victim is not None:
            pid, of = victim
            yield "first_victim", f"{_name(pid)}{of}", "process", f"/proc/{pid}/oom_score"


def _first_victim(end_s: float) -> tuple[str, str] | None:
    """The pid of the highest oom_score; and among how many, where time did not suffice for all.

    The newest first: the oldest are kernel threads, which have no memory of their own.
    """
    pids = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - no further module
    best, found, looked_count = 0.0, None, 0
    for pid in reversed(pids):
        if time.monotonic() > end_s:
            break
        looked_count += 1
        score = urgent.number_after(urgent.read(f"/proc/{pid}/oom_score"))
        if score is not None and score > best:
            best, found = score, pid
    if found is None:
        return None
    return found, "" if looked_count == len(pids) else f", of {looked_count} looked at"


def _name(pid: str) -> str:
    return f"{_harmless(urgent.read(f'/proc/{pid}/comm').strip())} (pid {pid})"


def _harmless(name: bytes) -> str:
    r"""Printable ASCII, whatever a name is made of.

    >>> _harmless(b"b\xc3\xa4t\x1bch")
    'b\\xc3\\xa4t?ch'
    """
    text = name.decode("ascii", "backslashreplace")
    return "".join(char if char.isprintable() else "?" for char in text)


def _host() -> str:
    return _harmless(os.fsencode(os.uname().nodename))


def _shown(value: float | str | None, unit: str) -> str:
    """A number for people.

    >>> _shown(0.749, "ratio"), _shown(12288, "kib"), _shown(None, "kib")
    ('75 %', '12 MiB', '?')
    """
    if value is None:
        return "?"
    if isinstance(value, str):
        return value
    if unit == "count":
        return f"{value:.0f}"
    return f"{value * 100:.0f} %" if unit == "ratio" else f"{value / 1024:.0f} MiB"


def text(partial: Partial) -> str:
    """For a person."""
    total = _shown(partial.now.kib("MemTotal"), "kib")
    told = [f"{name} {_shown(value, unit)}" for name, value, unit, _ in partial.evidence]
    indented = [", ".join(told[:2]), ", ".join(told[2:5]), *told[5:],
                f"{partial.rule}, confidence medium", f"would change it: {_DOUBTS[partial.rule]}"]  # fmt: skip
    lines = [
        f"{partial.severity}  {_host()}: Linux {os.uname().release}, {total} of memory",
        f"{partial.severity:<9}{partial.title}",
        *(f"{'':9}{line}" for line in indented),
        "",
        partial.reason,
        _COST,
    ]
    return "\n".join(lines) + "\n"


def nagios(partial: Partial) -> str:
    """For a monitoring system: see ``render.nagios``."""
    available, swap = partial.now.kib("MemAvailable"), partial.now.kib("SwapFree")
    ratio = partial.stalled_ratio
    data = " ".join((
        "'available'=U" if available is None else f"'available'={available * 1024}B",
        "'swap_free'=U" if swap is None else f"'swap_free'={swap * 1024}B",
        "'memory_full'=U" if ratio is None else f"'memory_full'={ratio * 100:.2f}%",
    ))  # fmt: skip
    told = ", ".join(f"{name} {_shown(value, unit)}" for name, value, unit, _ in partial.evidence)
    head = f"VMADVISOR {partial.severity} - {partial.title} ({partial.reason}) | {data}"
    return f"{head}\n{partial.severity} {partial.rule} [host] {partial.title}: {told}\n"


def json(partial: Partial) -> str:
    """For programs: the keys of a whole report, ``null`` for what was not looked at."""
    host, now = os.uname(), partial.now
    finding: dict[str, Json] = {
        "id": partial.rule,
        "scope": "host",
        "severity": partial.severity,
        "title": partial.title,
        "confidence": "medium",
        "evidence": [
            {"name": name, "value": value, "unit": unit, "source": source}
            for name, value, unit, source in partial.evidence
        ],
        "counter_evidence": [],
        "would_change": [_DOUBTS[partial.rule]],
        "remedy": None,
    }
    document: dict[str, Json] = {
        "schema_version": 1,
        "time_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "tool_version": __version__,
        "status": partial.severity,
        "exit_code": partial.exit_code,
        "host": {
            "hostname": _host() or None,
            "kernel_release": host.release,
            "arch": host.machine,
            "page_size_bytes": os.sysconf("SC_PAGE_SIZE"),
            "boot_id": None,
            "mem_total_kib": now.kib("MemTotal"),
            "swap_total_kib": now.kib("SwapTotal"),
            "is_live": True,
        },
        "snapshot_time_s": now.time_s,
        "forecasts": [],
        "times": [],
        "expected_full_stalls": [],
        "findings": [finding],
        "relief": None,
        "recommendations": [],
        "rules_quiet": [],
        "rules_ignored": [],
        "lru": [],
        **dict.fromkeys(_UNREAD),
        "gaps": [{"path": "/", "reason": partial.reason, "cost": _COST}],
    }
    return _encoded(document) + "\n"


def _encoded(value: "Json") -> str:
    r"""JSON text of printable ASCII strings and finite numbers, without the standard module's files.

    >>> _encoded({"a": [1, None, 'b"c', True, 0.5]})
    '{"a": [1, null, "b\\"c", true, 0.5]}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}": {_encoded(item)}' for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_encoded, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return {"None": "null", "True": "true", "False": "false"}.get(repr(value), repr(value))


_METRICS = {
    "verdict": "1 for the verdict in force, 0 for the others.",
    "verdict_exit_code": "The verdict as check's exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
    "finding_active": "Scopes (host, cgroups) in which the rule found something; absent where it is quiet.",
    "available_bytes": "MemAvailable; before 3.14 recomputed. Source: /proc/meminfo.",
    "swap_free_bytes": "Source: /proc/meminfo SwapFree.",
    "reading_timestamp_seconds": "When the host was read: time() less this is how stale all of it is.",
    "reading_partial": "1 where time did not suffice for more than a first look.",
}
"""As ``render.metrics`` has them."""


def prometheus(partial: Partial) -> str:
    """For Prometheus: what was seen, and no label that holds anybody's name."""
    available, swap = partial.now.kib("MemAvailable"), partial.now.kib("SwapFree")
    statuses = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
    samples: dict[str, dict[str, float | None]] = {
        "verdict": {f'{{status="{one}"}}': one == partial.severity for one in statuses},
        "verdict_exit_code": {"": partial.exit_code},
        "finding_active": {f'{{id="{partial.rule}",severity="{partial.severity}"}}': 1},
        "available_bytes": {"": None if available is None else available * 1024},
        "swap_free_bytes": {"": None if swap is None else swap * 1024},
        "reading_timestamp_seconds": {"": int(time.time())},
        "reading_partial": {"": 1},
    }
    lines = [f"# {partial.reason}"]
    for name, values in samples.items():
        known = [(labels, value) for labels, value in values.items() if value is not None]
        if known:
            lines.append(f"# HELP vmadvisor_{name} {_METRICS[name]}")
            lines.append(f"# TYPE vmadvisor_{name} gauge")
            lines += [f"vmadvisor_{name}{labels} {float(value)}" for labels, value in known]
    return "\n".join(lines) + "\n"


FORMATS = {"text": text, "nagios": nagios, "json": json, "prometheus": prometheus}
