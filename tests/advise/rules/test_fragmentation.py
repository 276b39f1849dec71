"""Scattered memory is told where requests for blocks failed for it, with the kernel's own index."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.fragmentation import RULE
from vmadvisor.sources.buddyinfo import Buddyinfo, BuddyZone

SCATTERED = (190_000, 40_000, 4_000, 200, 0, 0, 0, 0, 0, 0, 0)


def buddy(*blocks, zone="Normal"):
    return Buddyinfo(
        zones=tuple(BuddyZone(node_id=0, name=zone, free_blocks_count=b) for b in blocks)
    )


def failing(quiet, **changes):
    rates = {"compact_stall_per_s": 31.0, "compact_fail_per_s": 28.0} | changes
    return replace(quiet.ACTIVITY, **rates)


def test_scattered_and_failing_is_said_with_an_index_per_order(quiet, said):
    facts = quiet.facts(buddy(SCATTERED), failing(quiet))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert [(item.name, item.value) for item in finding.evidence] == [
        ("compact_fail", 28.0),
        ("index_node0_Normal_order2", -1000),
        ("index_node0_Normal_order3", -1000),
        ("index_node0_Normal_order4", 924),
        ("index_node0_Normal_order6", 981),
        ("index_node0_Normal_order9", 998),
    ]


@pytest.mark.parametrize(
    ("blocks", "changes"),
    [
        (SCATTERED, {"compact_fail_per_s": 0.0}),  # nobody asks
        (SCATTERED, {"compact_fail_per_s": None}),
        ((*SCATTERED[:5], 1, *SCATTERED[6:]), {}),  # a block is left
        ((1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), {}),  # memory lacks
    ],
)
def test_no_request_or_no_scatter_is_quiet(quiet, said, blocks, changes):
    assert said(RULE, quiet.facts(buddy(blocks), failing(quiet, **changes))) == []


def test_the_admins_threshold_counts(quiet, said):
    strict = replace(quiet.SYSCTL, extfrag_threshold_count=950)

    assert said(RULE, quiet.facts(buddy(SCATTERED), failing(quiet), strict)) == []


def test_a_zone_that_serves_nobody_is_not_looked_at(quiet, said):
    assert said(RULE, quiet.facts(buddy(SCATTERED, zone="DMA"), failing(quiet))) == []


def test_averages_since_boot_are_a_named_lack(quiet):
    assert RULE.lacks(quiet.facts(replace(quiet.ACTIVITY, is_since_boot=True)))
