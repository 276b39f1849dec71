"""Which kernel files the recorder copies, and how often: taken from vmadvisor's registry of sources.

    fast /proc/vmstat
    changed /proc/sys/vm/swappiness
    process stat

So a source that is added tomorrow is recorded tomorrow. Paths with a ``*`` are globs in the guest.
"""

from collections.abc import Iterator

from vmadvisor.collect.wanted import PROCESS_NAMES
from vmadvisor.sources import DEEP_SOURCES, SOURCES, AnySource, FileSource
from vmadvisor.sources.cgroup import V2_NAMES

FAST = (
    # Compared with one another: nothing slow comes between them. vmstat is nearest to the tick's time.
    "proc/vmstat",
    "proc/meminfo",
    "proc/zoneinfo",
    "proc/pressure/memory",
    "proc/pressure/io",
    "proc/pressure/cpu",
    "proc/stat",
    "proc/uptime",
)
SLOW = ("proc/buddyinfo", "proc/swaps", "proc/pagetypeinfo")
SLOW_BELOW = ("sys/devices/system/node/", "sys/block/zram", "sys/kernel/mm/hugepages/")


def lines() -> list[str]:
    """The recorder's plan.

    >>> lines()[0]
    'fast /proc/vmstat'
    """
    paths = list(_paths())
    found = [f"fast /{path}" for path in FAST]
    found += [f"{_pace(path)} /{path}" for path in paths if path not in FAST]
    found += [f"process {name}" for name in PROCESS_NAMES]
    return found + [f"cgroup {name}" for name in V2_NAMES]


def _pace(path: str) -> str:
    return "slow" if path in SLOW or path.startswith(SLOW_BELOW) else "changed"


def _paths() -> Iterator[str]:
    source: AnySource
    for source in SOURCES + DEEP_SOURCES:
        if isinstance(source, FileSource):
            yield source.path
        else:
            yield from (f"{source.path}/{name}" for name in source.names)
