"""Who holds the memory and who grows: processes and cgroups, by size and by rate."""

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Process, ProcessScan, Snapshot
from vmadvisor.units import pages_from_kib

TOP_COUNT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSize:
    """``growth_pages_per_s`` is RSS between two scans; ``None`` with one scan or a new process."""

    pid_id: int
    comm: str
    rss_pages: int
    swap_pages: int | None
    oom_score_adj: int | None
    cgroup_path: str | None
    growth_pages_per_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupSize:
    """``growth_bytes_per_s`` is memory.current between two scans."""

    path: str
    current_bytes: int
    max_bytes: int | None
    swap_current_bytes: int | None
    growth_bytes_per_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumers:
    """The largest first; ``growing`` holds those whose RSS rose in the interval, fastest first.

    A recording that kept fewer than are listed gives as many as it kept by size.
    """

    largest: tuple[ProcessSize, ...]
    growing: tuple[ProcessSize, ...]
    cgroups: tuple[CgroupSize, ...]


def _growth(before: ProcessScan | None, after: ProcessScan) -> dict[int, float]:
    """RSS growth in pages per second by pid, for processes in both scans."""
    if before is None or after.time_s <= before.time_s:
        return {}
    seconds_s = after.time_s - before.time_s
    return {
        pid: (pages - before.rss_pages[pid]) / seconds_s
        for pid, pages in after.rss_pages.items()
        if pid in before.rss_pages
    }


def _size(
    process: Process, scan: ProcessScan, growth: dict[int, float], page_size_bytes: int
) -> ProcessSize:
    swap_kib = None if process.status is None else process.status.vm_swap_kib
    return ProcessSize(
        pid_id=process.pid_id,
        comm=process.stat.comm,
        rss_pages=scan.rss_pages.get(process.pid_id, process.stat.rss_pages),
        swap_pages=None if swap_kib is None else pages_from_kib(swap_kib, page_size_bytes),
        oom_score_adj=process.oom_score_adj,
        cgroup_path=process.cgroup_path,
        growth_pages_per_s=growth.get(process.pid_id),
    )


def _cgroups(before: Snapshot | None, after: Snapshot) -> tuple[CgroupSize, ...]:
    scan = after.cgroups
    if scan is None:
        return ()
    earlier = before.cgroups if before is not None else None
    seconds_s = scan.time_s - earlier.time_s if earlier is not None else 0.0
    sizes = []
    for path, group in scan.groups.items():
        if path == "/" or group.current_bytes is None:
            continue
        old = earlier.groups.get(path) if earlier is not None else None
        growth = None
        if old is not None and old.current_bytes is not None and seconds_s > 0:
            growth = (group.current_bytes - old.current_bytes) / seconds_s
        sizes.append(
            CgroupSize(
                path=path,
                current_bytes=group.current_bytes,
                max_bytes=group.max_bytes,
                swap_current_bytes=group.swap_current_bytes,
                growth_bytes_per_s=growth,
            )
        )
    sizes.sort(key=lambda size: (-size.current_bytes, size.path))
    return tuple(sizes[:TOP_COUNT])


def consumers(
    before: Snapshot | None, after: Snapshot, page_size_bytes: int | None
) -> Consumers | None:
    """``None`` without a process scan or a page size."""
    scan = after.processes
    if scan is None or page_size_bytes is None:
        return None
    growth = _growth(before.processes if before is not None else None, scan)
    sizes = [
        _size(process, scan, growth, page_size_bytes)
        for process in scan.details.values()
        if not process.stat.is_kernel_thread
    ]
    sizes.sort(key=lambda size: (-size.rss_pages - (size.swap_pages or 0), size.pid_id))
    rising = [
        size
        for size in sizes
        if size.growth_pages_per_s is not None and size.growth_pages_per_s > 0
    ]
    rising.sort(key=lambda size: (-(size.growth_pages_per_s or 0.0), size.pid_id))
    count = TOP_COUNT if scan.leading_count is None else min(TOP_COUNT, scan.leading_count)
    return Consumers(
        largest=tuple(sizes[:count]),
        growing=tuple(rising[:count]),
        cgroups=_cgroups(before, after),
    )
