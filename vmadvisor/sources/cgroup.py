"""One cgroup's memory files, v2 and v1, as one record (``mm/memcontrol.c``, ``mm/memcontrol-v1.c``).

v2: ``memory.max`` (``max`` or bytes), ``memory.events`` (``max 3``, ``oom_kill 1``), ``memory.stat``.
v1: ``memory.limit_in_bytes`` (a huge number for none), ``memory.oom_control`` (``oom_kill 1``).
"""

from collections.abc import Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import counters, from_file, single_unsigned, unsigned, whole_lines
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
    ``events_local_*`` those of ``memory.events.local`` (5.2+): this group's own limit, not a child's.
    v1's ``failcnt`` stands as ``events_max_total``. ``None`` where the file or the line is absent.
    ``has_limit_files`` is false for v2's root group, which can have no limit. ``pids`` is ``None`` when cgroup.procs was not read.
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
    events_local_high_total: int | None = None
    events_local_max_total: int | None = None
    events_local_oom_total: int | None = None


def _limit(text: str) -> int | None:
    """v2: bytes, or ``max`` for no limit."""
    word = text.strip()
    return None if word == "max" else unsigned(word)


def _v1_limit(text: str) -> int | None:
    limit_bytes = single_unsigned(text)
    return None if limit_bytes >= V1_UNLIMITED_MIN_BYTES else limit_bytes


def _flag(text: str) -> bool:
    return single_unsigned(text) != 0


def _pids(text: str) -> tuple[int, ...]:
    return tuple(unsigned(line, line_number=number) for number, line in whole_lines(text))


def _sum(stat: Mapping[str, int], name: str, parts: tuple[str, ...]) -> int | None:
    """The counter itself, or the sum of all its parts where the kernel keeps them apart."""
    if name in stat:
        return stat[name]
    found = [stat[part] for part in parts if part in stat]
    return sum(found) if len(found) == len(parts) else None


def _v2(files: Mapping[str, str]) -> CgroupMemory:
    stat = from_file(files, "memory.stat", counters) or {}
    events = from_file(files, "memory.events", counters) or {}
    local = from_file(files, "memory.events.local", counters) or {}
    return CgroupMemory(
        version=2,
        has_limit_files="memory.max" in files,
        current_bytes=from_file(files, "memory.current", single_unsigned),
        max_bytes=from_file(files, "memory.max", _limit),
        high_bytes=from_file(files, "memory.high", _limit),
        low_bytes=from_file(files, "memory.low", _limit),
        min_bytes=from_file(files, "memory.min", _limit),
        swap_current_bytes=from_file(files, "memory.swap.current", single_unsigned),
        swap_max_bytes=from_file(files, "memory.swap.max", _limit),
        memsw_max_bytes=None,
        events_max_total=events.get("max"),
        events_high_total=events.get("high"),
        events_oom_total=events.get("oom"),
        events_oom_kill_total=events.get("oom_kill"),
        events_local_high_total=local.get("high"),
        events_local_max_total=local.get("max"),
        events_local_oom_total=local.get("oom"),
        oom_group=from_file(files, "memory.oom.group", _flag),
        swappiness_count=None,
        anon_bytes=stat.get("anon"),
        file_bytes=stat.get("file"),
        shmem_bytes=stat.get("shmem"),
        slab_bytes=_sum(stat, "slab", ("slab_reclaimable", "slab_unreclaimable")),
        inactive_file_bytes=stat.get("inactive_file"),
        active_file_bytes=stat.get("active_file"),
        pgscan_pages_total=stat.get("pgscan"),
        pgsteal_pages_total=stat.get("pgsteal"),
        workingset_refault_pages_total=_sum(
            stat, "workingset_refault", ("workingset_refault_anon", "workingset_refault_file")
        ),
        pressure=from_file(files, "memory.pressure", parse_pressure),
        pids=from_file(files, "cgroup.procs", _pids),
    )


def _v1(files: Mapping[str, str]) -> CgroupMemory:
    # Plain lines count this group alone; "total_" ones its subtree, as all v2 lines and the limit do.
    stat = from_file(files, "memory.stat", counters) or {}
    return CgroupMemory(
        version=1,
        has_limit_files="memory.limit_in_bytes" in files,
        current_bytes=from_file(files, "memory.usage_in_bytes", single_unsigned),
        max_bytes=from_file(files, "memory.limit_in_bytes", _v1_limit),
        high_bytes=None,
        low_bytes=None,
        min_bytes=None,
        swap_current_bytes=stat.get("total_swap"),
        swap_max_bytes=None,
        memsw_max_bytes=from_file(files, "memory.memsw.limit_in_bytes", _v1_limit),
        events_max_total=from_file(files, "memory.failcnt", single_unsigned),
        events_high_total=None,
        events_oom_total=None,
        events_oom_kill_total=(from_file(files, "memory.oom_control", counters) or {}).get(
            "oom_kill"
        ),
        events_local_high_total=None,
        events_local_max_total=None,
        events_local_oom_total=None,
        oom_group=None,
        swappiness_count=from_file(files, "memory.swappiness", single_unsigned),
        anon_bytes=stat.get("total_rss"),
        file_bytes=stat.get("total_cache"),
        shmem_bytes=stat.get("total_shmem"),
        slab_bytes=None,
        inactive_file_bytes=stat.get("total_inactive_file"),
        active_file_bytes=stat.get("total_active_file"),
        pgscan_pages_total=None,
        pgsteal_pages_total=None,
        workingset_refault_pages_total=_sum(
            stat,
            "total_workingset_refault",
            ("total_workingset_refault_anon", "total_workingset_refault_file"),
        ),
        pressure=None,
        pids=from_file(files, "cgroup.procs", _pids),
    )


def parse(files: Mapping[str, str]) -> CgroupMemory:
    r"""File name -> text in, record out; a group without memory files raises ``ParseError``.

    >>> group = parse({"memory.current": "4096\n", "memory.max": "max\n"})
    >>> group.version, group.current_bytes, group.max_bytes, group.has_limit_files
    (2, 4096, None, True)
    """
    if "memory.current" in files or "memory.max" in files:
        return _v2(files)
    if "memory.usage_in_bytes" in files:
        return _v1(files)
    raise ParseError("no memory.current, memory.max or memory.usage_in_bytes")
