"""``/proc/vmstat``: gauges and counters since boot, ``pgscan_direct 300`` (``mm/vmstat.c:vmstat_text``).

Names changed between kernels; here, once, they become one meaning each:

- ``pgscan_kswapd``, ``pgscan_direct``, ``pgsteal_*``, ``allocstall``: one counter per zone until 4.7
  (``pgscan_kswapd_dma32``), then plain; ``allocstall_{dma,dma32,normal,movable,...}`` since 4.8.
- ``pgsteal_{zone}`` and ``kswapd_steal`` (until 3.4): all reclaimers together, and kswapd's part of it.
- ``pgscan_direct_throttle`` is no scan counter although it starts like one: it counts sleeps.
- ``pgsteal_anon``/``pgsteal_file`` (5.8+) count by page type what ``pgsteal_kswapd`` and its like count
  by reclaimer, plus memcg-limit reclaim: adding both counts every page twice.
- ``workingset_refault`` and its like were split into ``_anon``/``_file`` in 5.9.
"""

from collections.abc import Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import counters
from vmadvisor.sources._source import FileSource

_ZONES = ("dma", "dma32", "normal", "high", "movable", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vmstat:
    """A counter this kernel does not export is ``None``, never 0.

    ``*_pages_total`` count pages, ``*_total`` events, both since boot; ``*_pages`` are gauges.
    A field named ``_anon`` or ``_file`` is there only where the kernel tells the types apart.
    """

    nr_free_pages: int | None
    nr_active_anon_pages: int | None
    nr_inactive_anon_pages: int | None
    nr_active_file_pages: int | None
    nr_inactive_file_pages: int | None
    nr_unevictable_pages: int | None
    nr_anon_pages: int | None
    nr_mapped_pages: int | None
    nr_dirty_pages: int | None
    nr_writeback_pages: int | None
    nr_dirty_threshold_pages: int | None
    nr_dirty_background_threshold_pages: int | None
    nr_kernel_misc_reclaimable_pages: int | None
    nr_zspages_pages: int | None
    nr_free_cma_pages: int | None

    allocstall_total: int | None
    allocstall_movable_total: int | None
    pgscan_kswapd_pages_total: int | None
    pgscan_direct_pages_total: int | None
    pgscan_khugepaged_pages_total: int | None
    pgscan_proactive_pages_total: int | None
    pgsteal_kswapd_pages_total: int | None
    pgsteal_direct_pages_total: int | None
    pgsteal_khugepaged_pages_total: int | None
    pgsteal_proactive_pages_total: int | None
    pgscan_anon_pages_total: int | None
    pgscan_file_pages_total: int | None
    pgsteal_anon_pages_total: int | None
    pgsteal_file_pages_total: int | None
    pgscan_direct_throttle_total: int | None
    pageoutrun_total: int | None
    kswapd_low_wmark_hit_quickly_total: int | None
    kswapd_high_wmark_hit_quickly_total: int | None
    zone_reclaim_success_total: int | None
    zone_reclaim_failed_total: int | None
    oom_kill_total: int | None

    workingset_refault_pages_total: int | None
    workingset_refault_anon_pages_total: int | None
    workingset_refault_file_pages_total: int | None
    workingset_activate_pages_total: int | None
    workingset_restore_pages_total: int | None

    pgmajfault_total: int | None
    pswpin_pages_total: int | None
    pswpout_pages_total: int | None
    pgpgin_kib_total: int | None  # KiB, not pages: the printer halves sectors
    pgpgout_kib_total: int | None
    pgalloc_pages_total: int | None
    pgfree_pages_total: int | None

    compact_stall_total: int | None
    compact_fail_total: int | None
    compact_success_total: int | None
    thp_fault_alloc_total: int | None
    thp_fault_fallback_total: int | None

    numa_hit_pages_total: int | None
    numa_miss_pages_total: int | None
    numa_foreign_pages_total: int | None

    drop_pagecache_total: int | None
    drop_slab_total: int | None

    allocstall_dma_total: int | None = (
        None  # by the zone that was asked for, as allocstall_movable_total
    )
    allocstall_dma32_total: int | None = None
    allocstall_normal_total: int | None = None
    allocstall_high_total: int | None = None
    allocstall_device_total: int | None = None


def _per_zone(found: Mapping[str, int], name: str) -> int | None:
    """The plain counter, or the sum of its zones' counters where the kernel keeps them apart."""
    if name in found:
        return found[name]
    parts = [found[key] for zone in _ZONES if (key := f"{name}_{zone}") in found]
    return sum(parts) if parts else None


def _per_type(found: Mapping[str, int], name: str) -> int | None:
    """The plain counter (until 5.8), or anonymous plus file (5.9+)."""
    if name in found:
        return found[name]
    anon, file = found.get(f"{name}_anon"), found.get(f"{name}_file")
    return None if anon is None or file is None else anon + file


def _stolen_by_kswapd(found: Mapping[str, int]) -> int | None:
    own = _per_zone(found, "pgsteal_kswapd")
    return found.get("kswapd_steal") if own is None else own


def _stolen_by_direct(found: Mapping[str, int]) -> int | None:
    """Direct reclaim's own counter (3.5+), or what of all reclaim kswapd did not do."""
    everyone, kswapd = _per_zone(found, "pgsteal"), found.get("kswapd_steal")
    if everyone is None or kswapd is None:
        return _per_zone(found, "pgsteal_direct")
    return max(everyone - kswapd, 0)


def parse(text: str) -> Vmstat:
    r"""Text in, record out: unknown lines are ignored, malformed ones raise ``ParseError``.

    >>> parse("allocstall_normal 2\nallocstall_movable 5\npgscan_direct_throttle 9\n").allocstall_total
    7
    """
    found = counters(text)
    if not found:
        raise ParseError("no 'name value' line")
    return vmstat_of(found)


def vmstat_of(found: Mapping[str, int]) -> Vmstat:
    """The record of counters by the kernel's own names, whoever read them.

    >>> vmstat_of({"pgsteal_dma32": 9, "pgsteal_normal": 4, "kswapd_steal": 6}).pgsteal_direct_pages_total
    7
    """
    get = found.get
    return Vmstat(
        nr_free_pages=get("nr_free_pages"),
        nr_active_anon_pages=get("nr_active_anon"),
        nr_inactive_anon_pages=get("nr_inactive_anon"),
        nr_active_file_pages=get("nr_active_file"),
        nr_inactive_file_pages=get("nr_inactive_file"),
        nr_unevictable_pages=get("nr_unevictable"),
        nr_anon_pages=get("nr_anon_pages"),
        nr_mapped_pages=get("nr_mapped"),
        nr_dirty_pages=get("nr_dirty"),
        nr_writeback_pages=get("nr_writeback"),
        nr_dirty_threshold_pages=get("nr_dirty_threshold"),
        nr_dirty_background_threshold_pages=get("nr_dirty_background_threshold"),
        nr_kernel_misc_reclaimable_pages=get("nr_kernel_misc_reclaimable"),
        nr_zspages_pages=get("nr_zspages"),
        nr_free_cma_pages=get("nr_free_cma"),
        allocstall_total=_per_zone(found, "allocstall"),
        allocstall_movable_total=get("allocstall_movable"),
        pgscan_kswapd_pages_total=_per_zone(found, "pgscan_kswapd"),
        pgscan_direct_pages_total=_per_zone(found, "pgscan_direct"),
        pgscan_khugepaged_pages_total=get("pgscan_khugepaged"),
        pgscan_proactive_pages_total=get("pgscan_proactive"),
        pgsteal_kswapd_pages_total=_stolen_by_kswapd(found),
        pgsteal_direct_pages_total=_stolen_by_direct(found),
        pgsteal_khugepaged_pages_total=get("pgsteal_khugepaged"),
        pgsteal_proactive_pages_total=get("pgsteal_proactive"),
        pgscan_anon_pages_total=get("pgscan_anon"),
        pgscan_file_pages_total=get("pgscan_file"),
        pgsteal_anon_pages_total=get("pgsteal_anon"),
        pgsteal_file_pages_total=get("pgsteal_file"),
        pgscan_direct_throttle_total=get("pgscan_direct_throttle"),
        pageoutrun_total=get("pageoutrun"),
        kswapd_low_wmark_hit_quickly_total=get("kswapd_low_wmark_hit_quickly"),
        kswapd_high_wmark_hit_quickly_total=get("kswapd_high_wmark_hit_quickly"),
        zone_reclaim_success_total=get("zone_reclaim_success"),
        zone_reclaim_failed_total=get("zone_reclaim_failed"),
        oom_kill_total=get("oom_kill"),
        workingset_refault_pages_total=_per_type(found, "workingset_refault"),
        workingset_refault_anon_pages_total=get("workingset_refault_anon"),
        workingset_refault_file_pages_total=get("workingset_refault_file"),
        workingset_activate_pages_total=_per_type(found, "workingset_activate"),
        workingset_restore_pages_total=_per_type(found, "workingset_restore"),
        pgmajfault_total=get("pgmajfault"),
        pswpin_pages_total=get("pswpin"),
        pswpout_pages_total=get("pswpout"),
        pgpgin_kib_total=get("pgpgin"),
        pgpgout_kib_total=get("pgpgout"),
        pgalloc_pages_total=_per_zone(found, "pgalloc"),
        pgfree_pages_total=get("pgfree"),
        compact_stall_total=get("compact_stall"),
        compact_fail_total=get("compact_fail"),
        compact_success_total=get("compact_success"),
        thp_fault_alloc_total=get("thp_fault_alloc"),
        thp_fault_fallback_total=get("thp_fault_fallback"),
        numa_hit_pages_total=get("numa_hit"),
        numa_miss_pages_total=get("numa_miss"),
        numa_foreign_pages_total=get("numa_foreign"),
        drop_pagecache_total=get("drop_pagecache"),
        drop_slab_total=get("drop_slab"),
        allocstall_dma_total=get("allocstall_dma"),
        allocstall_dma32_total=get("allocstall_dma32"),
        allocstall_normal_total=get("allocstall_normal"),
        allocstall_high_total=get("allocstall_high"),
        allocstall_device_total=get("allocstall_device"),
    )


SOURCE = FileSource(
    path="proc/vmstat",
    record=Vmstat,
    parse=parse,
    cost="reclaim, refaults, swap traffic and OOM kills cannot be seen",
)
