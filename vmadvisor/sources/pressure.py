"""``/proc/pressure/{memory,io,cpu}`` and a cgroup's ``memory.pressure`` (``kernel/sched/psi.c:psi_show``).

    some avg10=0.12 avg60=0.34 avg300=0.56 total=789
    full avg10=0.01 avg60=0.02 avg300=0.03 total=45

4.20+. The files are absent, or reading fails with EOPNOTSUPP, where PSI is off (``psi=0``, or the
distribution's default). ``total`` is exact and monotonic; the averages are decayed every 2 s.
"""

import re
from typing import TypeVar

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_LINE = re.compile(
    r"(some|full) avg10=(\d{1,3}\.\d\d) avg60=(\d{1,3}\.\d\d) avg300=(\d{1,3}\.\d\d) total=(\d+)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureLine:
    """Share of wall time stalled (0-100), and the stalled time since boot in microseconds."""

    avg10_pct: float
    avg60_pct: float
    avg300_pct: float
    stall_us_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """``some``: at least one task stalled; ``full``: all of them (cpu: 5.13+, 0 host-wide)."""

    some: PressureLine | None
    full: PressureLine | None


# Plain subclasses: each file is a type of its own in the snapshot, at no cost on import.
class MemoryPressure(Pressure):
    """Stalled for memory: reclaim, compaction, refaults, swap-in; kswapd's own running time too."""

    __slots__ = ()


class IoPressure(Pressure):
    """Stalled for block I/O."""

    __slots__ = ()


class CpuPressure(Pressure):
    """Runnable and not running."""

    __slots__ = ()


P = TypeVar("P", bound=Pressure)


def _parse_as(kind: type[P], text: str) -> P:
    found: dict[str, PressureLine] = {}
    for number, line in whole_lines(text):
        if not line.startswith(("some", "full")):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ParseError(
                f"expected averages and total, found {line[:60]!r}", line_number=number
            )
        found[match[1]] = PressureLine(
            avg10_pct=float(match[2]),
            avg60_pct=float(match[3]),
            avg300_pct=float(match[4]),
            stall_us_total=unsigned(match[5], line_number=number),
        )
    if not found:
        raise ParseError("no 'some' or 'full' line")
    return kind(some=found.get("some"), full=found.get("full"))


def parse(text: str) -> Pressure:
    r"""Text in, record out; a line that is not there is ``None``, no line at all ``ParseError``.

    >>> pressure = parse("some avg10=0.12 avg60=0.34 avg300=0.56 total=789\n")
    >>> pressure.some.stall_us_total, pressure.full
    (789, None)
    """
    return _parse_as(Pressure, text)


def parse_memory(text: str) -> MemoryPressure:
    """``parse`` for /proc/pressure/memory."""
    return _parse_as(MemoryPressure, text)


def parse_io(text: str) -> IoPressure:
    """``parse`` for /proc/pressure/io."""
    return _parse_as(IoPressure, text)


def parse_cpu(text: str) -> CpuPressure:
    """``parse`` for /proc/pressure/cpu."""
    return _parse_as(CpuPressure, text)


MEMORY_SOURCE = FileSource(
    path="proc/pressure/memory",
    record=MemoryPressure,
    parse=parse_memory,
    cost="how long tasks stall for memory cannot be told; only reclaim counters remain",
)
IO_SOURCE = FileSource(
    path="proc/pressure/io",
    record=IoPressure,
    parse=parse_io,
    cost="stalls for swap and writeback cannot be told from other waiting",
    optional=True,  # one missing PSI file is reported once, by memory's
)
CPU_SOURCE = FileSource(
    path="proc/pressure/cpu",
    record=CpuPressure,
    parse=parse_cpu,
    cost="a kswapd that starves for CPU cannot be seen",
    optional=True,
)
