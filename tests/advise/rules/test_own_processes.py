"""No rule has our own processes, or a recorder's, for a subject; who they are is told by pid."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules import (
    _near_oom,
    inherited_adj,
    raised_adj,
    unkillable,
    victim_order,
)
from vmadvisor.advise.rules._relief import relief_of
from vmadvisor.model.own_processes import OwnProcesses

SICK = {
    "unkillable": (unkillable.RULE, (("java", 700_000, -1000), ("w", 9, 0)), {}, 200),
    "inherited": (
        inherited_adj.RULE,
        (("w", 70_000, 0), ("cc1plus", 60_000, -900)),
        {"parents": {"cc1plus": ("agentd", -900)}},
        201,
    ),
    "raised": (raised_adj.RULE, (("small", 9_000, 500), ("hog", 600_000, 0)), {}, 200),
    "critical": (
        victim_order.RULE,
        (("mysqld", 600_000, 0), ("a", 30_000, 0), ("b", 20_000, 0), ("c", 10_000, 0)),
        {},
        200,
    ),
}


@pytest.mark.parametrize("case", SICK, ids=str)
def test_a_process_of_anybody_is_a_subject_and_the_same_of_ours_is_not(ranked, case):
    rule, processes, more, own = SICK[case]
    facts = ranked(*processes, **more)
    ours = facts.joined(OwnProcesses(pids=frozenset({own})))

    assert list(rule.check(facts))
    assert list(rule.check(ours)) == list(rule.recommend(ours)) == []


def test_another_process_of_that_pid_or_name_is_still_a_subject(ranked):
    facts = ranked(("vmadvisor", 700_000, -1000), ("w", 9, 0))
    facts = facts.joined(OwnProcesses(pids=frozenset({999})))

    assert len(list(unkillable.RULE.check(facts))) == 1


def test_ours_is_no_peer_that_a_value_is_given_to(ranked):
    facts = ranked(("java", 700_000, -1000), ("java", 300_000, -1000), ("w", 9, 0))
    (advice,) = unkillable.RULE.recommend(facts.joined(OwnProcesses(pids=frozenset({201}))))

    assert advice.command == "echo -500 > /proc/200/oom_score_adj"


def test_ours_is_nobody_who_should_die_instead(ranked):
    hog = ("hog", 700_000, -100)
    facts = ranked(("mysqld", 600_000, 0), hog, ("b", 20_000, 0), ("c", 10_000, 0))
    ours = facts.joined(OwnProcesses(pids=frozenset({201})))

    assert len(list(victim_order.RULE.recommend(facts))) == 1
    assert list(victim_order.RULE.recommend(ours)) == []


def test_ours_is_not_the_one_that_grows():
    facts = _near_oom.facts()
    grower = relief_of(facts).grower
    other = replace(_near_oom.GROWER, pid_id=4712, comm="other")
    consumers = replace(facts[_near_oom.Consumers], growing=(_near_oom.GROWER, other), largest=())
    ours = facts.joined(consumers, OwnProcesses(pids=frozenset({grower.pid_id})))

    assert relief_of(ours).grower.pid_id == 4712
