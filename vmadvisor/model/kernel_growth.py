"""Memory that belongs to no process and no cache, its share and how fast it grows.

Unreclaimable slab, page tables, stacks, vmalloc, per-CPU data, and what meminfo does not explain (drivers,
network buffers, balloons). No kill and no reclaim gives it back.
"""

from vmadvisor.model.memory_use import MemoryUse, memory_use
from vmadvisor.model.rates import interval_s
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo

KERNEL_PARTS = (
    "slab, unreclaimable", "page tables", "page tables, secondary", "kernel stacks", "per-CPU data",
    "vmalloc", "unaccounted",
)  # fmt: skip
"""As ``model.memory_use`` names them."""

REST = "unaccounted"
"""What is left; without one of the parts that are always there it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelPart:
    """``growth_kib_per_s`` is ``None`` with one reading, or where one of two lacked the part."""

    name: str
    size_kib: int
    growth_kib_per_s: float | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelGrowth:
    """The largest part first."""

    total_kib: int
    interval_s: float | None
    parts: tuple[KernelPart, ...]


def _sizes(use: MemoryUse | None) -> dict[str, int]:
    return {} if use is None else {part.name: part.size_kib for part in use.parts}


def kernel_growth(
    before: Snapshot | None, after: Snapshot, page_size_bytes: int | None
) -> KernelGrowth | None:
    """``None`` without meminfo."""
    now = memory_use(after, page_size_bytes)
    if now is None:
        return None
    seconds_s = None if before is None else interval_s(before, after, Meminfo)
    old = _sizes(memory_use(before, page_size_bytes)) if before is not None and seconds_s else {}
    parts = [
        KernelPart(
            name=part.name,
            size_kib=part.size_kib,
            growth_kib_per_s=(part.size_kib - old[part.name]) / seconds_s
            if seconds_s and part.name in old
            else None,
            source=part.source,
        )
        for part in now.parts
        if part.name in KERNEL_PARTS and not (part.name == REST and now.missing)
    ]
    parts.sort(key=lambda part: -part.size_kib)
    return KernelGrowth(total_kib=now.total_kib, interval_s=seconds_s, parts=tuple(parts))
