import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.available import available_pages, mem_available_pages, missing
from vmadvisor.sources import sysctl_vm

SETTINGS = {
    "min_free_kbytes": "2360\n",
    "watermark_scale_factor": "10\n",
    "lowmem_reserve_ratio": "256\t256\t32\t0\t0\n",
}
MEMINFO = (
    "MemTotal: 357848 kB\nMemFree: 80000 kB\nActive(file): 8000 kB\nInactive(file): 12000 kB\n"
    "SReclaimable: 6000 kB\n"
)


def host(make_snapshot, make_zone, release, text=MEMINFO, **zone):
    zones = [
        make_zone("DMA", 3_977, (26, 32, 38), protection=(0, 333, 333)),
        make_zone("DMA32", 85_485, (563, 703, 843), protection=(0, 0, 0), **zone),
        make_zone("Movable", 0, protection=(0, 0, 0)),
    ]
    return make_snapshot(sysctl_vm.parse(SETTINGS), release=release, zones=zones, meminfo_text=text)


@pytest.mark.parametrize(
    ("release", "pages"),
    # 20000 + 5000 - 735 + 1500 - 735, less 1214 (totalreserve) or 735 (low marks)
    [("3.13.0", None), ("4.4.0", 24_295), ("4.6.0", 23_816), ("5.10.0", 23_816)],
)
def test_the_reserve_is_the_low_marks_first_and_totalreserve_later(
    make_snapshot, make_zone, release, pages
):
    assert mem_available_pages(host(make_snapshot, make_zone, release)) == pages


def test_kreclaimable_takes_the_place_of_sreclaimable(make_snapshot, make_zone):
    text = MEMINFO + "KReclaimable: 6400 kB\n"
    assert mem_available_pages(host(make_snapshot, make_zone, "5.10.0", text)) == 23_916


def test_a_printed_boost_keeps_more_back(make_snapshot, make_zone):
    zone = [
        make_zone("DMA32", 85_485, (590 + 512, 737 + 512, 884 + 512), boost=512, protection=(0, 0))
    ]
    host = make_snapshot(
        sysctl_vm.parse(SETTINGS), release="6.1.0", zones=zone, meminfo_text=MEMINFO
    )
    # 20000 - 884 + 5000 - 1249 + 1500 - 750: the slab keeps half of itself, which is less
    assert mem_available_pages(host) == 23_617


def test_what_is_missing_is_named(make_snapshot, make_zone):
    assert missing(make_snapshot(release="5.10.0")) == ("proc/meminfo",)
    bare = host(make_snapshot, make_zone, "3.10.0", "MemTotal: 9 kB\nMemFree: 5 kB\n")
    assert missing(bare) == (
        "Active(file) in proc/meminfo",
        "Inactive(file) in proc/meminfo",
        "KReclaimable or SReclaimable in proc/meminfo",
        "a kernel of 3.14 or later",
    )
    assert mem_available_pages(bare) is None


pages = st.integers(0, 2**40)


@given(pages, pages, pages, pages, pages)
def test_it_is_never_negative_and_never_more_than_its_parts(free, reserve, file, slab, low):
    found = available_pages(
        free_pages=free, reserve_pages=reserve, file_pages=file, slab_pages=slab, low_pages=low
    )
    assert 0 <= found <= free + file + slab
