"""What share of a node its marks keep back, under any settings, to the page (``kernel.watermarks``).

Free CMA pages serve movable requests only and pages of the huge page pool none at all: a reserve is held
against what is left without them (``has_all`` counts them in, as the kernel's own arithmetic does).
"""

from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.watermarks import table
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import pages_from_kib

MIN_MAX_RATIO = 0.05
HIGH_MAX_RATIO = 0.15
"""More of a node than this below its min marks, or its high marks, is memory that no task will use.

``Documentation/admin-guide/sysctl/vm.rst``: "Setting this too high will OOM your machine instantly"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeShare:
    """One node: Σ min and Σ high over ``usable_pages``, in which they are reserved."""

    node_id: int
    usable_pages: int
    min_pages: int
    low_pages: int
    high_pages: int

    @property
    def is_within(self) -> bool:
        """At most a twentieth below min and three twentieths below high."""
        return (
            self.min_pages <= MIN_MAX_RATIO * self.usable_pages
            and self.high_pages <= HIGH_MAX_RATIO * self.usable_pages
        )


def node_shares(
    snapshot: Snapshot,
    *,
    min_free_kib: int | None = None,
    scale_factor_permyriad: int | None = None,
    has_all: bool = False,
) -> tuple[NodeShare, ...] | None:
    """Every node with memory; ``None`` where the marks cannot be computed."""
    zoneinfo, page_bytes = snapshot.get(Zoneinfo), page_size_bytes(snapshot)
    if zoneinfo is None or page_bytes is None:
        return None
    rows = table(snapshot, min_free_kib=min_free_kib, scale_factor_permyriad=scale_factor_permyriad)
    managed = sum(zone.managed_pages for zone in zoneinfo.zones)
    pool = 0 if has_all else _pool_pages(snapshot, page_bytes)
    found: dict[int, list[int]] = {}
    for zone, row in zip(zoneinfo.zones, rows, strict=True):
        if row.computed is None:
            return None
        if not zone.managed_pages:
            continue
        marks = row.computed
        own = zone.managed_pages - (0 if has_all else zone.cma_pages or 0)
        usable = max(0, own - pool * zone.managed_pages // managed)
        sums = found.setdefault(zone.node_id, [0, 0, 0, 0])
        parts = (usable, marks.min_pages, marks.low_pages, marks.high_pages)
        for place, pages in enumerate(parts):
            sums[place] += pages
    return tuple(
        NodeShare(node_id=n, usable_pages=u, min_pages=a, low_pages=b, high_pages=c)
        for n, (u, a, b, c) in found.items()
    )


def _pool_pages(snapshot: Snapshot, page_bytes: int) -> int:
    info = snapshot.get(Meminfo)
    if info is None:
        return 0
    kib = info.hugetlb_kib
    if kib is None:
        kib = (info.huge_pages_total_count or 0) * (info.huge_page_size_kib or 0)
    return pages_from_kib(kib, page_bytes)
