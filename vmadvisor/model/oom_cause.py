"""Why memory ran out, in words of one list; the first that holds is the cause, all that hold are told.

    sysrq               somebody asked for it: no memory was short
    bpf                 a BPF program asked for it: no limit was reached
    cgroup_limit        a cgroup's own limit: the host was not short
    node_bound          a cpuset or memory policy kept the request from nodes that had memory
    fragmentation       enough pages, no block of the order that was asked for
    cma_only            what was free was CMA, which only movable pages may use
    movable_only        what was free was in ZONE_MOVABLE, which only movable pages may use
    lowmem              what was free was in zones that this request cannot use (32-bit HighMem, DMA)
    lowmem_protection   what was free was kept for requests that can use nothing else
    huge_pages          the huge page pool took it
    slab_unreclaimable  the kernel's own objects took it
    tmpfs               files in tmpfs and shared memory took it
    unaccounted         zram, a balloon or a driver took it: no counter names it
    swap_full           anonymous memory, and swap was full
    below_mark          anonymous memory and no swap, or what else: the zones had run down to their marks
    unknown             the report does not tell

Which share of RAM is too much is judged, not computed: see the constants.
"""

from collections.abc import Iterator

from vmadvisor.kernel.oom_zones import (
    BELOW_HIGH,
    BELOW_MIN,
    CMA_ONLY,
    FRAGMENTED,
    NOT_ALLOWED,
    PASSES,
    PROTECTED,
    ZoneCheck,
    short_nodes,
)
from vmadvisor.model.oom_memory import HUGE_PAGES, OTHER, SLAB, TMPFS, MemoryShare
from vmadvisor.sources.oom_report import OomMemory, OomReport

__all__ = ["CMA_ONLY", "FRAGMENTED", "PROTECTED", "causes", "is_swap_full"]

SYSRQ, BPF, CGROUP_LIMIT = "sysrq", "bpf", "cgroup_limit"
NODE_BOUND, LOWMEM = "node_bound", "lowmem"
MOVABLE_ONLY, SWAP_FULL, BELOW_MARK, UNKNOWN = "movable_only", "swap_full", "below_mark", "unknown"

HUGE_PAGES_MIN_RATIO = 0.40
"""A pool is a choice, and large ones are common: below this the rest should have been enough."""

SLAB_MIN_RATIO = 0.20
"""Healthy hosts keep 1 to 5 % in unreclaimable slab."""

TMPFS_MIN_RATIO = 0.30
"""A database's shared memory is a quarter of RAM by the usual advice."""

OTHER_MIN_RATIO = 0.35
"""Drivers' and the network's pages are a few per cent; a balloon, or a leak in a driver, is more."""

SWAP_FREE_MAX_RATIO = 0.02
"""With the last free slot anonymous pages become unreclaimable; what the last tasks freed may be free again."""

_TAKERS = (
    (HUGE_PAGES, HUGE_PAGES_MIN_RATIO),
    (SLAB, SLAB_MIN_RATIO),
    (TMPFS, TMPFS_MIN_RATIO),
    (OTHER, OTHER_MIN_RATIO),
)


def causes(
    report: OomReport,
    *,
    is_cgroup: bool,
    is_bound: bool,
    checks: tuple[ZoneCheck, ...],
    shares: tuple[MemoryShare, ...],
) -> tuple[str, ...]:
    """All that hold, the one that explains most first."""
    if any(name.startswith("bpf_out_of_memory") for name in report.trace):
        return (BPF,)
    if is_cgroup:
        return (CGROUP_LIMIT, *_takers(shares))
    found = tuple(
        dict.fromkeys(_host_causes(report, is_bound=is_bound, checks=checks, shares=shares))
    )
    return found or (UNKNOWN,)


def _host_causes(
    report: OomReport,
    *,
    is_bound: bool,
    checks: tuple[ZoneCheck, ...],
    shares: tuple[MemoryShare, ...],
) -> Iterator[str]:
    if report.is_sysrq:
        yield SYSRQ
        return
    if is_bound or short_nodes(checks) is not None:
        yield NODE_BOUND
    yield from _zone_causes(checks)
    yield from _takers(shares)
    if report.memory is not None and is_swap_full(report.memory):
        yield SWAP_FULL
    if _is_run_down(checks):
        yield BELOW_MARK


def _is_run_down(checks: tuple[ZoneCheck, ...]) -> bool:
    """A zone at its min mark, none above high, or the largest of them below it."""
    asked = [check for check in checks if check.why != NOT_ALLOWED]
    if not asked:
        return False
    if any(check.why == BELOW_MIN for check in asked):
        return True
    largest = max(asked, key=lambda check: check.managed_kib or 0)
    return largest.why == BELOW_HIGH or all(check.why != PASSES for check in asked)


def _zone_causes(checks: tuple[ZoneCheck, ...]) -> Iterator[str]:
    asked = [check for check in checks if check.why != NOT_ALLOWED]
    if not asked or any(check.why == PASSES for check in asked):
        return
    words = {check.why for check in asked}
    if FRAGMENTED in words:
        yield FRAGMENTED
    if CMA_ONLY in words:
        yield CMA_ONLY
    closed = [c for c in checks if c.why == NOT_ALLOWED and c.free_kib > c.high_kib and c.free_kib]
    nodes = {check.node_id for check in asked}
    for check in closed:
        if check.node_id in nodes and check.free_kib > sum(one.free_kib for one in asked):
            yield MOVABLE_ONLY if check.zone == "Movable" else LOWMEM
    if words == {PROTECTED}:
        yield PROTECTED


def _takers(shares: tuple[MemoryShare, ...]) -> Iterator[str]:
    """Who took more than is usual, the largest first."""
    limits = dict(_TAKERS)
    for share in shares:
        if share.name in limits and share.share_ratio >= limits[share.name]:
            yield share.name


def is_swap_full(memory: OomMemory) -> bool:
    """There is swap, and hardly a slot is free."""
    total, free = memory.swap_total_kib, memory.swap_free_kib
    return bool(total) and free is not None and free <= SWAP_FREE_MAX_RATIO * (total or 0)
