"""Raising ``vm.min_free_kbytes`` raises the mark at which tasks stall, and the gap before it by a quarter."""

from collections.abc import Iterator

from vmadvisor.advise.claims._claim import Change, Claim, setting
from vmadvisor.advise.finding import Quantity
from vmadvisor.kernel.marks import Marks
from vmadvisor.kernel.min_free import min_free
from vmadvisor.kernel.watermarks import in_force, table
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl


def _sums(marks: list[Marks]) -> tuple[int, int]:
    """(Σ min, Σ (low - min)) in pages."""
    return sum(m.min_pages for m in marks), sum(m.low_pages - m.min_pages for m in marks)


def _doubled(snapshot: Snapshot, kib: int) -> Iterator[Quantity]:
    """What twice the value would make of both, and what the gap costs by the scale factor instead."""
    marks = [z.computed for z in table(snapshot, min_free_kib=2 * kib) if z.computed is not None]
    if not marks:
        return
    kept, gap = _sums(marks)
    source = "computed: __setup_per_zone_wmarks() with twice vm.min_free_kbytes"
    yield Quantity(name="kept_if_doubled", value=kept, unit="pages", source=source)
    yield Quantity(name="gap_if_doubled", value=gap, unit="pages", source=source)


def _numbers(snapshot: Snapshot) -> Iterator[Quantity]:
    settings, zones = snapshot.get(VmSysctl), table(snapshot)
    kib = None if settings is None else settings.min_free_kib
    yield setting("min_free", kib, "kib", "vm.min_free_kbytes")
    origin = min_free(snapshot).origin
    if kib is not None:
        yield Quantity(name="origin", value=origin, unit="origin", source="computed")
    if not zones:
        return
    kept, gap = _sums([in_force(zone) for zone in zones])
    managed = sum(zone.managed_pages for zone in zones)
    yield Quantity(name="kept", value=kept, unit="pages", source="/proc/zoneinfo Σ min")
    yield Quantity(name="gap", value=gap, unit="pages", source="/proc/zoneinfo Σ (low - min)")
    if managed:
        yield Quantity(
            name="kept_share",
            value=kept / managed,
            unit="ratio",
            source="/proc/zoneinfo Σ min / managed",
        )
    if kib:
        yield from _doubled(snapshot, kib)


CLAIM = Claim(
    name="min-free-kbytes-raised",
    claim="Raise vm.min_free_kbytes against stalls in direct reclaim.",
    answer="It raises the mark at which tasks stall; only a quarter of it widens the gap before that mark.",
    right="Against failed atomic allocations (network, RDMA drivers), which may use what is below the min "
    "mark; and on kernels before 4.6, which have no other knob for the gap.",
    changes=(
        Change(
            since=(4, 6),
            text="vm.watermark_scale_factor widens the gap alone: low = min + max(min/4, "
            "managed * factor / 10000). For stalls that is the knob.",
        ),
        Change(since=(5, 7), text="The automatic value ends at 256 MB, not at 64 MB."),
        Change(
            since=(6, 6),
            text="The share of ZONE_MOVABLE no longer counts: the other zones get all of it.",
        ),
    ),
    harmful="Above some 5 % of RAM it brings the OOM killer near: what is below min is lost to everybody. On "
    "hosts with little lowmem or much CMA the share falls on few pages. A value below the present one "
    "takes khugepaged's reserve for huge pages away.",
    instead="watermark_scale_factor for stalls; min_free_kbytes, in small steps, for atomic failures. The "
    "default is not 4 * sqrt(RAM) on most hosts: with huge pages on, khugepaged sets 11 pageblocks a zone.",
    numbers=_numbers,
    rules=("VMA-RECLAIM-001", "VMA-ZONE-001"),
    references=(
        "mm/page_alloc.c:__setup_per_zone_wmarks",
        "mm/khugepaged.c:set_recommended_min_free_kbytes",
    ),
)  # fmt: skip
