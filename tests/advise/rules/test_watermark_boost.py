"""A boost is work for nothing where free memory stands above the marks and evicted pages come back."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.watermark_boost import RULE
from vmadvisor.model.headroom import Headroom


def facts(quiet, *, zone=(), rates=(), factor=15_000):
    boosted = {"boost_pages": 24_000, "high_pages": 48_000, "free_pages": 40_000} | dict(zone)
    busy = {"scan_kswapd_pages_per_s": 6_100.0, "steal_kswapd_pages_per_s": 5_900.0,
            "refault_pages_per_s": 2_300.0} | dict(rates)  # fmt: skip
    return quiet.facts(
        Headroom(zones=(replace(quiet.ZONE, **boosted),), nodes=(quiet.NODE,)),
        replace(quiet.SYSCTL, watermark_boost_factor_permyriad=factor),
        replace(quiet.ACTIVITY, **busy),
    )


def test_cache_that_comes_back_under_a_boost_is_said(quiet, said):
    found = facts(quiet)
    (finding,) = RULE.check(found)

    assert said(RULE, found) == [("INFO", "host")]
    assert [item.value for item in finding.evidence] == [24_000, 5_900.0, 2_300.0, 15_000]
    assert finding.remedy.command == "sysctl -w vm.watermark_boost_factor=0"
    assert finding.remedy.undo == "sysctl -w vm.watermark_boost_factor=15000"


@pytest.mark.parametrize(
    "changes",
    [
        {"zone": {"boost_pages": 0}},
        {"zone": {"boost_pages": None}},
        {"zone": {"free_pages": 20_000}},  # below the marks without the boost too
        {"rates": {"refault_pages_per_s": 100.0}},  # what went was not needed
        {"rates": {"steal_kswapd_pages_per_s": 0.0}},
        {"factor": 0},
        {"factor": None},
    ],
)
def test_work_that_is_needed_or_costs_nothing_is_quiet(quiet, said, changes):
    assert said(RULE, facts(quiet, **changes)) == []
