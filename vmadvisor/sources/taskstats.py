"""``struct taskstats``: what a task has waited for, as generic netlink hands it out (``kernel/taskstats.c``).

The structure (``include/uapi/linux/taskstats.h``) grew at its end with every version, but for version 15
(6.14, 6.15), which put new fields in the middle; 16 took that back. Its length says nothing by itself: the
first two bytes hold the version. Numbers are in the byte order of the kernel that wrote them: this host's.

    offset  field (count and nanoseconds, 8 bytes each)      since    in version 15 at
    48      swapin_count, swapin_delay_total                 8        80
    128     ac_pid, 4 bytes; 0 in a process's sum            8        176
    312     freepages_count, freepages_delay_total           8        360
    328     thrashing_count, thrashing_delay_total           9        392
    352     compact_count, compact_delay_total               11       432

What ``kernel/delayacct.c`` times: freepages is direct reclaim, for a cgroup's limit too (with the sleeps
within it, without the throttling before it); swapin the reading of a page from swap; thrashing the wait for
a page that had been evicted while in use, from swap or a file, so that both may time the same wait; compact
direct compaction. A total may wrap around.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass

VERSION_MIN = 8
_BROKEN_VERSION = 15
"""6.14 and 6.15: the only layout that is no extension of the one before."""

_VERSION = struct.Struct("=H")
_SIZES_BYTES = {
    8: 328,
    9: 344,
    10: 352,
    11: 368,
    12: 400,
    13: 416,
    14: 432,
    15: 560,
    16: 560,
    17: 688,
}
"""``sizeof(struct taskstats)`` by version; a later one is at least as long as the last that is known."""

_NEWEST_KNOWN = max(_SIZES_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How often a task waited since it was started, and for how long."""

    waits_total: int
    waited_ns_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStats:
    """One task's delays, or the sum over a process's threads, dead ones included (then ``pid_id`` is 0).

    ``None``: this version has no such field. All are 0 for a task that was started while
    kernel.task_delayacct was off, which nothing in the structure tells.
    """

    version: int
    pid_id: int
    freepages: Delay
    swapin: Delay
    thrashing: Delay | None
    compact: Delay | None


class _Layout(NamedTuple):
    numbers: struct.Struct
    has_thrashing: bool
    has_compact: bool


_PREFIX = "=48x2Q64xI180x2Q"
_LAYOUTS: Mapping[int, _Layout] = {
    8: _Layout(struct.Struct(_PREFIX), has_thrashing=False, has_compact=False),
    9: _Layout(struct.Struct(f"{_PREFIX}2Q"), has_thrashing=True, has_compact=False),
    11: _Layout(struct.Struct(f"{_PREFIX}2Q8x2Q"), has_thrashing=True, has_compact=True),
    _BROKEN_VERSION: _Layout(
        struct.Struct("=80x2Q80xI180x2Q16x2Q24x2Q"), has_thrashing=True, has_compact=True
    ),
}


def parse(payload: bytes) -> TaskStats:
    """The attribute TASKSTATS_TYPE_STATS as a record; of versions still unknown, what is known of them."""
    if len(payload) < _VERSION.size:
        raise ParseError(f"struct taskstats of {len(payload)} bytes has no version")
    (version,) = _VERSION.unpack_from(payload)
    if version < VERSION_MIN:
        raise ParseError(f"struct taskstats version {version}: known from {VERSION_MIN} on")
    promised_bytes = _SIZES_BYTES[min(version, _NEWEST_KNOWN)]
    if len(payload) < promised_bytes:
        raise ParseError(
            f"struct taskstats version {version}: {len(payload)} bytes of {promised_bytes}"
        )
    layout = _layout(version)
    numbers = layout.numbers.unpack_from(payload)
    swapin_count, swapin_ns, pid_id, freepages_count, freepages_ns, *rest = numbers
    return TaskStats(
        version=version,
        pid_id=pid_id,
        freepages=Delay(waits_total=freepages_count, waited_ns_total=freepages_ns),
        swapin=Delay(waits_total=swapin_count, waited_ns_total=swapin_ns),
        thrashing=(
            Delay(waits_total=rest[0], waited_ns_total=rest[1]) if layout.has_thrashing else None
        ),
        compact=Delay(waits_total=rest[2], waited_ns_total=rest[3]) if layout.has_compact else None,
    )


def _layout(version: int) -> _Layout:
    if version == _BROKEN_VERSION:
        return _LAYOUTS[_BROKEN_VERSION]
    if version >= 11:  # noqa: PLR2004 - struct taskstats version 11 brought compact
        return _LAYOUTS[11]
    return _LAYOUTS[9 if version >= 9 else 8]  # noqa: PLR2004 - version 9 brought thrashing
