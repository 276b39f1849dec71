"""``/proc/sys/vm``: one number per file, ``60`` (``mm/``, ``kernel/sysctl.c:vm_table``)."""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources._lines import from_file, single, single_unsigned, unsigned
from vmadvisor.sources._source import DirectorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class VmSysctl:
    """Settings as they stand; ``None`` where this kernel has no such file.

    ``dirty_bytes`` 0 means that ``dirty_ratio_pct`` counts, ``overcommit_kib`` 0 that
    ``overcommit_ratio_pct`` does. ``lowmem_reserve_ratios_count`` has one divisor per zone type.
    """

    swappiness_count: int | None = None
    min_free_kib: int | None = None
    watermark_scale_factor_permyriad: int | None = None
    watermark_boost_factor_permyriad: int | None = None
    zone_reclaim_mode: int | None = None
    overcommit_memory_mode: int | None = None
    overcommit_ratio_pct: int | None = None
    overcommit_kib: int | None = None
    dirty_ratio_pct: int | None = None
    dirty_bytes: int | None = None
    dirty_background_ratio_pct: int | None = None
    dirty_background_bytes: int | None = None
    vfs_cache_pressure_pct: int | None = None
    lowmem_reserve_ratios_count: tuple[int, ...] | None = None
    min_unmapped_ratio_pct: int | None = None
    min_slab_ratio_pct: int | None = None
    panic_on_oom_mode: int | None = None
    oom_kill_allocating_task_mode: int | None = None
    oom_dump_tasks_mode: int | None = None
    page_cluster_order: int | None = None
    admin_reserve_kib: int | None = None
    user_reserve_kib: int | None = None
    nr_hugepages_count: int | None = None
    nr_overcommit_hugepages_count: int | None = None
    percpu_pagelist_high_fraction_count: int | None = None
    extfrag_threshold_count: int | None = None
    compaction_proactiveness_pct: int | None = None
    defrag_mode: int | None = None
    numa_stat_mode: int | None = None
    laptop_mode: int | None = None
    stat_interval_s: int | None = None


FIELDS = {
    "swappiness": "swappiness_count",
    "min_free_kbytes": "min_free_kib",
    "watermark_scale_factor": "watermark_scale_factor_permyriad",
    "watermark_boost_factor": "watermark_boost_factor_permyriad",
    "zone_reclaim_mode": "zone_reclaim_mode",
    "overcommit_memory": "overcommit_memory_mode",
    "overcommit_ratio": "overcommit_ratio_pct",
    "overcommit_kbytes": "overcommit_kib",
    "dirty_ratio": "dirty_ratio_pct",
    "dirty_bytes": "dirty_bytes",
    "dirty_background_ratio": "dirty_background_ratio_pct",
    "dirty_background_bytes": "dirty_background_bytes",
    "vfs_cache_pressure": "vfs_cache_pressure_pct",
    "min_unmapped_ratio": "min_unmapped_ratio_pct",
    "min_slab_ratio": "min_slab_ratio_pct",
    "panic_on_oom": "panic_on_oom_mode",
    "oom_kill_allocating_task": "oom_kill_allocating_task_mode",
    "oom_dump_tasks": "oom_dump_tasks_mode",
    "page-cluster": "page_cluster_order",
    "admin_reserve_kbytes": "admin_reserve_kib",
    "user_reserve_kbytes": "user_reserve_kib",
    "nr_hugepages": "nr_hugepages_count",
    "nr_overcommit_hugepages": "nr_overcommit_hugepages_count",
    "percpu_pagelist_high_fraction": "percpu_pagelist_high_fraction_count",
    "extfrag_threshold": "extfrag_threshold_count",
    "compaction_proactiveness": "compaction_proactiveness_pct",
    "defrag_mode": "defrag_mode",
    "numa_stat": "numa_stat_mode",
    "laptop_mode": "laptop_mode",
    "stat_interval": "stat_interval_s",
}
"""The record's field by the file's name."""

_LOWMEM_RESERVE_RATIO = "lowmem_reserve_ratio"

_UNBOUNDED = frozenset(
    {
        "overcommit_ratio",
        "oom_kill_allocating_task",
        "oom_dump_tasks",
        "laptop_mode",
        "stat_interval",
    }
)
"""The kernel lets an administrator write negative numbers here (``proc_dointvec``)."""


def _divisors(text: str) -> tuple[int, ...]:
    return tuple(unsigned(field) for field in text.split())


def parse(files: Mapping[str, str]) -> VmSysctl:
    r"""File name -> text in, record out.

    >>> settings = parse({"swappiness": "60\n", "lowmem_reserve_ratio": "256\t256\t32\t0\t0\n"})
    >>> settings.swappiness_count, settings.lowmem_reserve_ratios_count, settings.dirty_bytes
    (60, (256, 256, 32, 0, 0), None)
    """
    found: dict[str, int] = {}
    for name, field in FIELDS.items():
        value = from_file(files, name, single if name in _UNBOUNDED else single_unsigned)
        if value is not None:
            found[field] = value
    divisors = from_file(files, _LOWMEM_RESERVE_RATIO, _divisors)
    return VmSysctl(**found, lowmem_reserve_ratios_count=divisors)


SOURCE = DirectorySource(
    path="proc/sys/vm",
    names=(*FIELDS, _LOWMEM_RESERVE_RATIO),
    record=VmSysctl,
    parse=parse,
    cost="marks cannot be recomputed and no change of a setting can be predicted",
)
