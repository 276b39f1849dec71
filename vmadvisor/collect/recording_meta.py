"""``meta.json``, the member in which a recording says how it was made: what a reader must know of it.

{"host": "db1", "page_size_bytes": 4096, "processes": {"scan": "shortlist", "top_count": 10}, ...}
"""

import json

from vmadvisor.collect.tree import Tree
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Gap, HostFacts
from vmadvisor.sources.log_time import us_of_iso

NAME = "meta.json"
SIZE_MAX_BYTES = 65_536

PROCESSES_MAX_COUNT = 2**22
"""``include/linux/threads.h:PID_MAX_LIMIT``."""

_TEXT_MAX_COUNT = 255
_PAGE_SIZES_BYTES = frozenset(2**order for order in range(12, 19))
_CLOCK_HZ_MAX = 10_000
_CLOCK_MAX_S = 1e10


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMeta:
    """``top_count`` is of a shortlist; ``hidden`` says why not every process could be seen.

    ``zero_utc_s`` is when the recording's clock showed 0, to a second; ``None`` where it is not said.
    """

    host: HostFacts
    is_shortlist: bool
    top_count: int | None
    hidden: str | None
    zero_utc_s: float | None = None

    def gaps(self) -> list[Gap]:
        """What the recording left out on purpose, or could not see."""
        found: list[Gap] = []
        if self.is_shortlist:
            reason = "the recording holds its host's largest processes and likeliest victims only"
            cost = "what the others did, and who is first within a control group, cannot be told"
            found.append(Gap(path="/proc", reason=reason, cost=cost))
        if self.hidden is not None:
            cost = "who held the memory and whom the OOM killer would take is known of some only"
            found.append(Gap(path="/proc", reason=self.hidden, cost=cost))
        return found


def meta_of(tree: Tree) -> RecordingMeta:
    """What the tree's recording says of itself; nothing where it is none, or where that makes no sense."""
    try:
        data = tree.read(NAME)[0]
        found = json.loads(data) if len(data) <= SIZE_MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        found = None
    meta = found if isinstance(found, dict) else {}
    processes = meta.get("processes")
    scan = processes if isinstance(processes, dict) else {}
    is_shortlist = scan.get("scan") == "shortlist"
    page_bytes = number_of(meta.get("page_size_bytes"), max(_PAGE_SIZES_BYTES))
    return RecordingMeta(
        host=HostFacts(
            hostname=_text(meta.get("host")),
            arch=_text(meta.get("arch")),
            boot_id=_text(meta.get("boot_id")),
            page_size_bytes=page_bytes if page_bytes in _PAGE_SIZES_BYTES else None,
            clock_hz=number_of(meta.get("clock_hz"), _CLOCK_HZ_MAX) or None,
            is_live=False,
            reader_pid_id=number_of(meta.get("recorder_pid"), PROCESSES_MAX_COUNT) or None,
        ),
        is_shortlist=is_shortlist,
        top_count=number_of(scan.get("top_count"), PROCESSES_MAX_COUNT) if is_shortlist else None,
        hidden=_text(scan.get("hidden")),
        zero_utc_s=_zero_utc_s(meta.get("started_utc"), meta.get("started_s")),
    )


def _zero_utc_s(started_utc: object, started_s: object) -> float | None:
    if not isinstance(started_utc, str) or not isinstance(started_s, int | float):
        return None
    us = us_of_iso(started_utc)
    return None if us is None or not 0 <= started_s < _CLOCK_MAX_S else us / 1e6 - started_s


def _text(value: object) -> str | None:
    """A name that can be written as bytes again, of a sane length."""
    if not isinstance(value, str) or not 0 < len(value) <= _TEXT_MAX_COUNT:
        return None
    is_writable = not any("\ud800" <= letter <= "\udfff" for letter in value)
    return value if is_writable else None


def number_of(value: object, most: int) -> int | None:
    """A number from 0 to ``most``; ``None`` for anything else that JSON can hold."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        return None
    return value
