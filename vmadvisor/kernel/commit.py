"""CommitLimit and what is left of it (``mm/util.c:vm_commit_limit``, ``__vm_enough_memory``).

    CommitLimit = (RAM - huge page pool) * overcommit_ratio / 100, or overcommit_kbytes, + swap

It binds only with vm.overcommit_memory 2; in the other modes it is printed and not used.
"""

from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.units import pages_from_kib

NEVER_MODE = 2
"""vm.overcommit_memory: refuse what exceeds CommitLimit."""

_ONE_PCT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """``headroom_pages`` is negative above the limit; ``None`` where ``missing`` says what for.

    ``is_binding``: the mode refuses what exceeds the limit. ``kernel_limit_pages`` is what it printed.
    """

    limit_pages: int | None
    kernel_limit_pages: int | None
    committed_pages: int | None
    headroom_pages: int | None
    is_binding: bool | None
    missing: tuple[str, ...]


def commit(snapshot: Snapshot) -> Commit:
    """CommitLimit as the settings make it, and its distance to Committed_AS."""
    meminfo, page_bytes = snapshot.get(Meminfo), page_size_bytes(snapshot)
    sysctl = snapshot.get(VmSysctl) or VmSysctl()
    mode = sysctl.overcommit_memory_mode
    lacking = _missing(meminfo, sysctl, page_bytes)
    limit_pages = committed_pages = kernel_pages = None
    if meminfo is not None and page_bytes is not None:
        if not lacking:
            limit_pages = _limit_pages(meminfo, sysctl, page_bytes)
        if meminfo.committed_as_kib is not None:
            committed_pages = pages_from_kib(meminfo.committed_as_kib, page_bytes)
        if meminfo.commit_limit_kib is not None:
            kernel_pages = pages_from_kib(meminfo.commit_limit_kib, page_bytes)
    has_both = limit_pages is not None and committed_pages is not None
    return Commit(
        limit_pages=limit_pages,
        kernel_limit_pages=kernel_pages,
        committed_pages=committed_pages,
        headroom_pages=(limit_pages or 0) - (committed_pages or 0) if has_both else None,
        is_binding=None if mode is None else mode == NEVER_MODE,
        missing=lacking,
    )


def _missing(meminfo: Meminfo | None, sysctl: VmSysctl, page_size: int | None) -> tuple[str, ...]:
    needs = (
        ("proc/meminfo", meminfo is not None),
        ("SwapTotal in proc/meminfo", meminfo is None or meminfo.swap_total_kib is not None),
        ("page size", page_size is not None),
        (
            "proc/sys/vm/overcommit_ratio",
            bool(sysctl.overcommit_kib) or sysctl.overcommit_ratio_pct is not None,
        ),
    )
    return tuple(name for name, is_there in needs if not is_there)


def _limit_pages(meminfo: Meminfo, sysctl: VmSysctl, page_size: int) -> int:
    swap_pages = pages_from_kib(meminfo.swap_total_kib or 0, page_size)
    if sysctl.overcommit_kib:  # absent before 3.14 and 0 by default: then the ratio counts
        return pages_from_kib(sysctl.overcommit_kib, page_size) + swap_pages
    hugetlb_kib = meminfo.hugetlb_kib
    if hugetlb_kib is None:  # before 4.16 only the default size is printed
        hugetlb_kib = (meminfo.huge_pages_total_count or 0) * (meminfo.huge_page_size_kib or 0)
    ram_pages = pages_from_kib(meminfo.mem_total_kib, page_size)
    shared_pages = ram_pages - pages_from_kib(hugetlb_kib, page_size)
    return shared_pages * (sysctl.overcommit_ratio_pct or 0) // _ONE_PCT + swap_pages
