"""The forecast of a kill leads the verdict: the host's own, and a group's in its own scope."""

from dataclasses import replace

import pytest

from vmadvisor.advise.judge import judge
from vmadvisor.advise.rules.foreseen_kill import RULE
from vmadvisor.model.facts import VictimOrder


@pytest.mark.parametrize(
    ("likely", "expected"),
    [(0.2, []), (0.4, [("WARNING", "host")]), (0.8, [("CRITICAL", "host")])],
)
def test_severity_by_probability(quiet, said, likely, expected):
    assert said(RULE, quiet.facts(quiet.outlook({"oom_global": likely}))) == expected


def test_the_title_says_how_likely_and_how_soon_and_the_evidence_who_is_next(quiet):
    [finding] = RULE.check(quiet.facts(quiet.outlook({"oom_global": 0.81})))
    told = {item.name: item.value for item in finding.evidence}

    assert finding.title == "The OOM killer is likely to strike within 10 s: 81 %"
    assert told["probability"] == 0.81
    assert told["because"] == "bursts of 48 MiB in 0.2 s against a gap of 12.0 MiB"
    assert told["next_victim"] == "worker (100)"
    assert {item.name for item in finding.counter_evidence} == {"available", "swap_free"}


def test_what_is_less_likely_than_not_may_happen(quiet):
    [finding] = RULE.check(quiet.facts(quiet.outlook({"oom_global": 0.41})))

    assert finding.title == "The OOM killer may strike within 10 s: 41 %"


def test_no_victim_is_named_where_nobody_can_be_killed(quiet):
    nobody = VictimOrder(by_scope={"host": (replace(quiet.VICTIM, killable=False),)})

    [finding] = RULE.check(quiet.facts(quiet.outlook({"oom_global": 0.81}), nobody))

    assert "next_victim" not in {item.name for item in finding.evidence}


def test_a_longer_look_is_believed_more(quiet):
    seen = replace(quiet.outlook({"oom_global": 0.81}), span_s=10.0)

    assert [one.confidence for one in RULE.check(quiet.facts(seen))] == ["high"]


def test_a_groups_own_limit_is_a_warning_in_its_scope_and_no_alarm_of_the_host(quiet, said):
    """``oom`` of the host counts cgroups' kills too; ``oom_global`` does not."""
    found = quiet.outlook({"oom": 0.9})
    group = replace(found.forecasts[0], event="oom", scope="/web", probability_ratio=0.9)
    both = replace(found, forecasts=(*found.forecasts, group))

    assert said(RULE, quiet.facts(both)) == [("WARNING", "/web")]
    assert said(RULE, quiet.facts(found)) == []


@pytest.mark.parametrize(
    ("likely", "horizon_s", "span_s", "expected"),
    [
        (0.5, 10.0, 1.0, [("WARNING", "/web")]),
        (0.79, 20.0, 1.0, []),
        (0.81, 20.0, 1.0, [("WARNING", "/web")]),
        (0.51, 20.0, 10.0, [("WARNING", "/web")]),
        (0.49, 20.0, 10.0, []),
        (0.95, 30.0, 10.0, []),
    ],
)
def test_a_groups_kill_is_told_twenty_seconds_ahead_where_it_is_very_likely_or_well_known_and_not_further(
    quiet, said, likely, horizon_s, span_s, expected
):
    """Of two readings from four in five on, of a longer look where it is more likely than not."""
    found = replace(quiet.outlook({"oom_global": 0.01}), span_s=span_s)
    group = replace(
        found.forecasts[0], event="oom", scope="/web", probability_ratio=likely, horizon_s=horizon_s
    )
    both = replace(found, forecasts=(*found.forecasts, group))

    assert said(RULE, quiet.facts(both)) == expected


def test_one_reading_is_named_as_what_is_lacking_and_nothing_is_foreseen(quiet):
    judged = judge(quiet.facts(quiet.UNFORESEEN), (RULE,))

    assert judged.findings == ()
    assert [one.missing for one in judged.not_judged] == [
        ("two readings (one reading only: nothing is known of what grows)",)
    ]
