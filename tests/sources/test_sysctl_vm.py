from dataclasses import fields

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import sysctl_vm
from vmadvisor.sources.sysctl_vm import VmSysctl

FILES = {
    "swappiness": "61\n",
    "min_free_kbytes": "67584\n",
    "watermark_scale_factor": "12\n",
    "watermark_boost_factor": "15000\n",
    "zone_reclaim_mode": "5\n",
    "overcommit_memory": "2\n",
    "overcommit_ratio": "51\n",
    "overcommit_kbytes": "4096\n",
    "dirty_ratio": "21\n",
    "dirty_bytes": "8192\n",
    "dirty_background_ratio": "11\n",
    "dirty_background_bytes": "2048\n",
    "vfs_cache_pressure": "101\n",
    "lowmem_reserve_ratio": "256\t255\t32\t16\t8\n",
    "min_unmapped_ratio": "3\n",
    "min_slab_ratio": "6\n",
    "panic_on_oom": "1\n",
    "oom_kill_allocating_task": "7\n",
    "oom_dump_tasks": "9\n",
    "page-cluster": "4\n",
    "admin_reserve_kbytes": "8191\n",
    "user_reserve_kbytes": "131072\n",
    "nr_hugepages": "64\n",
    "nr_overcommit_hugepages": "65\n",
    "percpu_pagelist_high_fraction": "10\n",
    "extfrag_threshold": "500\n",
    "compaction_proactiveness": "20\n",
    "defrag_mode": "13\n",
    "numa_stat": "14\n",
    "laptop_mode": "-15\n",
    "stat_interval": "17\n",
}


def test_every_field_has_its_own_value():
    assert sysctl_vm.parse(FILES) == VmSysctl(
        swappiness_count=61,
        min_free_kib=67584,
        watermark_scale_factor_permyriad=12,
        watermark_boost_factor_permyriad=15000,
        zone_reclaim_mode=5,
        overcommit_memory_mode=2,
        overcommit_ratio_pct=51,
        overcommit_kib=4096,
        dirty_ratio_pct=21,
        dirty_bytes=8192,
        dirty_background_ratio_pct=11,
        dirty_background_bytes=2048,
        vfs_cache_pressure_pct=101,
        lowmem_reserve_ratios_count=(256, 255, 32, 16, 8),
        min_unmapped_ratio_pct=3,
        min_slab_ratio_pct=6,
        panic_on_oom_mode=1,
        oom_kill_allocating_task_mode=7,
        oom_dump_tasks_mode=9,
        page_cluster_order=4,
        admin_reserve_kib=8191,
        user_reserve_kib=131072,
        nr_hugepages_count=64,
        nr_overcommit_hugepages_count=65,
        percpu_pagelist_high_fraction_count=10,
        extfrag_threshold_count=500,
        compaction_proactiveness_pct=20,
        defrag_mode=13,
        numa_stat_mode=14,
        laptop_mode=-15,
        stat_interval_s=17,
    )


def test_every_name_fills_one_field():
    assert set(FILES) == set(sysctl_vm.SOURCE.names)
    assert len(FILES) == len(fields(VmSysctl))


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_file_alone_leaves_every_other_field_none(name):
    settings = sysctl_vm.parse({name: FILES[name]})

    filled = [f.name for f in fields(settings) if getattr(settings, f.name) is not None]
    assert len(filled) == 1


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("text", ["x\n", "1.5\n", "²\n"])
def test_a_malformed_file_is_a_parse_error_that_names_it(name, text):
    with pytest.raises(ParseError, match=name):
        sysctl_vm.parse(FILES | {name: text})


def test_a_size_cannot_be_negative_but_a_free_form_setting_can():
    assert sysctl_vm.parse({"overcommit_ratio": "-5\n"}).overcommit_ratio_pct == -5
    with pytest.raises(ParseError, match="min_free_kbytes"):
        sysctl_vm.parse({"min_free_kbytes": "-5\n"})
