"""One cgroup's memory files, v2 and v1, as one record (``mm/memcontrol.c``, ``mm/memcontrol-v1.c``).

v2: ``memory.max`` (``max`` or bytes), ``memory.events`` (``max 3``, ``oom_kill 1``), ``memory.stat``.
v1: ``memory.limit_in_bytes`` (a huge number for none), ``memory.oom_control`` (``oom_kill 1``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vmadvisor.errors import ParseError
from vmadvisor.sources._lines import counters, single, unsigned
from vmadvisor.sources.pressure import Pressure
from vmadvisor.sources.pressure import parse as parse_pressure

V2_NAMES = (
    "memory.current", "memory.max", "memory.high", "memory.low", "memory.min",
    "memory.swap.current", "memory.swap.max", "memory.events", "memory.events.local",
    "memory.oom.group", "memory.pressure", "memory.stat", "cgroup.procs",
)  # fmt: skip
V1_NAMES = (
    "memory.usage_in_bytes", "memory.limit_in_bytes", "memory.soft_limit_in_bytes",
    "memory.memsw.usage_in_bytes", "memory.memsw.limit_in_bytes", "memory.failcnt",
    "memory.oom_control", "memory.swappiness", "memory.stat", "cgroup.procs",
)  # fmt: skip

V1_UNLIMITED_MIN_BYTES = 2**60
"""v1 prints PAGE_COUNTER_MAX rounded to pages (9223372036854771712 with 4 KiB pages) for "no limit"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupMemory:
    """Sizes in bytes; a limit that is not set (``max``) is ``None`` with ``has_limit_files`` true.

    Counters (``*_total``) are those of ``memory.events``, hierarchical where the kernel makes them so;
    ``None`` where the file or the line is absent. ``pids`` is ``None`` when cgroup.procs was not read.
    """

    version: int
    has_limit_files: bool
    current_bytes: int | None
    max_bytes: int | None
    high_bytes: int | None
    low_bytes: int | None
    min_bytes: int | None
    swap_current_bytes: int | None
    swap_max_bytes: int | None
    memsw_max_bytes: int | None
    events_max_total: int | None
    events_high_total: int | None
    events_oom_total: int | None
    events_oom_kill_total: int | None
    oom_group: bool | None
    swappiness_count: int | None
    anon_bytes: int | None
    file_bytes: int | None
    shmem_bytes: int | None
    slab_bytes: int | None
    inactive_file_bytes: int | None
    active_file_bytes: int | None
    pgscan_pages_total: int | None
    pgsteal_pages_total: int | None
    workingset_refault_pages_total: int | None
    pressure: Pressure | None
    pids: tuple[int, ...] | None
