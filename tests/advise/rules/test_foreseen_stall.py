"""The forecast of a stall: more likely than not is a WARNING, a capped group's own is told apart."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.foreseen_stall import RULE
from vmadvisor.model.limits import CgroupLimits


@pytest.mark.parametrize(("likely", "expected"), [(0.49, []), (0.5, [("WARNING", "host")])])
def test_more_likely_than_not_is_an_alarm(quiet, said, likely, expected):
    assert said(RULE, quiet.facts(quiet.outlook({"memory_stall": likely}))) == expected


def test_only_the_nearest_horizon_decides(quiet, said):
    near = quiet.outlook({"memory_stall": 0.3})
    far = replace(near.forecasts[1], horizon_s=30.0, probability_ratio=0.7)

    assert near.forecasts[1].event == "memory_stall"
    assert said(RULE, quiet.facts(replace(near, forecasts=(*near.forecasts, far)))) == []


def test_it_is_critical_only_where_it_is_that_bad_already(quiet, said):
    bad = replace(quiet.outlook({"memory_stall": 0.97}), full_stall_s_by_horizon=((10.0, 4.1),))
    now = replace(quiet.STALL, memory_full_ratio=0.6)

    assert said(RULE, quiet.facts(bad)) == [("WARNING", "host")]
    assert said(RULE, quiet.facts(bad, replace(now, interval_s=10.0))) == [("CRITICAL", "host")]


def test_what_is_expected_to_be_lost_is_a_share_of_the_horizon(quiet):
    [finding] = RULE.check(quiet.facts(quiet.outlook({"memory_stall": 0.67})))

    assert {item.name: item.value for item in finding.evidence}["expected_full"] == pytest.approx(
        0.04
    )
    assert finding.title == "Tasks are likely to stall for memory within 10 s: 67 %"


def test_the_stalls_of_a_group_at_its_limit_are_its_own(quiet, said):
    full = replace(quiet.CGROUP, is_at_limit=True, memory_full_ratio=0.9, usage_ratio=1.0)
    facts = quiet.facts(
        quiet.outlook({"memory_stall": 0.7}),
        replace(quiet.STALL, memory_full_ratio=0.13),
        CgroupLimits(groups=(full,), is_complete=True),
    )

    assert said(RULE, facts) == [("INFO", "host")]
    assert "/system.slice/web.service" in next(iter(RULE.check(facts))).title


@pytest.mark.parametrize(
    ("likely", "is_at_limit", "expected"),
    [(0.49, False, []), (0.5, False, [("INFO", "/ctr")]), (0.93, True, [])],
)
def test_a_group_on_its_way_to_its_limit_is_told_and_one_that_stands_there_is_anothers_matter(
    quiet, said, likely, is_at_limit, expected
):
    outlook = quiet.outlook({"memory_stall": 0.02})
    own = replace(outlook.forecasts[1], scope="/ctr", probability_ratio=likely)
    box = replace(quiet.CGROUP, path="/ctr", is_at_limit=is_at_limit)
    facts = quiet.facts(
        replace(outlook, forecasts=(*outlook.forecasts, own)),
        CgroupLimits(groups=(box,), is_complete=True),
    )

    assert said(RULE, facts) == expected


def test_of_a_group_the_nearest_horizon_that_has_a_probability_decides(quiet, said):
    outlook = quiet.outlook({"memory_stall": 0.02})
    own = replace(outlook.forecasts[1], scope="/ctr")
    told = [
        replace(own, horizon_s=20.0, probability_ratio=0.3),
        replace(own, horizon_s=1.0, probability_ratio=None),
        replace(own, horizon_s=10.0, probability_ratio=0.8),
    ]
    found = quiet.facts(replace(outlook, forecasts=(*outlook.forecasts, *told)))

    assert said(RULE, found) == [("INFO", "/ctr")]
    assert next(iter(RULE.check(found))).title.endswith("within 10 s: 80 %")
