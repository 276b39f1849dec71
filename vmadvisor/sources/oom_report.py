"""What the kernel printed about one run of the OOM killer (``mm/oom_kill.c:dump_header``), as records.

    leaky invoked oom-killer: gfp_mask=0x140dca(...), order=0, oom_score_adj=0     who asked
    CPU: 0 PID: 110 Comm: leaky Not tainted 6.1.0-50-cloud-amd64 #1                which kernel
    Mem-Info: / Node 0 DMA free:928kB min:132kB ...                                the host's memory, or
    memory: usage 10240kB, limit 10240kB, failcnt 4480498                          a cgroup's
    [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
    oom-kill:constraint=CONSTRAINT_NONE,...,task=leaky,pid=110,uid=0               5.0+
    Out of memory: Killed process 110 (leaky) total-vm:393816kB, ...               who was killed

Any part may be missing: rate limits, log levels, full buffers, careless copying. What is not there is
``None`` or empty; ``damage`` says what was there and could not be read.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from vmadvisor.records import dataclass

_CGROUP_WAYS = frozenset(
    {"mem_cgroup_out_of_memory", "mem_cgroup_oom_synchronize", "mem_cgroup_handle_oom"}
)


class OomTask(NamedTuple):
    """One row of the task table; there can be tens of thousands, so it is a tuple.

    ``page_tables_pages`` are nr_ptes and nr_pmds (until 4.14), ``pgtables_bytes`` stands there since
    4.15; ``swapents_pages`` is ``None`` where the column does not exist (until 3.6).
    """

    pid_id: int
    uid_id: int
    tgid_id: int
    total_vm_pages: int
    rss_pages: int
    page_tables_pages: int | None
    pgtables_bytes: int | None
    swapents_pages: int | None
    oom_score_adj: int
    comm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OomTable:
    """The task table. ``columns`` as its header names them; empty where the header was lost.

    ``malformed_count`` rows could not be read, ``dropped_count`` were more than are kept.
    """

    columns: tuple[str, ...]
    tasks: tuple[OomTask, ...]
    malformed_count: int
    dropped_count: int
    has_state_line: bool

    @property
    def is_whole(self) -> bool:
        """Nothing is known to be missing."""
        return bool(self.columns and self.tasks) and not self.malformed_count + self.dropped_count


@dataclass(frozen=True, slots=True, kw_only=True)
class OomZone:
    """A zone's line, its ``lowmem_reserve[]`` and its free blocks (``mm/show_mem.c:show_free_areas``).

    ``free_blocks_count[order]`` blocks are free; ``block_types[order]`` are the letters of their
    migrate types, ``U M E H C I``, empty before 3.9. ``block_kib`` is the size of the smallest block: a page.
    """

    node_id: int
    name: str
    free_kib: int
    min_kib: int
    low_kib: int
    high_kib: int
    boost_kib: int | None
    reserved_highatomic_kib: int | None
    free_highatomic_kib: int | None
    present_kib: int | None
    managed_kib: int | None
    free_cma_kib: int | None
    slab_unreclaimable_kib: int | None
    all_unreclaimable: bool | None
    lowmem_reserve_pages: tuple[int, ...] = ()
    free_blocks_count: tuple[int, ...] = ()
    block_types: tuple[str, ...] = ()
    block_kib: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OomHugePages:
    """A node's pool of one size."""

    node_id: int
    total_count: int
    free_count: int
    size_kib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OomMemory:
    """The host's memory: ``pages`` are Mem-Info's counters by the kernel's names, ``node_kib`` a node's.

    ``ram_pages`` and ``reserved_pages`` are of all zones: their difference is MemTotal.
    """

    pages: Mapping[str, int] = field(default_factory=dict)
    node_kib: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    zones: tuple[OomZone, ...] = ()
    hugepages: tuple[OomHugePages, ...] = ()
    pagecache_pages: int | None = None
    swap_cache_pages: int | None = None
    swap_free_kib: int | None = None
    swap_total_kib: int | None = None
    ram_pages: int | None = None
    highmem_pages: int | None = None
    reserved_pages: int | None = None
    cma_reserved_pages: int | None = None
    slab_caches_kib: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OomCharge:
    """One counter of a cgroup: ``memory``, ``memory+swap``, ``kmem`` or ``swap``."""

    usage_kib: int
    limit_kib: int
    failcnt_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OomCgroup:
    """The cgroup whose limit was met. ``stats_bytes`` by the kernel's names (v1's ``KB`` are converted)."""

    path: str | None
    charges: Mapping[str, OomCharge]
    stats_bytes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OomSummary:
    """The line ``oom-kill:constraint=`` (5.0+). ``pid_id`` and ``comm`` are of the chosen process."""

    constraint: str
    nodemask: str | None
    cpuset: str | None
    mems_allowed: str | None
    oom_memcg: str | None
    task_memcg: str | None
    pid_id: int | None
    comm: str | None
    uid_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OomKill:
    """A process that got SIGKILL; sizes as the line prints them. ``lead`` is what stands before the colon."""

    pid_id: int
    comm: str
    lead: str | None
    stamp_s: float | None
    total_vm_kib: int | None
    anon_rss_kib: int | None
    file_rss_kib: int | None
    shmem_rss_kib: int | None
    oom_score_adj: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OomChoice:
    """``Kill process PID (NAME) score N or sacrifice child`` (until 5.0): whom the kernel chose."""

    pid_id: int
    comm: str
    lead: str
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OomReport:
    """One run of the OOM killer, or a kill whose report is not in the log (``invoker_comm`` is ``None``)."""

    stamp_s: float | None = None
    when: str | None = None
    utc: str | None = None
    host: str = ""
    release: str | None = None
    hardware: str | None = None
    invoker_comm: str | None = None
    invoker_pid_id: int | None = None
    gfp_mask: str | None = None
    gfp_flags: tuple[str, ...] = ()
    order: int | None = None
    oom_score_adj: int | None = None
    nodemask: str | None = None
    cpuset: str | None = None
    mems_allowed: str | None = None
    trace: tuple[str, ...] = ()
    is_sysrq: bool = False
    memory: OomMemory | None = None
    cgroup: OomCgroup | None = None
    table: OomTable | None = None
    summary: OomSummary | None = None
    choice: OomChoice | None = None
    kills: tuple[OomKill, ...] = ()
    is_group_kill: bool = False
    has_no_candidate: bool = False
    panic: str | None = None
    earlier_kills: tuple[tuple[int, str], ...] = ()
    host_swap_kib: int | None = None
    damage: tuple[str, ...] = ()

    @property
    def is_memcg(self) -> bool:
        """The kernel printed a cgroup's memory, or took the cgroup's way in: not by the kill lines."""
        if self.cgroup is not None:
            return True
        return not _CGROUP_WAYS.isdisjoint(self.trace)
