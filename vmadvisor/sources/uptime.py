"""``/proc/uptime``: ``350735.47 234388.90``, seconds since boot and idle (``fs/proc/uptime.c``)."""

import re

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._source import FileSource

_FIRST = re.compile(r"(\d{1,12}\.\d\d)\s", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """Time since boot, suspend included: the interval of every counter "since boot"."""

    uptime_s: float


def parse(text: str) -> Uptime:
    r"""Text in, record out.

    >>> parse("350735.47 234388.90\n").uptime_s
    350735.47
    """
    match = _FIRST.match(text)
    if match is None:
        raise ParseError(f"expected seconds, found {text[:40]!r}", line_number=1)
    return Uptime(uptime_s=float(match[1]))


SOURCE = FileSource(
    path="proc/uptime",
    record=Uptime,
    parse=parse,
    cost="averages since boot cannot be formed",
)
