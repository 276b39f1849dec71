"""Why a zone did not serve the request, as __zone_watermark_ok() would have said."""

from dataclasses import replace

import pytest

from vmadvisor.kernel.oom_request import node_list, oom_request
from vmadvisor.kernel.oom_zones import short_nodes, zone_checks
from vmadvisor.sources.oom_report import OomMemory, OomReport, OomZone

NORMAL = OomZone(
    node_id=0, name="Normal", free_kib=1000, min_kib=400, low_kib=500, high_kib=600, boost_kib=None,
    reserved_highatomic_kib=None, free_highatomic_kib=None, present_kib=90_000, managed_kib=80_000, free_cma_kib=None,
    slab_unreclaimable_kib=None, all_unreclaimable=None,
)  # fmt: skip
USER, KERNEL, HIGHUSER = "0x140dca", "0xcc0", "0xcc2"


def checks(*zones, mask=USER, order=0, **fields):
    memory = OomMemory(zones=tuple(zones))
    return zone_checks(OomReport(gfp_mask=mask, order=order, memory=memory, **fields), 4096)


def why(zone, **asked):
    return checks(zone, **asked)[0].why


@pytest.mark.parametrize(
    ("free_kib", "expected"), [(399, "below_min"), (400, "below_min"), (401, "below_high"), (600, "below_high"), (601, "passes")]
)  # fmt: skip
def test_a_zone_passes_a_mark_only_when_it_is_above_it(free_kib, expected):
    assert why(replace(NORMAL, free_kib=free_kib)) == expected


@pytest.mark.parametrize(
    ("mask", "expected"), [(USER, "lowmem_protection"), (HIGHUSER, "lowmem_protection"), (KERNEL, "lowmem_protection"), ("0xcc4", "passes")]
)  # fmt: skip
def test_the_reserve_is_kept_from_requests_that_could_go_higher(mask, expected):
    """x86-64: DMA, DMA32, Normal, Movable, Device; a DMA32 request may use all of DMA32."""
    zone = replace(NORMAL, name="DMA32", lowmem_reserve_pages=(0, 0, 200, 300, 300))
    asked = checks(zone, replace(NORMAL, free_kib=10), mask=mask)

    assert asked[0].why == expected


@pytest.mark.parametrize(
    ("mask", "reserve_kib"), [(KERNEL, 824 * 4), (HIGHUSER, 1947 * 4), (USER, 1948 * 4)]
)
def test_the_reserve_is_that_of_the_requests_highest_zone(mask, reserve_kib):
    dma = replace(NORMAL, name="DMA", lowmem_reserve_pages=(0, 824, 1947, 1948))
    found = checks(dma, NORMAL, replace(NORMAL, name="HighMem"), mask=mask)

    assert found[0].reserve_kib == reserve_kib
    assert [check.why == "not_for_request" for check in found] == [False, False, mask == KERNEL]


def test_high_atomic_and_cma_pages_do_not_count():
    kept = replace(NORMAL, reserved_highatomic_kib=700)
    part = replace(NORMAL, reserved_highatomic_kib=700, free_highatomic_kib=100)
    cma = replace(NORMAL, free_cma_kib=700)

    assert (why(kept), why(part)) == ("below_min", "passes")
    assert (why(cma, mask=KERNEL), why(cma, mask=USER)) == ("cma_only", "passes")
    assert checks(kept)[0].usable_kib == 300


@pytest.mark.parametrize(
    ("counts", "types", "mask", "expected"),
    [
        ((250, 0, 0, 0), (), USER, "fragmentation"),
        ((242, 0, 0, 1), (), USER, "passes"),
        ((242, 0, 0, 1), ("U", "", "", "H"), USER, "fragmentation"),
        ((242, 0, 0, 1), ("U", "", "", "C"), KERNEL, "fragmentation"),
        ((242, 0, 0, 1), ("U", "", "", "C"), USER, "passes"),
        ((), (), USER, "passes"),
    ],
)
def test_a_large_request_needs_a_block_of_its_order(counts, types, mask, expected):
    zone = replace(NORMAL, free_blocks_count=counts, block_types=types)

    assert why(zone, order=3, mask=mask) == expected


def test_nodes_outside_the_policy_are_not_for_the_request():
    zones = (NORMAL, replace(NORMAL, node_id=1))

    assert [check.why for check in checks(*zones, nodemask="1")] == ["not_for_request", "passes"]


def test_nodes_that_were_out_while_others_had_memory_are_told():
    out, well = replace(NORMAL, free_kib=300), replace(NORMAL, node_id=1, free_kib=20_000)

    assert short_nodes(checks(out, well)) == frozenset({0})
    assert short_nodes(checks(out, replace(out, node_id=1))) is None
    assert short_nodes(checks(well, replace(well, node_id=0))) is None
    assert short_nodes(checks(out, replace(NORMAL, node_id=1, free_kib=700))) is None


@pytest.mark.parametrize("text", ["a", "1-", "-2", "1,,2", "99999", "٣"])
def test_what_is_no_list_of_nodes_binds_nothing(text):
    assert node_list(text) is None
    assert oom_request(OomReport(nodemask=text)).nodes is None


def test_a_lost_mask_counts_as_a_user_page():
    assert oom_request(OomReport()).highest_zone == "Movable"
