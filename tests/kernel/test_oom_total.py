"""T of each constraint, as far as a report tells it."""

import pytest

from vmadvisor.kernel.oom_total import oom_total
from vmadvisor.sources.oom_report import OomCgroup, OomCharge, OomMemory, OomReport, OomZone

UNLIMITED_KIB = 9007199254740988


def zone(node_id, present_kib, free_kib=10):
    return OomZone(
        node_id=node_id, name="Normal", free_kib=free_kib, min_kib=400, low_kib=500, high_kib=600, boost_kib=None,
        reserved_highatomic_kib=None, free_highatomic_kib=None, present_kib=present_kib, managed_kib=present_kib - 40,
        free_cma_kib=None, slab_unreclaimable_kib=None, all_unreclaimable=None,
    )  # fmt: skip


def cgroup(host_swap_kib=None, **kib):
    charges = {
        name.replace("_and_", "+"): OomCharge(usage_kib=usage, limit_kib=limit, failcnt_total=3)
        for name, (usage, limit) in kib.items()
    }
    return OomReport(
        cgroup=OomCgroup(path="/a", charges=charges, stats_bytes={}), host_swap_kib=host_swap_kib
    )


def test_a_host_has_its_ram_and_swap():
    memory = OomMemory(ram_pages=1000, reserved_pages=100, swap_total_kib=80)

    assert oom_total(OomReport(memory=memory), 4096).pages == (920,)


def test_without_pages_of_ram_the_zones_tell():
    memory = OomMemory(zones=(zone(0, 440), zone(1, 840)), swap_total_kib=80)

    assert oom_total(OomReport(memory=memory), 4096).pages == (320,)


@pytest.mark.parametrize(
    "fields",
    [{"nodemask": "1"}, {"mems_allowed": "1"}, {}],
    ids=["policy", "cpuset", "only one is out"],
)
def test_nodes_that_a_request_is_bound_to_count_alone(fields):
    free_kib = 10 if fields else 200_000
    memory = OomMemory(
        zones=(zone(0, 400_000, free_kib=free_kib), zone(1, 800)),
        ram_pages=90_000,
        reserved_pages=9,
        swap_total_kib=80,
    )

    assert oom_total(OomReport(memory=memory, gfp_mask="0xcc0", **fields), 4096).pages == (220,)


def test_all_nodes_named_is_no_bond():
    memory = OomMemory(zones=(zone(0, 400), zone(1, 800)), ram_pages=1000, reserved_pages=100)

    assert oom_total(OomReport(memory=memory, mems_allowed="0-1"), 4096).pages == (900,)


@pytest.mark.parametrize(
    ("report", "pages"),
    [
        (cgroup(memory=(80, 800), swap=(0, 0)), (200,)),
        (cgroup(memory=(80, 800), swap=(0, 400)), (200, 300)),
        (cgroup(memory=(80, 800), swap=(4, 400)), (300, 200)),
        (cgroup(memory=(80, 800), swap=(4, 400), host_swap_kib=40), (210, 200)),
        (cgroup(memory=(80, 800), swap=(4, UNLIMITED_KIB), host_swap_kib=0), (200,)),
        (cgroup(memory=(80, 800), memory_and_swap=(120, 1200)), (300, 200)),
        (cgroup(memory=(80, 800), memory_and_swap=(80, UNLIMITED_KIB), host_swap_kib=40), (200, 210)),
        (cgroup(swap=(4, 400)), ()),
        (OomReport(), ()),
        (OomReport(trace=("mem_cgroup_out_of_memory",), memory=OomMemory(ram_pages=9, reserved_pages=1)), ()),
    ],
)  # fmt: skip
def test_a_cgroup_has_its_limit_and_the_swap_it_may_use(report, pages):
    assert oom_total(report, 4096).pages == pages
