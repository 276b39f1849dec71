from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.sources import vmstat

VMSTAT = "nr_active_file 1000\nnr_inactive_file 3000\nnr_mapped 500\nnr_free_pages 70000\n"


def meminfo(active: int, inactive: int, mapped: int, free: int) -> str:
    return (
        f"MemTotal: 9000000 kB\nMemFree: {free} kB\nActive(file): {active} kB\n"
        f"Inactive(file): {inactive} kB\nMapped: {mapped} kB\n"
    )


def test_the_running_system_is_believed_first(make_snapshot):
    assert page_size_bytes(make_snapshot(page_bytes=16384)) == 16384


def test_counters_printed_twice_tell_the_size(make_snapshot):
    files = make_snapshot(
        vmstat.parse(VMSTAT),
        meminfo_text=meminfo(64_000, 192_000, 32_000, 4_480_000),
        page_bytes=None,
    )
    assert page_size_bytes(files) == 65536


def test_one_counter_that_lies_is_outvoted(make_snapshot):
    """Some guests count memory in MemFree that nr_free_pages does not know."""
    files = make_snapshot(
        vmstat.parse(VMSTAT), meminfo_text=meminfo(4_000, 12_000, 2_000, 1_120_000), page_bytes=None
    )
    assert page_size_bytes(files) == 4096


def test_files_of_different_moments_agree_within_three_percent(make_snapshot):
    files = make_snapshot(
        vmstat.parse(VMSTAT), meminfo_text=meminfo(4_100, 11_800, 2_030, 281_000), page_bytes=None
    )
    assert page_size_bytes(files) == 4096


def test_files_of_different_hosts_tell_nothing(make_snapshot):
    files = make_snapshot(
        vmstat.parse(VMSTAT), meminfo_text=meminfo(5_300, 107_000, 777, 3_000), page_bytes=None
    )
    assert page_size_bytes(files) is None


def test_a_process_that_prints_its_size_in_both_units_tells(make_snapshot, make_process):
    files = make_snapshot(processes=[make_process(9, "a", 250, statm=250)], page_bytes=None)
    assert page_size_bytes(files) == 4096


def test_an_isa_dma_zone_is_x86(make_snapshot, make_zone):
    files = make_snapshot(zones=[make_zone("DMA", 3977, spanned=4095)], page_bytes=None)
    assert page_size_bytes(files) == 4096


def test_nothing_that_tells_is_none(make_snapshot, make_zone):
    assert (
        page_size_bytes(make_snapshot(zones=[make_zone("Normal", 3977)], page_bytes=None)) is None
    )


def test_one_pair_that_fits_by_chance_does_not_decide_against_the_rest(make_snapshot):
    files = make_snapshot(
        vmstat.parse(VMSTAT),
        meminfo_text=meminfo(5_300, 96_000, 777, 3_000),
        page_bytes=None,
    )
    assert page_size_bytes(files) is None
