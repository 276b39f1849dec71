"""``low = 5/4 min, high = 3/2 min``: what ``__setup_per_zone_wmarks()`` made until 4.5."""

from collections.abc import Iterator

from vmadvisor.advise.claims._claim import Change, Claim
from vmadvisor.advise.finding import Quantity
from vmadvisor.kernel.watermarks import table
from vmadvisor.snapshot import Snapshot


def _numbers(snapshot: Snapshot) -> Iterator[Quantity]:
    for zone in table(snapshot):
        marks = zone.kernel
        if not zone.managed_pages or not marks.min_pages:
            continue
        for name, value in (
            ("min", marks.min_pages),
            ("low", marks.low_pages),
            ("high", marks.high_pages),
        ):
            yield Quantity(
                name=f"node{zone.node_id}_{zone.zone}_{name}",
                value=value,
                unit="pages",
                source=f"/proc/zoneinfo {name}, less the boost",
            )
        for name, value in (("low", marks.low_pages), ("high", marks.high_pages)):
            yield Quantity(
                name=f"node{zone.node_id}_{zone.zone}_{name}_to_min",
                value=round(value / marks.min_pages, 3),
                unit="times",
                source=f"/proc/zoneinfo {name} / min",
            )


CLAIM = Claim(
    name="low-5/4-high-3/2",
    claim="The low mark is 5/4 of min, the high mark 3/2 of min.",
    answer="Exact until 4.5; since then only where the min mark is at least 0.4 % of its zone.",
    right="On kernels before 4.6, zone by zone: low = min + min/4, high = min + min/2. Later on small hosts, "
    "below some 16 GiB with khugepaged's 66 MiB of vm.min_free_kbytes on one node.",
    changes=(
        Change(
            since=(4, 6),
            text="gap = max(min/4, managed * vm.watermark_scale_factor / 10000); low = min + gap, high = "
            "min + 2 gap. With the default factor the second part rules on large hosts.",
        ),
        Change(since=(5, 0), text="A boost after fragmentation raises all three marks for a while."),
        Change(since=(6, 6), text="ZONE_MOVABLE has a min mark of 32 to 128 pages, but the gap of its share."),
    ),
    harmful="Reckoned with it, kswapd seems to wake much later than it does on a large host, and the cure "
    "(a larger vm.min_free_kbytes) costs reserves that nobody needs.",
    instead="vmadvisor watermarks shows each zone's marks, computed and as the kernel has them, and those "
    "under other settings (--set).",
    numbers=_numbers,
    rules=("VMA-ZONE-001", "VMA-RECLAIM-001"),
    references=("mm/page_alloc.c:__setup_per_zone_wmarks", "mm/page_alloc.c:boost_watermark"),
)  # fmt: skip
