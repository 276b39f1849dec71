"""Each cause by the report that shows it, and no other."""

import pytest

from vmadvisor.kernel.oom_zones import ZoneCheck
from vmadvisor.model.oom_cause import causes
from vmadvisor.model.oom_memory import MemoryShare
from vmadvisor.sources.oom_report import OomMemory, OomReport


def check(why, *, node=0, zone="Normal", free_kib=500, usable_kib=500, managed_kib=90_000):
    return ZoneCheck(
        node_id=node, zone=zone, free_kib=free_kib, min_kib=100, low_kib=200, high_kib=300, boost_kib=None,
        managed_kib=managed_kib, usable_kib=usable_kib, reserve_kib=0, free_cma_kib=0, largest_free_order=3, why=why,
    )  # fmt: skip


def share(name, ratio):
    return MemoryShare(name=name, size_bytes=int(ratio * 1000), share_ratio=ratio)


FULL_SWAP = OomReport(memory=OomMemory(swap_total_kib=1000, swap_free_kib=20))
SOME_SWAP = OomReport(memory=OomMemory(swap_total_kib=1000, swap_free_kib=21))


@pytest.mark.parametrize(
    ("report", "checks", "shares", "expected"),
    [
        (OomReport(is_sysrq=True), (check("below_min"),), (), ("sysrq",)),
        (OomReport(trace=("bpf_out_of_memory",)), (), (), ("bpf",)),
        (OomReport(), (), (), ("unknown",)),
        (OomReport(), (check("below_min"),), (), ("below_mark",)),
        (OomReport(), (check("below_high"),), (), ("below_mark",)),
        (OomReport(), (check("passes"),), (), ("unknown",)),
        (OomReport(), (check("below_high"), check("passes", zone="DMA", managed_kib=80_000)), (), ("below_mark",)),
        (OomReport(), (check("passes"), check("below_high", zone="DMA", managed_kib=80_000)), (), ("unknown",)),
        (FULL_SWAP, (check("below_min"),), (), ("swap_full", "below_mark")),
        (SOME_SWAP, (check("below_min"),), (), ("below_mark",)),
        (OomReport(), (check("fragmentation"),), (), ("fragmentation", "below_mark")),
        (OomReport(), (check("fragmentation"), check("passes")), (), ("unknown",)),
        (OomReport(), (check("cma_only"),), (), ("cma_only", "below_mark")),
        (OomReport(), (check("lowmem_protection"),), (), ("lowmem_protection", "below_mark")),
        (OomReport(), (check("below_min", free_kib=80), check("not_for_request", zone="HighMem")), (), ("lowmem", "below_mark")),
        (OomReport(), (check("below_min", free_kib=80), check("not_for_request", zone="Movable")), (), ("movable_only", "below_mark")),
        (OomReport(), (check("below_min", free_kib=80), check("not_for_request", zone="HighMem", free_kib=70)), (), ("below_mark",)),
        (OomReport(), (check("below_min"), check("passes", node=1, usable_kib=700)), (), ("node_bound", "below_mark")),
        (OomReport(), (check("below_min"),), (share("tmpfs", 0.3), share("slab_unreclaimable", 0.19)), ("tmpfs", "below_mark")),
        (FULL_SWAP, (check("below_min"),), (share("anonymous", 0.6), share("slab_unreclaimable", 0.2)), ("slab_unreclaimable", "swap_full", "below_mark")),
        (OomReport(), (check("below_min"),), (share("huge_pages", 0.41),), ("huge_pages", "below_mark")),
        (OomReport(), (check("below_min"),), (share("unaccounted", 0.36),), ("unaccounted", "below_mark")),
    ],
)  # fmt: skip
def test_the_cause_that_explains_most_comes_first(report, checks, shares, expected):
    assert causes(report, is_cgroup=False, is_bound=False, checks=checks, shares=shares) == expected


def test_a_cgroups_limit_is_never_the_hosts_matter():
    found = causes(
        FULL_SWAP,
        is_cgroup=True,
        is_bound=False,
        checks=(check("below_min"),),
        shares=(share("tmpfs", 0.7),),
    )

    assert found == ("cgroup_limit", "tmpfs")


def test_a_bound_that_the_kernel_names_needs_no_zones():
    assert causes(OomReport(), is_cgroup=False, is_bound=True, checks=(), shares=()) == (
        "node_bound",
    )
