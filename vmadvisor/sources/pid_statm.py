"""``/proc/PID/statm``: ``1024 321 200 4 0 90 0``, pages (``fs/proc/array.c:proc_pid_statm``).

The cheapest file that tells a process's size; all zeros for kernel threads and zombies.
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import signed, unsigned


@dataclass(frozen=True, slots=True, kw_only=True)
class PidStatm:
    """``resident_pages`` sums the per-CPU counters exactly since 6.16 (and late 6.12.y, 6.15.y)."""

    size_pages: int
    resident_pages: int
    shared_pages: int


def parse(text: str) -> PidStatm:
    """Text in, record out.

    >>> parse("1024 321 200 4 0 90 0").resident_pages
    321
    """
    fields = text.split()
    if len(fields) < 3:  # noqa: PLR2004 - size, resident, shared; the rest is 0 or unused
        raise ParseError(f"expected size, resident, shared; found {text[:40]!r}", line_number=1)
    return PidStatm(
        size_pages=unsigned(fields[0]),
        resident_pages=max(signed(fields[1]), 0),
        shared_pages=max(signed(fields[2]), 0),
    )
