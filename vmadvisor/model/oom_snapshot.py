"""An OOM report as the snapshot that it is: the host's zones and memory at that moment, for the same rules.

Of a kill at a cgroup's own limit the host's part stays empty: it says nothing about the host.
"""

from vmadvisor.kernel.oom_rules import oom_rules
from vmadvisor.model.facts import Facts, derive
from vmadvisor.model.limits import AT_LIMIT_MIN_RATIO, CgroupLimits, LimitedCgroup
from vmadvisor.model.oom_analysis import OomAnalysis
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.oom_report import OomMemory, OomReport, OomZone
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.zoneinfo import NodeStats, Zone, Zoneinfo
from vmadvisor.units import KIB_BYTES, kib_from_pages, pages_from_kib


def facts_of(analysis: OomAnalysis) -> Facts:
    """What rules may look at: the analysis itself, the cgroup at its limit, or the host's memory."""
    report = analysis.report
    found: dict[type, object] = {OomAnalysis: analysis}
    limits = cgroup_limits_of(analysis)
    if limits is not None:
        found[CgroupLimits] = limits
    if not analysis.is_cgroup and not report.is_sysrq and report.memory is not None:
        snapshot = snapshot_of(report, report.memory, analysis.page_size_bytes)
        found.update(derive(None, snapshot).by_type)
    return Facts(found)


def cgroup_limits_of(analysis: OomAnalysis) -> CgroupLimits | None:
    """The cgroup of the report, where it stands at its limit."""
    group = analysis.report.cgroup
    memory = group.charges.get("memory") if group is not None else None
    if group is None or memory is None or not memory.limit_kib:
        return None
    ratio = memory.usage_kib / memory.limit_kib
    one = LimitedCgroup(
        path=analysis.scope,
        interval_s=None,
        current_bytes=memory.usage_kib * KIB_BYTES,
        limit_bytes=memory.limit_kib * KIB_BYTES,
        limit_file="memory.max" if "swap" in group.charges else "memory.limit_in_bytes",
        usage_ratio=ratio,
        is_at_limit=ratio >= AT_LIMIT_MIN_RATIO,
        limit_hit_count=None,
        oom_count=None,
        oom_kill_count=None,
        memory_full_ratio=None,
        full_avg10_ratio=None,
    )
    return CgroupLimits(groups=(one,), is_complete=False)


def snapshot_of(report: OomReport, memory: OomMemory, page_bytes: int) -> Snapshot:
    """Zones, node lists and the totals of meminfo as they were printed."""
    time_s = report.stamp_s or 0.0
    found: list[object] = [_version(report)]
    if memory.zones:
        found.append(_zoneinfo(memory, page_bytes))
    info = _meminfo(memory, page_bytes)
    if info is not None:
        found.append(info)
    return Snapshot(
        time_s=time_s,
        host=HostFacts(
            hostname=report.host or None,
            arch=None,
            boot_id=None,
            page_size_bytes=page_bytes,
            clock_hz=None,
            is_live=False,
        ),
        records={type(one): Timed(time_s=time_s, record=one) for one in found},
    )


def _version(report: OomReport) -> KernelVersion:
    major, minor = oom_rules(report).behaviour.version_base or (0, 0)
    return KernelVersion(
        release=report.release or f"{major}.{minor}",
        major_version=major,
        minor_version=minor,
        patch_version=0,
    )


def _zoneinfo(memory: OomMemory, page_bytes: int) -> Zoneinfo:
    zones = tuple(_zone(one, page_bytes) for one in memory.zones)
    return Zoneinfo(
        zones=zones,
        nodes=tuple(
            _node(node_id, memory, page_bytes) for node_id in sorted({z.node_id for z in zones})
        ),
        has_managed=any(one.managed_kib is not None for one in memory.zones),
        has_node_stats=bool(memory.node_kib),
        lists_empty_zones=False,
    )


def _zone(one: OomZone, page_bytes: int) -> Zone:
    def pages(kib: int | None) -> int | None:
        return None if kib is None else pages_from_kib(kib, page_bytes)

    return Zone(
        node_id=one.node_id,
        name=one.name,
        free_pages=pages_from_kib(one.free_kib, page_bytes),
        min_pages=pages_from_kib(one.min_kib, page_bytes),
        low_pages=pages_from_kib(one.low_kib, page_bytes),
        high_pages=pages_from_kib(one.high_kib, page_bytes),
        promo_pages=None,
        boost_pages=pages(one.boost_kib),
        spanned_pages=None,
        present_pages=pages(one.present_kib),
        managed_pages=pages(one.managed_kib) or pages(one.present_kib) or 0,
        cma_pages=None,
        protection_pages=one.lowmem_reserve_pages,
        nr_free_cma_pages=pages(one.free_cma_kib),
        nr_mlock_pages=None,
        reserved_highatomic_pages=pages(one.reserved_highatomic_kib),
        free_highatomic_pages=pages(one.free_highatomic_kib),
        pagesets=(),
        stat_threshold_pages=None,
        unreclaimable=one.all_unreclaimable,
    )


def _node(node_id: int, memory: OomMemory, page_bytes: int) -> NodeStats:
    printed = memory.node_kib.get(node_id, {})

    def pages(name: str) -> int | None:
        kib = printed.get(name)
        return None if kib is None else pages_from_kib(kib, page_bytes)

    return NodeStats(
        node_id=node_id,
        nr_active_anon_pages=pages("active_anon"),
        nr_inactive_anon_pages=pages("inactive_anon"),
        nr_active_file_pages=pages("active_file"),
        nr_inactive_file_pages=pages("inactive_file"),
        nr_unevictable_pages=pages("unevictable"),
        nr_slab_reclaimable_pages=None,
        nr_slab_unreclaimable_pages=None,
        nr_dirty_pages=pages("dirty"),
        nr_writeback_pages=pages("writeback"),
    )


def _meminfo(memory: OomMemory, page_bytes: int) -> Meminfo | None:
    if memory.ram_pages is None or memory.reserved_pages is None or "free" not in memory.pages:
        return None

    def kib(name: str) -> int | None:
        pages = memory.pages.get(name)
        return None if pages is None else kib_from_pages(pages, page_bytes)

    return Meminfo(
        mem_total_kib=kib_from_pages(max(memory.ram_pages - memory.reserved_pages, 0), page_bytes),
        mem_free_kib=kib_from_pages(memory.pages["free"], page_bytes),
        active_anon_kib=kib("active_anon"),
        inactive_anon_kib=kib("inactive_anon"),
        active_file_kib=kib("active_file"),
        inactive_file_kib=kib("inactive_file"),
        unevictable_kib=kib("unevictable"),
        swap_total_kib=memory.swap_total_kib,
        swap_free_kib=memory.swap_free_kib,
        dirty_kib=kib("dirty"),
        writeback_kib=kib("writeback"),
        shmem_kib=kib("shmem"),
        sreclaimable_kib=kib("slab_reclaimable"),
        sunreclaim_kib=kib("slab_unreclaimable"),
        page_tables_kib=kib("pagetables"),
    )
