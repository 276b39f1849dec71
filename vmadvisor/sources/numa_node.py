"""``/sys/devices/system/node/nodeN``: one NUMA node (``drivers/base/node.c``).

    distance   10 21                    to node 0, 1, ... in order of their numbers
    cpulist    0-3,8-11                 an empty line for a node that has memory only
    meminfo    Node 0 MemFree:  1466528 kB
    numastat   numa_hit 29472345        pages; all 0 with vm.numa_stat = 0

The family's key is the node's number.
"""

from collections.abc import Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources import meminfo
from vmadvisor.sources._lines import counters, from_file, unsigned
from vmadvisor.sources._source import DirectorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class NumaNode:
    """``distance_by_node`` holds SLIT distances (10 is local), in the order of the online nodes."""

    distance_by_node: tuple[int, ...]
    cpus_count: int | None
    mem_total_kib: int | None
    mem_free_kib: int | None
    active_anon_kib: int | None
    inactive_anon_kib: int | None
    active_file_kib: int | None
    inactive_file_kib: int | None
    numa_hit_pages_total: int | None
    numa_miss_pages_total: int | None
    numa_foreign_pages_total: int | None
    other_node_pages_total: int | None


def _distances(text: str) -> tuple[int, ...]:
    return tuple(unsigned(field) for field in text.split())


def _cpus_count(text: str) -> int:
    """CPUs in a list of ranges (``lib/vsprintf.c:bitmap_list_string``): ``0-3,8`` are 5."""
    count = 0
    for part in text.strip().split(",") if text.strip() else ():
        low, dash, high = part.partition("-")
        first = unsigned(low)
        size = (unsigned(high) if dash else first) - first + 1
        if size < 1:
            raise ParseError(f"expected a range of CPUs, found {part[:40]!r}", line_number=1)
        count += size
    return count


def parse(files: Mapping[str, str]) -> NumaNode:
    r"""File name -> text in, record out; without ``distance`` the distances are empty.

    >>> node = parse({"distance": "10 21\n", "cpulist": "0-3,8\n", "numastat": "numa_miss 7\n"})
    >>> node.distance_by_node, node.cpus_count, node.numa_miss_pages_total
    ((10, 21), 5, 7)
    """
    memory: Mapping[str, int] = from_file(files, "meminfo", meminfo.values) or {}
    numastat: Mapping[str, int] = from_file(files, "numastat", counters) or {}
    return NumaNode(
        distance_by_node=from_file(files, "distance", _distances) or (),
        cpus_count=from_file(files, "cpulist", _cpus_count),
        mem_total_kib=memory.get("mem_total_kib"),
        mem_free_kib=memory.get("mem_free_kib"),
        active_anon_kib=memory.get("active_anon_kib"),
        inactive_anon_kib=memory.get("inactive_anon_kib"),
        active_file_kib=memory.get("active_file_kib"),
        inactive_file_kib=memory.get("inactive_file_kib"),
        numa_hit_pages_total=numastat.get("numa_hit"),
        numa_miss_pages_total=numastat.get("numa_miss"),
        numa_foreign_pages_total=numastat.get("numa_foreign"),
        other_node_pages_total=numastat.get("other_node"),
    )


SOURCE = DirectorySource(
    path="sys/devices/system/node/node*",
    names=("meminfo", "numastat", "distance", "cpulist"),
    record=NumaNode,
    parse=parse,
    cost="NUMA distances and memory taken from remote nodes cannot be told",
    optional=True,
)
