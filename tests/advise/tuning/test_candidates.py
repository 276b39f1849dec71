"""What may be tried is legal on the kernel, within a node's shares, and makes other marks."""

from dataclasses import replace

import pytest

from vmadvisor.advise.tuning import _examples as ex
from vmadvisor.advise.tuning._candidates import min_free_candidates, scale_candidates
from vmadvisor.model.reserve_share import node_shares
from vmadvisor.model.simulate.staged import StagedZone, bare_snapshot


def host(release="6.12.1", **changes):
    return bare_snapshot(replace(ex.HOST, release=release, **changes))


def test_scale_factors_rise_from_the_present_one_to_what_the_shares_leave():
    assert scale_candidates(host()) == [15, 30, 60, 160, 320, 640]


@pytest.mark.parametrize(("release", "most"), [("5.10.0", 1000), ("6.12.1", 3000)])
def test_no_factor_is_beyond_what_the_kernel_takes(release, most):
    assert max(scale_candidates(host(release))) <= most


def test_there_is_no_scale_factor_before_4_6():
    sysctl = replace(ex.SYSCTL, watermark_scale_factor_permyriad=None)

    assert scale_candidates(host("4.4.302", sysctl=sysctl)) == []


def test_min_free_kbytes_grows_up_to_a_twentieth_of_a_node():
    assert min_free_candidates(host()) == [5120, 6144, 8192, 12288, 16384, 24576, 32768]
    large = host(sysctl=replace(ex.SYSCTL, min_free_kib=40_000))
    assert min_free_candidates(large) == [50_000]


def test_cma_and_a_pool_of_huge_pages_leave_less_to_reserve_in():
    cma = (StagedZone(node_id=0, name="Normal", managed_pages=ex.PAGES, cma_pages=200_000),)
    whole, with_cma = node_shares(host()), node_shares(host(zones=cma))
    with_pool = node_shares(host(huge_pool_pages=100_000))

    assert whole is not None
    assert with_cma is not None
    assert with_pool is not None
    assert whole[0].usable_pages == 262_144
    assert with_cma[0].usable_pages == 62_144
    assert with_pool[0].usable_pages == 162_144
    assert max(scale_candidates(host(zones=cma))) < 640
