"""T, the memory that oom_score_adj is a share of (``mm/oom_kill.c:constrained_alloc``), from a report alone.

    global:     MemTotal + SwapTotal            N pages RAM, N pages reserved, Total swap = NkB
    cgroup:     limit + swap it may have        memory: limit NkB; swap: or memory+swap: limit NkB
    some nodes: their present pages + SwapTotal     (spanned until 5.2, which no report prints)

Who was killed is no source: the choice must follow from what stands before it.
"""

from vmadvisor.kernel.oom_request import oom_request
from vmadvisor.kernel.oom_zones import short_nodes, zone_checks
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomCgroup, OomMemory, OomReport
from vmadvisor.units import KIB_BYTES, pages_from_kib

UNLIMITED_MIN_KIB = 2**53 - 2**20
"""``PAGE_COUNTER_MAX`` as a report prints it, 9007199254740988kB with 4 KiB pages; no machine has a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OomTotal:
    """What T can have been, the likeliest first; one number where the report settles it.

    Empty where nothing tells. ``source`` says what it was made of.
    """

    pages: tuple[int, ...]
    source: str


def oom_total(report: OomReport, page_bytes: int) -> OomTotal:
    """T of this report's constraint, as far as can be told without the kill lines."""
    if report.cgroup is not None:
        return _of_cgroup(report.cgroup, report.host_swap_kib, page_bytes)
    memory = report.memory
    if memory is None or report.is_memcg:
        return OomTotal(pages=(), source="nothing in the report tells")
    total = _of_host(memory, page_bytes)
    bound = _bound_nodes(report, page_bytes)
    if bound is not None and total.pages:
        return _of_nodes(memory, bound, page_bytes)
    return total


def _of_host(memory: OomMemory, page_bytes: int) -> OomTotal:
    swap_pages = _pages(memory.swap_total_kib, page_bytes)
    if memory.ram_pages is not None and memory.reserved_pages is not None:
        ram_pages = memory.ram_pages - memory.reserved_pages
        source = "pages RAM - pages reserved + Total swap"
    else:
        ram_pages = sum(
            _pages(zone.managed_kib or zone.present_kib, page_bytes) for zone in memory.zones
        )
        source = "managed of all zones + Total swap"
    if ram_pages <= 0:
        return OomTotal(pages=(), source="the pages of RAM are not in the report")
    return OomTotal(pages=(ram_pages + swap_pages,), source=source)


def _of_cgroup(group: OomCgroup, host_swap_kib: int | None, page_bytes: int) -> OomTotal:
    memory = group.charges.get("memory")
    if memory is None:
        return OomTotal(pages=(), source="the cgroup's limit is not in the report")
    limit_pages = pages_from_kib(memory.limit_kib, page_bytes)
    swap_kib, used_kib = _swap_of(group, host_swap_kib)
    if swap_kib == 0:
        return OomTotal(pages=(max(limit_pages, 1),), source="the cgroup's limit")
    # Its swappiness may be 0, and how much swap the host has may not be told.
    most_kib = max(memory.limit_kib, used_kib) if swap_kib is None else swap_kib
    swap_pages = pages_from_kib(most_kib, page_bytes)
    both = (max(limit_pages, 1), limit_pages + swap_pages)
    source = "the cgroup's limit, and the swap it may use"
    return OomTotal(pages=both[::-1] if used_kib else both, source=source)


def _swap_of(group: OomCgroup, host_swap_kib: int | None) -> tuple[int | None, int]:
    """(swap that the group may have, in use); ``None`` where neither the group nor the host bounds it."""
    memory, swap, both = (group.charges.get(name) for name in ("memory", "swap", "memory+swap"))
    if swap is not None:
        may_kib, used_kib = swap.limit_kib, swap.usage_kib
    elif both is not None and memory is not None:
        may_kib = max(both.limit_kib - memory.limit_kib, 0)
        used_kib = max(both.usage_kib - memory.usage_kib, 0)
    else:
        may_kib, used_kib = UNLIMITED_MIN_KIB, 0
    if host_swap_kib is not None:
        return min(may_kib, host_swap_kib), used_kib
    return (None if may_kib > UNLIMITED_MIN_KIB // 2 else may_kib), used_kib


def _bound_nodes(report: OomReport, page_bytes: int) -> frozenset[int] | None:
    """The nodes that the request was bound to: named in the header, or the only ones that were out."""
    memory = report.memory
    have = frozenset(zone.node_id for zone in memory.zones) if memory is not None else frozenset()
    named = oom_request(report).nodes
    if named is not None:
        return named & have if have - named else None
    return None if report.is_sysrq else short_nodes(zone_checks(report, page_bytes))


def _of_nodes(memory: OomMemory, nodes: frozenset[int], page_bytes: int) -> OomTotal:
    pages = sum(
        _pages(zone.present_kib, page_bytes) for zone in memory.zones if zone.node_id in nodes
    )
    listed = ", ".join(str(node) for node in sorted(nodes))
    return OomTotal(
        pages=(pages + _pages(memory.swap_total_kib, page_bytes),) if pages else (),
        source=f"present pages of node {listed} + Total swap",
    )


def _pages(kib: int | None, page_bytes: int) -> int:
    return (kib or 0) * KIB_BYTES // page_bytes
