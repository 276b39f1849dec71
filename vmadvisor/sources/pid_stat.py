"""``/proc/PID/stat``: one line, 52 fields, the name in parentheses (``fs/proc/array.c:do_task_stat``).

The name may hold spaces, parentheses and newlines: it ends at the last ``)``.
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import signed, unsigned

PF_KTHREAD = 0x00200000
"""Flag of kernel threads (``include/linux/sched.h``)."""

_FIELDS_MIN_COUNT = 22  # up to rss; later kernels append


@dataclass(frozen=True, slots=True, kw_only=True)
class PidStat:
    """``rss_pages`` is the mm's per-CPU counter as ``oom_badness()`` reads it on 6.2-6.19."""

    comm: str
    state: str
    ppid_id: int
    flags_mode: int
    majflt_total: int
    utime_ticks_total: int
    stime_ticks_total: int
    starttime_ticks: int
    rss_pages: int

    @property
    def is_kernel_thread(self) -> bool:
        """True for kernel threads, which the OOM killer never considers."""
        return bool(self.flags_mode & PF_KTHREAD)


def parse(text: str) -> PidStat:
    """Text in, record out.

    >>> line = "7 (a) b) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1"
    >>> record = parse(line)
    >>> record.comm, record.rss_pages, record.is_kernel_thread
    ('a) b', 321, False)
    """
    start, end = text.find("("), text.rfind(")")
    if start < 0 or end < start:
        raise ParseError("expected a name in parentheses", line_number=1)
    fields = text[end + 1 :].split()
    if len(fields) < _FIELDS_MIN_COUNT:
        raise ParseError(f"expected {_FIELDS_MIN_COUNT} fields after the name, found {len(fields)}")
    return PidStat(
        comm=text[start + 1 : end],
        state=fields[0],
        ppid_id=unsigned(fields[1]),
        flags_mode=unsigned(fields[6]),
        majflt_total=unsigned(fields[9]),
        utime_ticks_total=unsigned(fields[11]),
        stime_ticks_total=unsigned(fields[12]),
        starttime_ticks=unsigned(fields[19]),
        rss_pages=max(signed(fields[21]), 0),
    )
