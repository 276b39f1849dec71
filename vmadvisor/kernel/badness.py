"""The OOM killer's points and /proc/PID/oom_score (``mm/oom_kill.c:oom_badness``, ``fs/proc/base.c``).

    points = rss + swap entries + page tables + oom_score_adj * (T // 1000)          pages
    oom_score = points * 1000 / T                        until 5.8
              = (1000 + points * 1000 / T) * 2 / 3       since 5.9: 666 is a small process

T is all the memory that the constraint lets be used: RAM + swap, or a cgroup's limit + its swap.
"""

from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.records import dataclass, replace
from vmadvisor.snapshot import Process, Snapshot
from vmadvisor.sources.cgroup import CgroupMemory
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.units import pages_from_kib

OOM_SCORE_ADJ_MIN = -1000
"""A process with this is never chosen."""

OOM_SCORE_ADJ_MAX = 1000
_ROOT_BONUS_ADJ = 30
_ROOT_BONUS_PCT = 3
_ONE_PCT = 100
_ENTRY_BYTES = 8
_PERMILLE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What of a process counts; ``has_root_bonus`` only where the kernel gives one."""

    rss_pages: int
    swap_pages: int
    page_table_pages: int
    has_root_bonus: bool


def footprint(process: Process, page_size: int, rules: Behaviour) -> Footprint | str:
    """What counts, or why it cannot be told; a process without user memory is ``"no user memory"``."""
    status, statm = process.status, process.statm
    if status is None:
        return "no status"
    if status.vm_rss_kib is None:
        return "no user memory"
    if rules.badness_rss == "statm" and statm is None:
        return "no statm"
    has_bonus = rules.root_bonus != "none"
    if has_bonus and status.has_cap_sys_admin is None:
        return "no CapEff in status"
    if status.vm_pte_kib is None:
        return "no VmPTE in status"
    if status.vm_swap_kib is None:  # printed last of the three, with or without swap: a torn text
        return "no VmSwap in status"
    rss_pages = (
        statm.resident_pages
        if statm is not None and rules.badness_rss == "statm"
        else process.stat.rss_pages
    )
    # Middle page tables have a line of their own in 4.0-4.14, where they count as well.
    table_pages = pages_from_kib(status.vm_pte_kib, page_size)
    table_pages += pages_from_kib(status.vm_pmd_kib or 0, page_size)
    return Footprint(
        rss_pages=rss_pages,
        swap_pages=pages_from_kib(status.vm_swap_kib, page_size),
        page_table_pages=table_pages,
        has_root_bonus=has_bonus and bool(status.has_cap_sys_admin),
    )


def grown(size: Footprint, more_bytes: int, page_size: int) -> Footprint:
    """The same process with so much more in memory, and the last level of page tables for it.

    A table of a page's size holds an entry of 8 bytes per page (on every 64-bit architecture).

    >>> size = Footprint(rss_pages=900, swap_pages=70, page_table_pages=5, has_root_bonus=False)
    >>> grown(size, 2**30, 4096)
    Footprint(rss_pages=263044, swap_pages=70, page_table_pages=517, has_root_bonus=False)
    """
    pages = -(-more_bytes // page_size)
    return replace(
        size,
        rss_pages=size.rss_pages + pages,
        page_table_pages=size.page_table_pages + pages * _ENTRY_BYTES // page_size,
    )


def badness_pages(size: Footprint, adj: int, total_pages: int, rules: Behaviour) -> int:
    """``oom_badness()`` of a process that can be chosen.

    >>> from vmadvisor.kernel.behaviour import behaviour_at
    >>> from vmadvisor.sources.version import parse
    >>> size = Footprint(rss_pages=900, swap_pages=70, page_table_pages=5, has_root_bonus=False)
    >>> badness_pages(size, -300, 4500, behaviour_at(parse("version 6.1.0")))
    -225
    >>> badness_pages(size, -300, 4500, behaviour_at(parse("version 5.4.0")))
    1
    """
    pages = size.rss_pages + size.swap_pages + size.page_table_pages
    return points_of(pages, adj, total_pages, rules, has_root_bonus=size.has_root_bonus)


def points_of(
    pages: int, adj: int, total_pages: int, rules: Behaviour, *, has_root_bonus: bool
) -> int:
    """``badness_pages`` of a sum that is made already."""
    points = pages
    if has_root_bonus and rules.root_bonus == "adj_30":
        adj -= _ROOT_BONUS_ADJ
    elif has_root_bonus and rules.root_bonus == "points_3_pct":
        points -= points * _ROOT_BONUS_PCT // _ONE_PCT
    points += adj * (total_pages // _PERMILLE)
    return points if rules.badness_min_pages is None else max(points, rules.badness_min_pages)


def oom_score(points_pages: int, total_pages: int, rules: Behaviour) -> int:
    """``proc_oom_score()``; C divides towards zero.

    >>> from vmadvisor.kernel.behaviour import behaviour_at
    >>> from vmadvisor.sources.version import parse
    >>> now, before = (behaviour_at(parse(text)) for text in ("version 6.1.0", "version 5.4.0"))
    >>> oom_score(975, 4500, now), oom_score(-225, 4500, now), oom_score(975, 4500, before)
    (810, 633, 216)
    """
    permille = abs(points_pages) * _PERMILLE // total_pages
    permille = permille if points_pages >= 0 else -permille
    return (_PERMILLE + permille) * 2 // 3 if rules.is_oom_score_scaled else permille


def host_total_pages(snapshot: Snapshot) -> int | None:
    """T of a shortage of the whole host: MemTotal + SwapTotal; ``None`` also for a host of no page."""
    meminfo, page_bytes = snapshot.get(Meminfo), page_size_bytes(snapshot)
    if meminfo is None or page_bytes is None or meminfo.swap_total_kib is None:
        return None
    total_pages = pages_from_kib(meminfo.mem_total_kib, page_bytes)
    return total_pages + pages_from_kib(meminfo.swap_total_kib, page_bytes) or None


def cgroup_total_pages(
    group: CgroupMemory, *, page_size: int, swap_total_pages: int, swappiness_count: int | None
) -> int | None:
    """T of a shortage inside a cgroup (``mm/memcontrol.c:mem_cgroup_get_max``).

    Its limit, and the swap it may have on top unless its swappiness is 0: a v1 group has its own, v2
    groups have the host's, given here. ``None`` without a limit or where that swappiness is not known.
    """
    if group.max_bytes is None:
        return None
    limit_pages = group.max_bytes // page_size
    swap_pages, swappiness = swap_total_pages, swappiness_count
    if group.version == 1:
        swappiness = group.swappiness_count
        if group.memsw_max_bytes is not None:
            swap_pages = min(swap_pages, max(group.memsw_max_bytes // page_size - limit_pages, 0))
    elif group.swap_max_bytes is not None:
        swap_pages = min(swap_pages, group.swap_max_bytes // page_size)
    if swap_pages and swappiness is None:
        return None
    return max(limit_pages + (swap_pages if swappiness else 0), 1)
