"""Full is no trouble, absent is a fact, traffic both ways while tasks wait is thrashing."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.swap import RULE
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.sources.pressure import MemoryPressure

BOTH_WAYS = {
    "swapin_pages_per_s": 800.0,
    "swapout_pages_per_s": 900.0,
    "refault_pages_per_s": 790.0,
}


def moving(quiet, full, *others, **activity):
    return quiet.facts(
        replace(quiet.ACTIVITY, **(BOTH_WAYS | activity)),
        replace(quiet.STALL, memory_full_ratio=full),
        *others,
    )


def test_a_tiny_full_swap_without_traffic_is_information(quiet, said):
    tiny = replace(quiet.AVAILABILITY, swap_total_pages=250, swap_free_pages=0)
    (finding,) = RULE.check(quiet.facts(tiny))

    assert said(RULE, quiet.facts(tiny)) == [("INFO", "host")]
    assert "without traffic" in finding.title


def test_a_full_swap_with_traffic_says_so(quiet):
    full = replace(quiet.AVAILABILITY, swap_free_pages=10)
    (finding,) = RULE.check(moving(quiet, 0.01, full))

    assert finding.severity.name == "INFO"
    assert "pages still move" in finding.title
    assert [item.value for item in finding.counter_evidence] == [800.0, 900.0, 0.0]


def test_no_swap_is_a_fact(quiet, said):
    none = replace(quiet.AVAILABILITY, swap_total_pages=0, swap_free_pages=0)

    assert said(RULE, quiet.facts(none)) == [("INFO", "host")]


@pytest.mark.parametrize(("full", "expected"), [(0.04, []), (0.31, [("WARNING", "host")])])
def test_traffic_both_ways_is_judged_by_the_time_it_costs(quiet, said, full, expected):
    assert said(RULE, moving(quiet, full)) == expected


@pytest.mark.parametrize("one_way", [{"swapin_pages_per_s": 4.0}, {"swapout_pages_per_s": 0.0}])
def test_traffic_one_way_is_no_thrashing(quiet, said, one_way):
    assert said(RULE, moving(quiet, 0.31, **one_way)) == []


def test_thrashing_within_a_capped_group_is_that_groups(quiet, capped):
    (finding,) = RULE.check(moving(quiet, 0.31, capped(0.30)))

    assert finding.severity.name == "INFO"
    assert "/system.slice/web.service" in finding.title


def test_without_psi_the_cost_is_said_to_be_unknown(quiet, without):
    facts = without(moving(quiet, 0.31), StallTime, MemoryPressure)
    (finding,) = RULE.check(facts)

    assert finding.severity.name == "INFO"
    assert "cannot be told" in finding.title


def test_one_snapshot_knows_no_traffic(quiet, said, without):
    assert said(RULE, without(moving(quiet, 0.31), ReclaimActivity)) == []
