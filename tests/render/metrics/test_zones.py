"""Zones and nodes in bytes of the host's own page size."""

from dataclasses import replace

import pytest


def test_every_zone_has_its_marks_in_bytes(report, samples_of):
    assert samples_of("vmadvisor_zone_free_bytes", report)["0", "DMA"] == 3_800 * 4_096
    assert samples_of("vmadvisor_zone_min_bytes", report)["0", "DMA"] == 122_880
    assert samples_of("vmadvisor_zone_low_bytes", report)["0", "DMA"] == 151_552
    assert samples_of("vmadvisor_zone_high_bytes", report)["0", "DMA"] == 180_224
    assert samples_of("vmadvisor_zone_managed_bytes", report)["0", "DMA"] == 15_728_640
    assert samples_of("vmadvisor_zone_protection_bytes", report)["0", "DMA"] == 12_365_824


def test_headroom_is_less_the_low_mark_and_the_protection_and_may_be_negative(report, samples_of):
    dma, normal = report.headroom.zones
    low = replace(normal, free_pages=100, low_pages=350, protection_pages=7)
    told = replace(report, headroom=replace(report.headroom, zones=(dma, low)))

    assert samples_of("vmadvisor_zone_headroom_bytes", told) == {
        ("0", "DMA"): 744 * 4_096,
        ("0", low.zone): -257 * 4_096,
    }


def test_a_host_with_large_pages_has_larger_bytes(report, samples_of):
    arm = replace(report, host=replace(report.host, page_size_bytes=65_536))

    assert samples_of("vmadvisor_node_slack_bytes", arm) == {("0",): 65_536_000}


def test_without_the_page_size_nothing_is_told(report, samples_of):
    unknown = replace(report, host=replace(report.host, page_size_bytes=None))

    assert samples_of("vmadvisor_zone_free_bytes", unknown) == {}


@pytest.mark.parametrize(("is_hopeless", "value"), [(True, {("0",): 1.0}), (None, {})])
def test_kswapd_is_told_where_it_is_known(report, samples_of, is_hopeless, value):
    (node,) = report.headroom.nodes
    node = replace(node, is_hopeless=is_hopeless)
    told = replace(report, headroom=replace(report.headroom, nodes=(node,)))

    assert samples_of("vmadvisor_node_kswapd_cpu_ratio", told) == {("0",): 0.62}
    assert samples_of("vmadvisor_node_kswapd_hopeless", told) == value


def test_what_the_kernel_keeps_and_what_is_left_of_the_host(report, samples_of):
    now = replace(report.availability, totalreserve_pages=77, above_min_pages=-3)
    told = replace(report, availability=now)

    assert samples_of("vmadvisor_reserve_bytes", told) == {(): 315_392}
    assert samples_of("vmadvisor_above_min_bytes", told) == {(): -12_288}
    assert samples_of("vmadvisor_swap_free_bytes", told) == {(): 2_048_000_000}
