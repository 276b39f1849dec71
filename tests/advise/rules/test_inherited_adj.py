"""What a daemon's protection passes on to is named where it holds something; what was meant is not."""

import pytest

from vmadvisor.advise.rules.inherited_adj import RULE

BUILD = ("cc1plus", 60_000, -900)


def test_a_child_of_a_protected_daemon_is_named_with_its_parent(ranked, said):
    facts = ranked(("w", 70_000, 0), BUILD, parents={"cc1plus": ("agentd", -900)})
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert finding.title == "cc1plus (pid 201) inherited the protection of agentd"


def test_the_advice_is_the_value_of_anybody(ranked):
    facts = ranked(("w", 30_000, 0), BUILD, parents={"cc1plus": ("agentd", -900)})
    (advice,) = RULE.recommend(facts)

    assert (advice.key, advice.current, advice.recommended) == ("oom_score_adj:cc1plus", -900, 0)
    assert [(one.name, one.before, one.after) for one in advice.predicted] == [
        ("killable_memory", 90_000, 90_000),
        ("rank", 2, 1),
    ]
    assert advice.is_proven


def test_where_the_order_stays_the_same_nothing_is_proven(ranked):
    facts = ranked(("w", 70_000, 0), BUILD, parents={"cc1plus": ("agentd", -900)})

    assert [one.is_proven for one in RULE.recommend(facts)] == [False]


def test_in_the_daemons_own_unit_no_drop_in_is_advised(ranked, said):
    facts = ranked(
        ("w", 30_000, 0), BUILD, parents={"cc1plus": ("agentd", -900)},
        units={"cc1plus": "/system.slice/agentd.service"},
    )  # fmt: skip

    assert said(RULE, facts) == [("INFO", "host")]
    assert list(RULE.recommend(facts)) == []


@pytest.mark.parametrize(
    ("process", "parent", "unit"),
    [
        (("cc1plus", 60_000, -900), ("agentd", -800), None),  # its own value
        (("cc1plus", 60_000, -300), ("agentd", -300), None),  # a session's
        (("cc1plus", 39_000, -900), ("agentd", -900), None),  # too small to matter
        (("agentd", 60_000, -900), ("agentd", -900), None),  # a worker of the daemon
        (("sshd", 60_000, -900), ("systemd", -900), None),  # critical itself
        (("cc1plus", 60_000, -997), ("shim", -997), "/kubepods/pod7/3f"),  # the kubelet's class
        (("cc1plus", 700_000, -1000), ("agentd", -1000), None),  # VMA-PROTECT-001 tells it
    ],
)
def test_what_was_meant_or_does_not_matter_is_quiet(ranked, said, process, parent, unit):
    facts = ranked(("w", 9, 0), process, parents={process[0]: parent}, units={process[0]: unit})

    assert said(RULE, facts) == []
    assert list(RULE.recommend(facts)) == []
