"""``/proc/meminfo``: ``MemFree:         1466528 kB`` (``fs/proc/meminfo.c:meminfo_proc_show``).

Node files (``/sys/devices/system/node/nodeN/meminfo``) have the same lines behind ``Node 0 ``.
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines
from vmadvisor.sources._source import FileSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Meminfo:
    """Gauges in kB as printed; a line this kernel does not print is ``None``, never 0.

    ``hugetlb_kib`` covers every huge page size (4.16+), ``huge_pages_*_count`` the default size only.
    """

    mem_total_kib: int
    mem_free_kib: int
    mem_available_kib: int | None = None
    buffers_kib: int | None = None
    cached_kib: int | None = None
    swap_cached_kib: int | None = None
    active_anon_kib: int | None = None
    inactive_anon_kib: int | None = None
    active_file_kib: int | None = None
    inactive_file_kib: int | None = None
    unevictable_kib: int | None = None
    mlocked_kib: int | None = None
    high_total_kib: int | None = None
    high_free_kib: int | None = None
    swap_total_kib: int | None = None
    swap_free_kib: int | None = None
    zswap_kib: int | None = None
    zswapped_kib: int | None = None
    dirty_kib: int | None = None
    writeback_kib: int | None = None
    anon_pages_kib: int | None = None
    mapped_kib: int | None = None
    shmem_kib: int | None = None
    kreclaimable_kib: int | None = None
    slab_kib: int | None = None
    sreclaimable_kib: int | None = None
    sunreclaim_kib: int | None = None
    kernel_stack_kib: int | None = None
    page_tables_kib: int | None = None
    sec_page_tables_kib: int | None = None
    commit_limit_kib: int | None = None
    committed_as_kib: int | None = None
    vmalloc_used_kib: int | None = None
    percpu_kib: int | None = None
    hardware_corrupted_kib: int | None = None
    anon_huge_pages_kib: int | None = None
    cma_total_kib: int | None = None
    cma_free_kib: int | None = None
    unaccepted_kib: int | None = None
    balloon_kib: int | None = None
    huge_pages_total_count: int | None = None
    huge_pages_free_count: int | None = None
    huge_pages_rsvd_count: int | None = None
    huge_pages_surp_count: int | None = None
    huge_page_size_kib: int | None = None
    hugetlb_kib: int | None = None


_FIELDS = {
    "MemTotal": "mem_total_kib",
    "MemFree": "mem_free_kib",
    "MemAvailable": "mem_available_kib",
    "Buffers": "buffers_kib",
    "Cached": "cached_kib",
    "SwapCached": "swap_cached_kib",
    "Active(anon)": "active_anon_kib",
    "Inactive(anon)": "inactive_anon_kib",
    "Active(file)": "active_file_kib",
    "Inactive(file)": "inactive_file_kib",
    "Unevictable": "unevictable_kib",
    "Mlocked": "mlocked_kib",
    "HighTotal": "high_total_kib",
    "HighFree": "high_free_kib",
    "SwapTotal": "swap_total_kib",
    "SwapFree": "swap_free_kib",
    "Zswap": "zswap_kib",
    "Zswapped": "zswapped_kib",
    "Dirty": "dirty_kib",
    "Writeback": "writeback_kib",
    "AnonPages": "anon_pages_kib",
    "Mapped": "mapped_kib",
    "Shmem": "shmem_kib",
    "KReclaimable": "kreclaimable_kib",
    "Slab": "slab_kib",
    "SReclaimable": "sreclaimable_kib",
    "SUnreclaim": "sunreclaim_kib",
    "KernelStack": "kernel_stack_kib",
    "PageTables": "page_tables_kib",
    "SecPageTables": "sec_page_tables_kib",
    "CommitLimit": "commit_limit_kib",
    "Committed_AS": "committed_as_kib",
    "VmallocUsed": "vmalloc_used_kib",
    "Percpu": "percpu_kib",
    "HardwareCorrupted": "hardware_corrupted_kib",
    "AnonHugePages": "anon_huge_pages_kib",
    "CmaTotal": "cma_total_kib",
    "CmaFree": "cma_free_kib",
    "Unaccepted": "unaccepted_kib",
    "Balloon": "balloon_kib",
    "HugePages_Total": "huge_pages_total_count",
    "HugePages_Free": "huge_pages_free_count",
    "HugePages_Rsvd": "huge_pages_rsvd_count",
    "HugePages_Surp": "huge_pages_surp_count",
    "Hugepagesize": "huge_page_size_kib",
    "Hugetlb": "hugetlb_kib",
}


def values(text: str) -> dict[str, int]:
    r"""Field name of ``Meminfo`` -> number, for every known line; unknown lines are left out.

    >>> values("MemFree:  128 kB\nNewThing:  1 kB\n")
    {'mem_free_kib': 128}
    """
    found: dict[str, int] = {}
    for number, line in whole_lines(text):
        key, _, rest = line.partition(":")
        name = _FIELDS.get(key.rpartition(" ")[2])
        if name is None:
            continue
        fields = rest.split()
        if not fields:
            raise ParseError(f"expected a number after {key!r}", line_number=number)
        found[name] = unsigned(fields[0], line_number=number)
    return found


def parse(text: str) -> Meminfo:
    r"""Text in, record out; without MemTotal and MemFree it is no meminfo: ``ParseError``.

    >>> parse("MemTotal:  4 kB\nMemFree:  2 kB\n").mem_free_kib
    2
    """
    found = values(text)
    if "mem_total_kib" not in found or "mem_free_kib" not in found:
        raise ParseError("no MemTotal or no MemFree line")
    return Meminfo(**found)


SOURCE = FileSource(
    path="proc/meminfo",
    record=Meminfo,
    parse=parse,
    cost="where the memory is, how much is available and the swap left cannot be told",
)
