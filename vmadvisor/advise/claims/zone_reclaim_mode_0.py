"""``vm.zone_reclaim_mode``: reclaim on this node before a free page of another is taken."""

from collections.abc import Iterator

from vmadvisor.advise.claims._claim import Change, Claim, setting
from vmadvisor.advise.finding import Quantity
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.numa_node import NumaNode
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.vmstat import Vmstat


def _numbers(snapshot: Snapshot) -> Iterator[Quantity]:
    settings, nodes, vmstat = snapshot.get(VmSysctl), snapshot.each(NumaNode), snapshot.get(Vmstat)
    if settings is not None:
        yield setting(
            "zone_reclaim_mode", settings.zone_reclaim_mode, "mode", "vm.zone_reclaim_mode"
        )
    distances = [distance for node in nodes.values() for distance in node.distance_by_node]
    yield Quantity(
        name="nodes", value=len(nodes) or None, unit="count", source="/sys/devices/system/node"
    )
    yield Quantity(
        name="largest_distance",
        value=max(distances, default=None),
        unit="distance",
        source="/sys/devices/system/node/node*/distance",
    )
    if vmstat is not None:
        for name, value, line in (
            ("reclaims_failed", vmstat.zone_reclaim_failed_total, "zone_reclaim_failed"),
            ("numa_miss", vmstat.numa_miss_pages_total, "numa_miss"),
        ):
            unit = "pages" if name == "numa_miss" else "count"
            yield Quantity(name=name, value=value, unit=unit, source=f"/proc/vmstat {line}")


CLAIM = Claim(
    name="zone-reclaim-mode-0",
    claim="Set vm.zone_reclaim_mode to 0.",
    answer="Right for nearly all, and the default since 3.16: then there is nothing to set.",
    right="On every host with one node (it does nothing there), and wherever a page cache or jobs larger than "
    "a node are wanted: databases, file servers, hypervisors.",
    changes=(
        Change(
            since=(3, 16),
            text="The kernel no longer turns it on by itself; before, it did where a distance was above 30.",
        ),
        Change(since=(5, 7), text="Until 5.12, by mistake, bit 1 means to write dirty pages and bit 2 to unmap."),
        Change(since=(5, 15), text="Its time counts as pressure (PSI memory)."),
        Change(since=(6, 19), text="Bit 2, writing dirty pages, has no effect."),
    ),
    harmful="0 is wrong only where every job is pinned to a node that it fits, remote latency was measured "
    "as harmful, and cache is not wanted. Any bit set has one node's cache thrash while another is free.",
    instead="Pin the jobs: cpuset, mbind, numactl. That keeps memory local without reclaim.",
    numbers=_numbers,
    rules=("VMA-NUMA-001",),
    references=("mm/vmscan.c:node_reclaim", "mm/page_alloc.c:zone_allows_reclaim"),
)  # fmt: skip
