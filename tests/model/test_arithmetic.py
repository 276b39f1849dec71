"""What is recomputed stands beside what the kernel printed; agreement is counted, not averaged."""

from vmadvisor.kernel import watermarks
from vmadvisor.model.arithmetic import arithmetic
from vmadvisor.sources import version, vmstat
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zoneinfo


def test_the_kernels_words_stand_beside_ours_and_zones_are_tallied(snapshot, zone, host):
    """min_free 8,000 kB = 2,000 pages in equal shares; the second zone's marks are wrong."""
    right = zone(name="DMA32", min_pages=1_000, low_pages=1_250, high_pages=1_500)
    wrong = zone(min_pages=1_000, low_pages=1_251, high_pages=1_777)
    zones = Zoneinfo(
        zones=(right, wrong), nodes=(), has_managed=True, has_node_stats=True,
        lists_empty_zones=False,
    )  # fmt: skip
    taken = snapshot(
        (1.0, zones),
        (1.0, version.parse("Linux version 6.1.0 (x)")),
        (1.0, VmSysctl(min_free_kib=8_000, watermark_scale_factor_permyriad=10,
                       overcommit_ratio_pct=50, overcommit_kib=0)),
        (1.0, Meminfo(mem_total_kib=800_000, mem_free_kib=56_000, mem_available_kib=44_000,
                      swap_total_kib=40_000, commit_limit_kib=440_000, hugetlb_kib=0)),
        (1.0, vmstat.parse("nr_dirty_threshold 321\nnr_dirty_background_threshold 123\n")),
        host=host(page_size_bytes=4096),
    )  # fmt: skip

    found = arithmetic(taken, watermarks.table(taken), 4096)

    assert found is not None
    assert dict(found.marks_agreement) == {"equal": 1, "different": 1}
    kernel = {number.name: number.kernel_pages for number in found.numbers}
    assert kernel == {
        "MemAvailable": 11_000,
        "CommitLimit": 110_000,
        "dirty threshold": 321,
        "dirty background threshold": 123,
    }
    computed = {number.name: number.computed_pages for number in found.numbers}
    assert computed["CommitLimit"] == 110_000
    assert computed["MemAvailable"] is None  # this meminfo has no file lists


def test_without_zones_there_is_nothing_to_recompute(snapshot):
    assert arithmetic(snapshot(), (), 4096) is None
