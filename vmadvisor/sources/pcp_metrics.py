"""PCP's names for what is asked of an archive, beside the kernel's own (PCP's ``pmdas/linux``).

``mem.vmstat.NAME`` is a line of ``/proc/vmstat``, ``mem.util.*`` are those of ``/proc/meminfo`` in KiB,
``mem.zoneinfo.*`` those of ``/proc/zoneinfo``, one instance a zone (``Normal::node0``) or a node (``node0``), pages
turned into KiB; ``kernel.all.pressure.*.total`` are PSI's microseconds. What a kernel or an older agent does not have
has no value.

``mem.vmstat.pgscan_direct_total`` and its like are left out: that of direct reclaim adds the throttled sleeps to
pages. ``allocstall`` ended with 4.7; what it counted is told where all zones' parts were logged.
"""

from collections.abc import Mapping

MEMINFO = {
    "mem.physmem": "mem_total_kib",
    "mem.util.free": "mem_free_kib",
    "mem.util.available": "mem_available_kib",
    "mem.util.shmem": "shmem_kib",
    "mem.util.active_anon": "active_anon_kib",
    "mem.util.inactive_anon": "inactive_anon_kib",
    "mem.util.active_file": "active_file_kib",
    "mem.util.inactive_file": "inactive_file_kib",
    "mem.util.slabReclaimable": "sreclaimable_kib",
    "mem.util.slabUnreclaimable": "sunreclaim_kib",
    "mem.util.swapTotal": "swap_total_kib",
    "mem.util.swapFree": "swap_free_kib",
}
VMSTAT_GAUGES = {
    "mem.util.dirty": "nr_dirty",
    "mem.util.writeback": "nr_writeback",
    "mem.util.mapped": "nr_mapped",
}
"""What both files tell; ``mem.util`` is what is logged by default."""

SWAPPED = {"swap.pagesin": "pswpin", "swap.pagesout": "pswpout"}
"""The same counters modulo 2**32, which the default configuration logs: for archives without the whole ones."""

ZONES = ("dma", "dma32", "normal", "high", "movable")
EVERY_ZONES = ("normal", "movable")
"""Those of every kernel that counts by zone: without them a sum is none of all zones."""

BY_ZONE = (
    "allocstall", "pgscan_kswapd", "pgscan_direct", "pgsteal_kswapd", "pgsteal_direct", "pgsteal",
)  # fmt: skip
VMSTAT = (
    "oom_kill", "pgmajfault", "pswpin", "pswpout", "compact_stall", "kswapd_steal", "pgfault",
    "pgscan_direct_throttle", "kswapd_low_wmark_hit_quickly", "pageoutrun",
    "nr_active_anon", "nr_inactive_anon", "nr_active_file", "nr_inactive_file",
    *BY_ZONE[:-1], *(f"{name}_{zone}" for name in BY_ZONE for zone in ZONES),
)  # fmt: skip
ZONEINFO_HEAD = "mem.zoneinfo."
ZONEINFO = ("free", "min", "low", "high", "managed", "protection")
REFAULTS = ("workingset_refault_anon", "workingset_refault_file")
PRESSURE = "kernel.all.pressure"
PRESSURES = ("memory.some", "memory.full", "io.full")

UNITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((*MEMINFO, *VMSTAT_GAUGES), ("Kbyte", "KiB")),
    **dict.fromkeys((f"mem.vmstat.{name}" for name in VMSTAT), ("count", "")),
    **dict.fromkeys(SWAPPED, ("count",)),
    **dict.fromkeys((f"mem.zoneinfo.{name}" for name in (*ZONEINFO, *REFAULTS)), ("Kbyte", "KiB")),
    **dict.fromkeys((f"{PRESSURE}.{name}.total" for name in PRESSURES), ("microsec",)),
    f"{PRESSURE}.memory.full.avg": ("",),
    "hinv.pagesize": ("byte",),
    "kernel.all.boottime": ("sec",),
    "kernel.all.uptime": ("sec",),
    "kernel.uname.nodename": ("",),
    "kernel.uname.release": ("",),
    "kernel.uname.machine": ("",),
}  # fmt: skip
"""Every metric that is asked for, and the units it may be in."""

METRICS = tuple(UNITS)
WITHOUT_INSTANCES = tuple(
    name
    for name in METRICS
    if not name.startswith(("mem.zoneinfo.", f"{PRESSURE}.memory.full.avg"))
)
"""Those that are one number each."""

ONCE = frozenset(name for name in METRICS if name.startswith(("hinv.", "kernel.uname."))) | {
    "mem.physmem",
    "kernel.all.boottime",
}
"""Logged once an archive; ``pmrep`` repeats them in every line."""
