"""What is drawn of a past: which of its gauges and rates, under which names; points that stand for a stretch."""

from collections.abc import Sequence

from vmadvisor.model.past import Point
from vmadvisor.render.chart import PAGES_PER_S, PER_S, RATIO

Wanted = tuple[tuple[str, str, str], ...]
"""(name in the past, name shown, role)"""

MEMORY: Wanted = (
    ("available_bytes", "available", "available"),
    ("free_bytes", "free", "free"),
    ("high_bytes", "high mark", "high"),
    ("low_bytes", "low mark", "low"),
    ("min_bytes", "min mark", "min"),
)
USE: Wanted = (
    ("anon_bytes", "anonymous", "anon"),
    ("shmem_bytes", "shmem and tmpfs", "shmem"),
    ("file_bytes", "file cache", "file"),
    ("slab_unreclaimable_bytes", "slab, unreclaimable", "other"),
    ("slab_reclaimable_bytes", "slab, reclaimable", "slab"),
)
RATE_PANELS: dict[str, tuple[str, tuple[tuple[str, str, Wanted], ...]]] = {
    "stalls": ("Direct reclaim and page scanning", (
        ("direct reclaims", PER_S, (("allocstall_per_s", "allocstall", "stall"),)),
        ("scanned", PAGES_PER_S, (
            ("scan_kswapd_pages_per_s", "by kswapd", "kswapd"),
            ("scan_direct_pages_per_s", "by stalled tasks", "direct"),
        )),
    )),
    "psi": ("Pressure: share of time that tasks waited", (
        ("time waited", RATIO, (
            ("memory_some_ratio", "memory, some", "some"),
            ("memory_full_ratio", "memory, full", "full"),
            ("io_full_ratio", "I/O, full", "io"),
        )),
    )),
    "refaults": ("Refaults and swap traffic", (
        ("refaults", PAGES_PER_S, (
            ("refault_file_pages_per_s", "refaults, file", "file"),
            ("refault_anon_pages_per_s", "refaults, anonymous", "anon"),
        )),
        ("swap", PAGES_PER_S, (
            ("swapin_pages_per_s", "swap in", "in"),
            ("swapout_pages_per_s", "swap out", "out"),
        )),
    )),
}  # fmt: skip


def kept_whole(points: Sequence[Point], most_count: int) -> list[Point]:
    """Of each stretch of time the point with least available: what stands on one another is of one moment.

    Readings a boot or a gap apart may fall into one stretch; the line is broken where one is missing.
    """
    if len(points) <= most_count:
        return list(points)
    start_s = points[0].time_utc_s
    width_s = (points[-1].time_utc_s - start_s) / most_count or 1.0
    found: dict[int, Point] = {}
    for point in points:
        place = int((point.time_utc_s - start_s) / width_s)
        best = found.get(place)
        if best is None or _available(point) < _available(best):
            found[place] = point
    return list(found.values())


def _available(point: Point) -> float:
    return point.gauges.get("available_bytes", float("inf"))
