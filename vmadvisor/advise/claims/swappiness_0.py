"""``vm.swappiness`` is a ratio of costs in ``get_scan_count()``, and 0 a special case of it."""

from collections.abc import Iterator

from vmadvisor.advise.claims._claim import Change, Claim, setting
from vmadvisor.advise.finding import Quantity
from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.scan_balance import scan_balance
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zram import Zram


def _numbers(snapshot: Snapshot) -> Iterator[Quantity]:
    settings, info = snapshot.get(VmSysctl), snapshot.get(Meminfo)
    rules = behaviour_of(snapshot)
    if settings is not None:
        yield setting("swappiness", settings.swappiness_count, "count", "vm.swappiness")
    if not rules.is_inferred:
        yield Quantity(
            name="swappiness_max",
            value=rules.swappiness_max_count,
            unit="count",
            source="this kernel's version",
        )
    if info is not None:
        for name, value, line in (
            ("swap_total", info.swap_total_kib, "SwapTotal"),
            ("swap_free", info.swap_free_kib, "SwapFree"),
        ):
            yield Quantity(name=name, value=value, unit="kib", source=f"/proc/meminfo {line}")
    yield Quantity(
        name="zram_devices",
        value=len(snapshot.each(Zram)),
        unit="count",
        source="/sys/block/zram*",
    )
    for balance in scan_balance(snapshot):
        yield Quantity(
            name=f"node{balance.node_id}_reclaim_takes",
            value=balance.rule,
            unit="rule",
            source="computed: get_scan_count() at its first priority",
        )


CLAIM = Claim(
    name="swappiness-0",
    claim="Set vm.swappiness to 0, so that the host does not swap.",
    answer="Harmful as a default, and without effect where there is no swap.",
    right="Never better than 1. Without swap any value does nothing: only file pages are scanned.",
    changes=(
        Change(
            since=(3, 5),
            text="0 means no anonymous page at all is scanned until file pages and free memory together "
            "fall to the high marks; from there on anonymous pages only. Not 'little', but a cliff.",
        ),
        Change(since=(5, 8), text="The range is 0 to 200; 100 means that swap costs as much as file IO."),
        Change(
            since=(6, 1),
            text="With multi-generational LRU on, 0 never scans anonymous pages: the OOM killer "
            "comes while swap is free.",
        ),
    ),
    harmful="A cgroup at its limit never swaps with 0: it is killed from with free swap. On zram or "
    "zswap, where a page comes back in microseconds, it throws away file cache that must be read from disk.",
    instead="1 to 10 to avoid slow swap, 60 to leave it, 100 for SSDs, 100 to 180 for zram and zswap. It is "
    "no percentage of memory in use, and reclaim often goes by other rules than this one (see above).",
    numbers=_numbers,
    rules=("VMA-SWAP-001", "VMA-AVAIL-001"),
    references=("mm/vmscan.c:get_scan_count", "mm/vmscan.c:get_swappiness"),
)  # fmt: skip
