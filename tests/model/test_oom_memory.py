"""Where the memory was: every page once, and the rest named."""

import pytest

from vmadvisor.model.oom_memory import cgroup_shares, host_shares
from vmadvisor.sources.oom_report import OomCgroup, OomCharge, OomHugePages, OomMemory


def test_shared_memory_is_taken_out_of_anonymous_and_the_rest_is_named():
    memory = OomMemory(
        pages={
            "active_anon": 100, "inactive_anon": 200, "isolated_anon": 5, "shmem": 105, "active_file": 11,
            "inactive_file": 12, "unevictable": 7, "slab_reclaimable": 13, "slab_unreclaimable": 30, "pagetables": 9,
            "sec_pagetables": 1, "free": 20, "free_pcp": 2,
        },
        node_kib={0: {"kernel_stack": 16}},
        hugepages=(OomHugePages(node_id=0, total_count=1, free_count=0, size_kib=2048),),
        ram_pages=1100,
        reserved_pages=100,
    )  # fmt: skip
    found = {share.name: share.size_bytes // 4096 for share in host_shares(memory, 4096)}

    assert found == {
        "huge_pages": 512, "anonymous": 200, "tmpfs": 105, "unaccounted": 74, "slab_unreclaimable": 30,
        "file_cache": 23, "free": 22, "slab_reclaimable": 13, "page_tables": 10, "unevictable": 7, "kernel_stacks": 4,
    }  # fmt: skip
    assert host_shares(memory, 4096)[0].share_ratio == 0.512


@pytest.mark.parametrize(
    "memory",
    [OomMemory(), OomMemory(pages={"active_anon": 5}), OomMemory(ram_pages=9, reserved_pages=1)],
)
def test_without_mem_info_or_the_size_of_ram_nothing_is_told(memory):
    assert host_shares(memory, 4096) == ()


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        ({"anon": 600, "file": 300, "shmem": 100, "kernel": 50}, {"anonymous": 600, "file_cache": 200, "tmpfs": 100, "kernel": 50}),
        ({"anon": 600, "file": 300, "slab": 20, "sock": 4}, {"anonymous": 600, "file_cache": 300, "kernel": 24}),
        ({"rss": 700, "cache": 90, "shmem": 40}, {"anonymous": 700, "file_cache": 50, "tmpfs": 40}),
        ({"pgfault": 3}, {}),
    ],
)  # fmt: skip
def test_a_cgroups_statistics_of_both_versions(stats, expected):
    charges = {"memory": OomCharge(usage_kib=1, limit_kib=2, failcnt_total=3)}
    found = cgroup_shares(OomCgroup(path=None, charges=charges, stats_bytes=stats))

    assert {share.name: share.size_bytes for share in found} == expected
