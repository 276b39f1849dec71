"""Where writers are slowed down (``mm/page-writeback.c:domain_dirty_limits``).

    D = free - min(free, totalreserve) + file LRU + 1;  threshold = D * dirty_ratio, or dirty_bytes

Writers run free up to the middle between the background threshold and the threshold, and are put to sleep
above it. A real-time reader sees vmstat's nr_dirty_threshold a quarter higher, so these are ours.
"""

from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.reserves import totalreserve_pages
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import pages_from_kib

_ONE_PCT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DirtyLimits:
    """``None`` where ``missing`` says what for; ``dirtyable_pages`` is D."""

    dirtyable_pages: int | None
    threshold_pages: int | None
    background_pages: int | None
    missing: tuple[str, ...]


def dirty_limits(snapshot: Snapshot) -> DirtyLimits:
    """The thresholds for an ordinary writer, now."""
    dirtyable_pages, lacking = _dirtyable(snapshot)
    sysctl, page_bytes = snapshot.get(VmSysctl), page_size_bytes(snapshot)
    hard_pages = soft_pages = None
    if sysctl is None:
        lacking = (*lacking, "proc/sys/vm")
    elif dirtyable_pages is not None and page_bytes is not None:
        rules = behaviour_of(snapshot)
        hard_pages = _limit_pages(
            sysctl.dirty_bytes, sysctl.dirty_ratio_pct, dirtyable_pages, page_bytes, rules
        )
        soft_pages = _limit_pages(
            sysctl.dirty_background_bytes,
            sysctl.dirty_background_ratio_pct,
            dirtyable_pages,
            page_bytes,
            rules,
        )
        if hard_pages is None:
            lacking = (*lacking, "proc/sys/vm/dirty_ratio")
        if soft_pages is None:
            lacking = (*lacking, "proc/sys/vm/dirty_background_ratio")
    if hard_pages is not None and soft_pages is not None and soft_pages >= hard_pages:
        soft_pages = hard_pages // 2
    return DirtyLimits(
        dirtyable_pages=dirtyable_pages,
        threshold_pages=hard_pages,
        background_pages=soft_pages,
        missing=lacking,
    )


def _dirtyable(snapshot: Snapshot) -> tuple[int | None, tuple[str, ...]]:
    """``global_dirtyable_memory()``, or what it lacks."""
    vmstat, zoneinfo = snapshot.get(Vmstat), snapshot.get(Zoneinfo)
    reserve_pages, free_pages = totalreserve_pages(snapshot), _free_pages(snapshot)
    if vmstat is None or zoneinfo is None or reserve_pages is None or free_pages is None:
        found = (("proc/vmstat", vmstat), ("proc/zoneinfo", zoneinfo))
        return None, tuple(name for name, there in found if there is None) or ("page size",)
    if any(zone.name == "HighMem" and zone.managed_pages for zone in zoneinfo.zones):
        return None, ("the part of HighMem that cannot be dirtied",)
    inactive_pages, active_pages = vmstat.nr_inactive_file_pages, vmstat.nr_active_file_pages
    if inactive_pages is None or active_pages is None:
        return None, ("nr_inactive_file and nr_active_file in proc/vmstat",)
    free_pages -= min(free_pages, reserve_pages)
    return free_pages + inactive_pages + active_pages + 1, ()


def _free_pages(snapshot: Snapshot) -> int | None:
    """NR_FREE_PAGES: vmstat's, read together with the thresholds.

    Some guest kernels add memory the host has not handed over: it is in MemTotal and MemFree alone.
    """
    vmstat, meminfo, zoneinfo = snapshot.get(Vmstat), snapshot.get(Meminfo), snapshot.get(Zoneinfo)
    page_bytes = page_size_bytes(snapshot)
    if meminfo is not None and zoneinfo is not None and page_bytes is not None:
        managed_pages = sum(zone.managed_pages for zone in zoneinfo.zones)
        if pages_from_kib(meminfo.mem_total_kib, page_bytes) > managed_pages:
            return pages_from_kib(meminfo.mem_free_kib, page_bytes)
    return None if vmstat is None else vmstat.nr_free_pages


def _limit_pages(
    limit_bytes: int | None,
    ratio_pct: int | None,
    dirtyable_pages: int,
    page_size: int,
    rules: Behaviour,
) -> int | None:
    """``dirty_bytes`` in whole pages, or the ratio's part: of 4096 steps since 4.7, of 100 before."""
    if limit_bytes:
        return -(-limit_bytes // page_size)
    if ratio_pct is None:
        return None
    if rules.is_dirty_ratio_per_page:
        return ratio_pct * page_size // _ONE_PCT * dirtyable_pages // page_size
    return ratio_pct * dirtyable_pages // _ONE_PCT
