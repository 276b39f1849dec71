from vmadvisor.kernel.dirty import dirty_limits
from vmadvisor.sources import sysctl_vm, vmstat

SETTINGS = {
    "min_free_kbytes": "2360\n", "watermark_scale_factor": "10\n",
    "lowmem_reserve_ratio": "256\t256\t32\t0\t0\n",
    "dirty_ratio": "20\n", "dirty_background_ratio": "10\n", "dirty_bytes": "0\n",
    "dirty_background_bytes": "0\n",
}  # fmt: skip
VMSTAT = "nr_free_pages 20000\nnr_inactive_file 30000\nnr_active_file 4000\n"


def host(make_snapshot, make_zone, release="5.10.0", text=VMSTAT, name="Normal", **files):
    zones = [
        make_zone("DMA", 3_977, protection=(0, 333)),
        make_zone(name, 85_485, protection=(0, 0)),
    ]
    meminfo = "MemTotal: 357848 kB\nMemFree: 99999 kB\n"
    return make_snapshot(
        sysctl_vm.parse({**SETTINGS, **files}),
        vmstat.parse(text),
        release=release,
        zones=zones,
        meminfo_text=meminfo,
    )


def test_the_ratio_is_cut_to_4096ths_since_4_7(make_snapshot, make_zone):
    """Dirtyable are 20000 - 1214 + 34000 + 1 pages."""
    now = dirty_limits(host(make_snapshot, make_zone))
    assert (now.dirtyable_pages, now.threshold_pages, now.background_pages) == (
        52_787,
        10_554,
        5_270,
    )
    before = dirty_limits(host(make_snapshot, make_zone, "4.6.0"))
    assert (before.threshold_pages, before.background_pages) == (10_557, 5_278)


def test_bytes_take_the_place_of_ratios_in_whole_pages(make_snapshot, make_zone):
    found = dirty_limits(
        host(make_snapshot, make_zone, dirty_bytes="8193\n", dirty_background_bytes="4096\n")
    )
    assert (found.threshold_pages, found.background_pages) == (3, 1)


def test_a_background_that_reaches_the_threshold_is_halved(make_snapshot, make_zone):
    found = dirty_limits(host(make_snapshot, make_zone, dirty_background_ratio="30\n"))
    assert (found.threshold_pages, found.background_pages) == (10_554, 5_277)


def test_a_guest_that_counts_memory_it_does_not_manage_shows_it_in_meminfo_only(
    make_snapshot, make_zone
):
    snapshot = host(make_snapshot, make_zone)
    more = make_snapshot(
        sysctl_vm.parse(SETTINGS), vmstat.parse(VMSTAT), release="5.10.0",
        zones=[make_zone("DMA", 3_977, protection=(0, 333)), make_zone("Normal", 85_485, protection=(0, 0))],
        meminfo_text="MemTotal: 457848 kB\nMemFree: 180000 kB\n",
    )  # fmt: skip
    assert dirty_limits(more).dirtyable_pages - dirty_limits(snapshot).dirtyable_pages == 25_000


def test_what_is_missing_is_named(make_snapshot, make_zone):
    assert dirty_limits(host(make_snapshot, make_zone, text="nr_free_pages 5\n")).missing == (
        "nr_inactive_file and nr_active_file in proc/vmstat",
    )
    high = dirty_limits(host(make_snapshot, make_zone, name="HighMem"))
    assert high.missing == ("the part of HighMem that cannot be dirtied",)
    bare = dirty_limits(make_snapshot(release="5.10.0"))
    assert (bare.threshold_pages, bare.missing) == (
        None,
        ("proc/vmstat", "proc/zoneinfo", "proc/sys/vm"),
    )
