"""-1000 is for small daemons: a tenth of RAM and swap that can never be had back is worth a line."""

from vmadvisor.advise.rules.unkillable import RULE


def test_a_large_exempt_process_is_named_with_what_is_left_to_kill(ranked, said):
    facts = ranked(("java", 700_000, -1000), ("worker", 30_000, 0))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert finding.title == (
        "java (pid 200) is large and can never be killed: oom_score_adj is -1000"
    )
    values = {item.name: item.value for item in finding.evidence}
    assert (values["holds"], values["share"], values["killable_memory"]) == (700_000, 0.35, 30_000)
    assert values["rank"] == "never"


def test_it_is_a_warning_when_memory_runs_out(ranked, said, short):
    facts = ranked(("java", 700_000, -1000), ("worker", 30_000, 0), others=(short,))

    assert said(RULE, facts) == [("WARNING", "host")]


def test_a_small_daemon_may_be_exempt(ranked, said):
    assert said(RULE, ranked(("sshd", 1_900, -1000), ("udevd", 199_000, -1000), ("w", 9, 0))) == []


def test_a_parent_with_the_same_value_is_said_to_have_given_it(ranked):
    facts = ranked(("java", 700_000, -1000), ("w", 9, 0), parents={"java": ("sshd", -1000)})
    (finding,) = RULE.check(facts)

    assert finding.title.endswith("-1000 as its parent has it")
    assert ("parent", "sshd") in [(item.name, item.value) for item in finding.evidence]


def test_the_advice_makes_it_killable_and_keeps_it_behind_the_rest(ranked):
    (advice,) = RULE.recommend(ranked(("java", 700_000, -1000), ("worker", 30_000, 0)))

    assert (advice.current, advice.recommended) == (-1000, -500)
    assert [(one.name, one.before, one.after) for one in advice.predicted] == [
        ("killable_memory", 30_000, 730_000),
        ("rank", 0, 2),
    ]


def test_once_applied_it_is_quiet(ranked, said):
    facts = ranked(("java", 700_000, -500), ("worker", 30_000, 0))

    assert said(RULE, facts) == []
    assert list(RULE.recommend(facts)) == []
