"""``/proc/stat``: CPU time of the host, boot time, running tasks (``fs/proc/stat.c:show_stat``).

    cpu  10132153 290696 3084719 46828483 16683 0 25195 4321 0 0
    cpu0 1393280 32966 572056 13343292 6130 0 17875 99 0 0
    intr 1462898 ...
    btime 1690000000
    procs_running 6
    procs_blocked 2

Times are in clock ticks (USER_HZ).
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines
from vmadvisor.sources._source import FileSource

_COLUMNS = (
    "user_ticks_total", "nice_ticks_total", "system_ticks_total", "idle_ticks_total",
    "iowait_ticks_total", "irq_ticks_total", "softirq_ticks_total", "steal_ticks_total",
)  # fmt: skip
_COLUMNS_MIN_COUNT = 4
_SINGLES = {
    "btime": "btime_s",
    "procs_running": "procs_running_count",
    "procs_blocked": "procs_blocked_count",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcStat:
    """Times summed over all CPUs. ``iowait`` may run backwards; a column not printed is ``None``."""

    cpus_count: int
    btime_s: int | None = None
    procs_running_count: int | None = None
    procs_blocked_count: int | None = None
    user_ticks_total: int
    nice_ticks_total: int
    system_ticks_total: int
    idle_ticks_total: int
    iowait_ticks_total: int | None = None
    irq_ticks_total: int | None = None
    softirq_ticks_total: int | None = None
    steal_ticks_total: int | None = None

    @property
    def ticks_total(self) -> int:
        """All of them: every CPU adds USER_HZ a second. Guests' time is in ``user`` already."""
        return sum(getattr(self, name) or 0 for name in _COLUMNS)


def parse(text: str) -> ProcStat:
    r"""Text in, record out; without the summary line ``cpu`` it is no stat: ``ParseError``.

    >>> stat = parse("cpu  5 1 7 90\ncpu0 5 1 7 90\nbtime 1690000000\n")
    >>> stat.system_ticks_total, stat.cpus_count, stat.iowait_ticks_total
    (7, 1, None)
    """
    found: dict[str, int] = {}
    cpus_count = 0
    for number, line in whole_lines(text):
        key, _, rest = line.partition(" ")
        if key == "cpu":
            found |= _times(rest.split(), number)
        elif key.startswith("cpu") and key[3:].isdecimal():
            cpus_count += 1
        elif key in _SINGLES:
            found[_SINGLES[key]] = unsigned(rest.strip(), line_number=number)
    if _COLUMNS[0] not in found:
        raise ParseError("no 'cpu' line")
    return ProcStat(cpus_count=cpus_count, **found)


def _times(fields: list[str], number: int) -> dict[str, int]:
    if len(fields) < _COLUMNS_MIN_COUNT:
        raise ParseError(
            f"expected {_COLUMNS_MIN_COUNT} times, found {len(fields)}", line_number=number
        )
    return {
        name: unsigned(field, line_number=number)
        for name, field in zip(_COLUMNS, fields, strict=False)
    }


SOURCE = FileSource(
    path="proc/stat",
    record=ProcStat,
    parse=parse,
    cost="CPU use, iowait and the number of CPUs cannot be told",
)
