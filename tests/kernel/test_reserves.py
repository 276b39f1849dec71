import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.kernel.reserves import protection, reserves, totalreserve_pages
from vmadvisor.sources import sysctl_vm, version

RATIOS = {"lowmem_reserve_ratio": "256\t256\t32\t0\t0\n"}


def at(release: str):
    return behaviour_at(version.parse(f"version {release}"))


def settings(**files: str):
    return sysctl_vm.parse(
        {**RATIOS, "min_free_kbytes": "2360\n", "watermark_scale_factor": "10\n", **files}
    )


def test_a_ratio_of_zero_reserves_nothing_since_4_17_and_counted_as_one_before():
    assert protection((10, 700, 90), (7, 0), at("4.17.0"))[1] == (0, 0, 0)
    assert protection((10, 700, 90), (7, 0), at("4.16.0"))[1] == (0, 0, 90)


def test_an_empty_zone_reserves_nothing_since_5_8():
    assert protection((0, 700, 90), (7, 9), at("5.8.0"))[0] == (0, 0, 0)
    assert protection((0, 700, 90), (7, 9), at("5.7.0"))[0] == (0, 100, 112)


def test_a_published_experiment_comes_out_to_the_page():
    managed, now = (630_079, 0, 241_951, 189_726), at("6.6.0")
    assert protection(managed, (32, 32, 32, 0), now)[0] == (0, 0, 7_560, 13_489)
    assert protection((630_079, 52_437, 189_726), (256, 32, 0), now)[0] == (0, 204, 945)


@given(
    st.lists(st.integers(0, 2**40), min_size=1, max_size=6),
    st.lists(st.integers(0, 512), min_size=6, max_size=6),
    st.sampled_from(("3.10.0", "4.19.0", "6.1.0")),
)
def test_reserves_grow_with_the_request_and_are_zero_up_to_the_own_zone(managed, ratios, release):
    for place, array in enumerate(protection(managed, ratios, at(release))):
        assert array[: place + 1] == (0,) * (place + 1)
        assert list(array[place:]) == sorted(array[place:])


def zones_of(make_zone, arrays, second=85_485):
    return [
        make_zone("DMA", 3977, (26, 32, 38), protection=arrays[0]),
        make_zone("DMA32", second, (563, 703, 843), protection=arrays[1]),
        make_zone("Normal", 0, protection=(0, 0, 0, 0, 0)),
        make_zone("Movable", 0, protection=(0, 0, 0, 0, 0)),
        make_zone("Device", 0, protection=()),
    ]


@pytest.mark.parametrize(
    ("dma", "agreement"), [(333, "equal"), (325, "stale"), (300, "different"), (334, "different")]
)
def test_printed_arrays_are_judged(make_snapshot, make_zone, dma, agreement):
    zones = zones_of(make_zone, ((0, dma, dma, dma, dma), (0, 0, 0, 0, 0)))
    found = reserves(make_snapshot(settings(), release="5.10.0", zones=zones))
    assert found[0].computed_pages == (0, 333, 333, 333, 333)
    assert [one.agreement for one in found] == [agreement, "equal", "equal", "equal", "unknown"]


def test_zones_that_old_kernels_do_not_list_keep_their_place(make_snapshot, make_zone):
    zones = [
        make_zone("DMA", 3976, protection=(0, 2_927, 64_427, 64_427)),
        make_zone("DMA32", 749_000, protection=(0, 0, 61_500, 61_500)),
        make_zone("Normal", 15_744_000, protection=(0, 0, 0, 0)),
    ]
    (first, second, third) = reserves(
        make_snapshot(
            sysctl_vm.parse({"lowmem_reserve_ratio": "256\t256\t32\n"}),
            release="3.10.0",
            zones=zones,
        )
    )
    assert first.computed_pages == (0, 2_925, 64_425, 64_425)
    assert second.computed_pages == (0, 0, 61_500, 61_500)
    assert (first.agreement, second.agreement, third.agreement) == ("different", "equal", "equal")


def test_types_that_cannot_be_told_leave_the_arrays_unknown(make_snapshot, make_zone):
    zones = [make_zone("DMA32", 749_000, protection=(0, 0, 0, 0, 0))]
    (found,) = reserves(make_snapshot(settings(), release="4.4.0", zones=zones))
    assert (found.computed_pages, found.agreement) == (None, "unknown")


def test_totalreserve_is_the_largest_reserve_and_the_high_mark_of_every_zone(
    make_snapshot, make_zone
):
    zones = zones_of(make_zone, ((0, 333, 333, 333, 333), (0, 0, 0, 0, 0)))
    assert totalreserve_pages(make_snapshot(settings(), release="5.10.0", zones=zones)) == 1_214


def test_a_zone_reserves_no_more_than_it_has(make_snapshot, make_zone):
    zones = zones_of(make_zone, ((0, 9_999, 9_999, 9_999, 9_999), (0, 0, 0, 0, 0)))
    assert totalreserve_pages(make_snapshot(settings(), release="5.10.0", zones=zones)) == 4_820


def test_no_zoneinfo_no_reserve(make_snapshot):
    assert totalreserve_pages(make_snapshot(settings(), release="5.10.0")) is None
    assert reserves(make_snapshot(settings(), release="5.10.0")) == ()
