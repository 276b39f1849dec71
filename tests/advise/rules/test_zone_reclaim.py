"""zone_reclaim_mode matters on several nodes, and is harmful when it works while a node has room."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.zone_reclaim import RULE
from vmadvisor.model.rates import ReclaimActivity

TIGHT = {"slack_pages": 12}


def facts(quiet, nodes, *others, mode=1, **activity):
    return quiet.facts(
        replace(quiet.SYSCTL, zone_reclaim_mode=mode),
        nodes(TIGHT, {"slack_pages": 150_000}),
        replace(quiet.ACTIVITY, **activity),
        *others,
    )


@pytest.mark.parametrize("mode", [0, None])
def test_off_or_not_built_in_is_quiet(quiet, said, nodes, mode):
    assert said(RULE, facts(quiet, nodes, mode=mode, scan_direct_pages_per_s=700.0)) == []


def test_on_a_single_node_it_does_nothing(quiet, said, nodes):
    assert said(RULE, facts(quiet, nodes, nodes(TIGHT), scan_direct_pages_per_s=700.0)) == []


def test_on_and_idle_is_information(quiet, said, nodes):
    assert said(RULE, facts(quiet, nodes)) == [("INFO", "host")]


def test_scans_without_direct_reclaim_while_a_node_has_room_are_its_work(quiet, nodes):
    (finding,) = RULE.check(facts(quiet, nodes, scan_direct_pages_per_s=700.0, mode=3))

    assert finding.severity.name == "WARNING"
    assert finding.remedy is not None
    assert finding.remedy.command == "sysctl -w vm.zone_reclaim_mode=0"
    assert finding.remedy.undo == "sysctl -w vm.zone_reclaim_mode=3"


def test_its_own_failures_are_its_work_too(quiet, said, nodes):
    busy = facts(quiet, nodes, zone_reclaim_failed_per_s=2.0, allocstall_per_s=5.0)

    assert said(RULE, busy) == [("WARNING", "host")]


def test_scans_of_ordinary_direct_reclaim_are_not_its_work(quiet, said, nodes):
    busy = facts(quiet, nodes, scan_direct_pages_per_s=700.0, allocstall_per_s=5.0)

    assert said(RULE, busy) == [("INFO", "host")]


def test_with_all_nodes_full_it_takes_nothing_away(quiet, said, nodes):
    full = nodes({"slack_pages": 0}, {"slack_pages": 0})

    assert said(RULE, facts(quiet, nodes, full, scan_direct_pages_per_s=700.0)) == [
        ("INFO", "host")
    ]


def test_one_snapshot_sees_the_setting_and_not_its_work(quiet, said, nodes, without):
    single = without(facts(quiet, nodes, scan_direct_pages_per_s=700.0), ReclaimActivity)

    assert said(RULE, single) == [("INFO", "host")]


def test_near_nodes_speak_for_it_and_far_ones_against():
    from vmadvisor.model.node_distance import NodeDistance

    def told(count):
        (found,) = RULE.check(RULE.fires_on().joined(NodeDistance(farthest_count=count)))
        names = ([one.name for one in items] for items in (found.evidence, found.counter_evidence))
        return ["farthest_node_distance" in each for each in names]

    assert told(21) == [True, False]
    assert told(31) == [False, True]


def test_where_no_table_was_read_the_distance_is_not_known():
    (found,) = RULE.check(RULE.fires_on())
    (distance,) = [one for one in found.evidence if one.name == "farthest_node_distance"]

    assert distance.value is None
