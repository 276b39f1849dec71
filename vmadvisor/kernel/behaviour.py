"""The kernel's rules in force, each decided once: by what its files show first, by its release second.

Distributions backport, so a printed ``boost`` line or an existing ``watermark_scale_factor`` beats the
release. A mark's *value* is never evidence while ``/proc/version`` is there: what is computed must not
lean on what it is checked against.

    >>> from vmadvisor.sources.version import parse
    >>> old = behaviour_at(parse("Linux version 4.14.5 (x)"))
    >>> old.root_bonus, old.badness_min_pages, old.has_boost, old.has_scale_factor
    ('points_3_pct', 1, False, True)
"""

from vmadvisor.kernel.lineage import Base, Lineage, lineage_of
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.records import dataclass
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources.lru_gen import LruGen
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.transparent_hugepage import TransparentHugepage
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.zoneinfo import Zoneinfo

__all__ = ["Behaviour", "behaviour_at", "behaviour_of", "page_size_bytes"]

SCALE_FACTOR_MAX_PERMYRIAD = 1000
SCALE_FACTOR_MAX_5_17_PERMYRIAD = 3000
MIN_FREE_CAP_KIB = 65_536
MIN_FREE_CAP_5_7_KIB = 262_144
SWAPPINESS_MAX_COUNT = 100
SWAPPINESS_MAX_5_8_COUNT = 200
_EMPTY_MOVABLE_MIN_PAGES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Named after what the kernel does; the version in a comment is the one that brought it.

    ``is_inferred``: there was no release, ``version_base`` is only a lower bound (``None``: undated,
    then the oldest rules stand here and nothing should be computed from them).
    """

    version_base: Base | None
    is_inferred: bool
    # mm/page_alloc.c: marks
    has_scale_factor: bool  # 4.6
    scale_factor_max_permyriad: int  # ~5.17: 3000
    is_movable_outside_share: bool  # 6.6: Movable gets clamp(managed/1024, 32, 128), no share
    has_boost: bool  # 5.0
    prints_boost: bool  # ~5.16
    is_boost_refused_to_small_zones: bool  # 5.7: not where 4 pageblocks exceed the zone
    has_promo: bool  # ~5.18
    checks_free_lists: bool  # 4.4: a block must be free; before, the mark was halved by order
    # mm/page_alloc.c: reserves
    reserve_ratio_min_count: int  # 1 until 4.16: a ratio of 0 counts as 1
    reserves_for_empty_zones: bool  # until 5.7 an empty zone's array is filled like any other
    min_free_cap_kib: int  # 5.7: 256 MB
    khugepaged_counts_movable: bool  # until ~4.16 khugepaged counts every populated zone
    thp_off_lowers_min_free: bool  # 5.17
    # mm/page_alloc.c: si_mem_available
    available_reserve: str | None  # "low_marks" 3.14, "totalreserve" 4.5 and RHEL 7
    available_counts_kreclaimable: bool  # 4.20
    available_has_hidden_counter: bool  # 4.17-4.19
    # mm/page-writeback.c
    is_dirty_ratio_per_page: bool  # 4.7: ratio * PAGE_SIZE / 100 first
    # mm/oom_kill.c, fs/proc/base.c
    has_known_badness: bool  # 3.10: older ones are not modelled
    root_bonus: str  # "adj_30", "points_3_pct" 3.14-4.16 and RHEL 7, "none" 4.17
    badness_min_pages: int | None  # 1 until 5.8: negative sums tie at 1
    badness_rss: str  # "stat" until 6.19, "statm" 7.0
    is_oom_score_scaled: bool  # 5.9: (1000 + p) * 2 / 3
    later_equal_task_wins: bool  # 5.3
    # mm/vmscan.c
    swappiness_max_count: int  # 5.8: 200
    has_reclaim_costs: bool  # 5.8: costs instead of scanned / rotated
    balances_whole_node: bool  # 5.7: list sizes of the node, not of each cgroup
    file_tiny_needs_inactive_anon: bool  # 4.14
    file_lists_use_ratio: bool  # 4.7: inactive_is_low() treats file lists like anonymous ones
    is_mglru_on: bool | None  # 6.1; None: built or not, nothing says


def behaviour_at(version: KernelVersion) -> Behaviour:
    """The rules that a release alone promises."""
    host = HostFacts(
        hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None, is_live=False
    )
    records: dict[type, Timed] = {KernelVersion: Timed(time_s=0.0, record=version)}
    return behaviour_of(Snapshot(time_s=0.0, host=host, records=records))


def behaviour_of(snapshot: Snapshot) -> Behaviour:
    """The rules of the kernel that wrote this snapshot; found once for many questions in a row."""
    of, found = _found_last[0]
    if of is not snapshot or found is None:
        found = _behaviour_of(snapshot)
        _found_last[0] = (snapshot, found)
    return found


_found_last: list[tuple[Snapshot | None, "Behaviour | None"]] = [(None, None)]
"""Of one snapshot, the last that was asked for: a record never changes."""


def _behaviour_of(snapshot: Snapshot) -> Behaviour:
    line = lineage_of(snapshot)
    since = line.since
    sysctl = snapshot.get(VmSysctl) or VmSysctl()
    has_boost = since(5, 0) or sysctl.watermark_boost_factor_permyriad is not None
    prints_promo = _prints(snapshot, "promo_pages")
    return Behaviour(
        version_base=line.base,
        is_inferred=line.is_inferred,
        has_scale_factor=since(4, 6) or sysctl.watermark_scale_factor_permyriad is not None,
        scale_factor_max_permyriad=_scale_factor_max_permyriad(line, sysctl),
        is_movable_outside_share=_is_movable_outside_share(snapshot, line),
        has_boost=has_boost or _prints(snapshot, "boost_pages"),
        prints_boost=_prints(snapshot, "boost_pages"),
        is_boost_refused_to_small_zones=since(5, 7),
        has_promo=since(5, 18) or prints_promo,
        checks_free_lists=since(4, 4),
        reserve_ratio_min_count=0 if since(4, 17) else 1,
        reserves_for_empty_zones=not since(5, 8),
        min_free_cap_kib=MIN_FREE_CAP_5_7_KIB if since(5, 7) else MIN_FREE_CAP_KIB,
        khugepaged_counts_movable=not since(4, 17),
        thp_off_lowers_min_free=since(5, 17),
        available_reserve=_available_reserve(line),
        available_counts_kreclaimable=_shows_kreclaimable(snapshot),
        available_has_hidden_counter=since(4, 17) and not since(4, 20),
        is_dirty_ratio_per_page=since(4, 7),
        has_known_badness=since(3, 10),
        root_bonus=_root_bonus(line),
        badness_min_pages=None if since(5, 9) else 1,
        badness_rss="statm" if since(7, 0) else "stat",
        is_oom_score_scaled=since(5, 9),
        later_equal_task_wins=since(5, 3),
        swappiness_max_count=_swappiness_max_count(line, sysctl),
        has_reclaim_costs=since(5, 8),
        balances_whole_node=since(5, 7),
        file_tiny_needs_inactive_anon=since(4, 14),
        file_lists_use_ratio=since(4, 7),
        is_mglru_on=_is_mglru_on(snapshot, line),
    )


def _prints(snapshot: Snapshot, name: str) -> bool:
    zoneinfo = snapshot.get(Zoneinfo)
    return zoneinfo is not None and any(getattr(z, name) is not None for z in zoneinfo.zones)


def _is_movable_outside_share(snapshot: Snapshot, line: Lineage) -> bool:
    """6.6, or a backport of that age: it prints promo, which came later.

    Without a release, 5.16 to 6.8 look alike but for an empty Movable zone's min of 32.
    """
    if line.since(6, 6) or _prints(snapshot, "promo_pages"):
        return True
    zoneinfo = snapshot.get(Zoneinfo)
    if not line.is_inferred or not _prints(snapshot, "boost_pages") or zoneinfo is None:
        return False
    return any(
        zone.name == "Movable"
        and not zone.managed_pages
        and zone.min_pages == _EMPTY_MOVABLE_MIN_PAGES
        for zone in zoneinfo.zones
    )


def _scale_factor_max_permyriad(line: Lineage, sysctl: VmSysctl) -> int:
    """Stable kernels raised it too (5.15.y): a value above the old maximum proves the new one."""
    now = sysctl.watermark_scale_factor_permyriad
    if line.since(5, 17) or (now is not None and now > SCALE_FACTOR_MAX_PERMYRIAD):
        return SCALE_FACTOR_MAX_5_17_PERMYRIAD
    return SCALE_FACTOR_MAX_PERMYRIAD


def _swappiness_max_count(line: Lineage, sysctl: VmSysctl) -> int:
    now = sysctl.swappiness_count
    if line.since(5, 8) or (now is not None and now > SWAPPINESS_MAX_COUNT):
        return SWAPPINESS_MAX_5_8_COUNT
    return SWAPPINESS_MAX_COUNT


def _available_reserve(line: Lineage) -> str | None:
    if line.since(4, 5) or line.is_el7:
        return "totalreserve"
    return "low_marks" if line.since(3, 14) else None


def _shows_kreclaimable(snapshot: Snapshot) -> bool:
    """The line and its use in MemAvailable are one change (4.20), backports included."""
    meminfo = snapshot.get(Meminfo)
    return meminfo is not None and meminfo.kreclaimable_kib is not None


def _root_bonus(line: Lineage) -> str:
    if line.since(4, 17):
        return "none"
    return "points_3_pct" if line.since(3, 14) or line.is_el7 else "adj_30"


def _is_mglru_on(snapshot: Snapshot, line: Lineage) -> bool | None:
    """A recording with the neighbouring directory and without this one is of a kernel without it."""
    lru_gen = snapshot.get(LruGen)
    if lru_gen is not None:
        return lru_gen.is_enabled
    if not line.is_inferred and not line.since(6, 1):
        return False
    return False if snapshot.get(TransparentHugepage) is not None else None
