"""What is ignored leaves the verdict and stays named, as long as the admin said."""

from dataclasses import replace

from vmadvisor.advise.finding import HOST, Finding, Judgement, Quantity, Severity
from vmadvisor.advise.ignored import IgnoredRule, IgnoredRules, without_ignored

ITEM = Quantity(name="x", value=3, unit="count", source="/proc/x")


def finding(rule_id, severity, scope=HOST):
    return Finding(id=rule_id, scope=scope, severity=severity, title=rule_id, confidence="high",
                   evidence=(ITEM,))  # fmt: skip


LOUD = finding("VMA-A-001", Severity.CRITICAL)
GROUP = finding("VMA-A-001", Severity.WARNING, "/batch")
OTHER = finding("VMA-B-001", Severity.WARNING)
MILD = finding("VMA-C-001", Severity.INFO)
WHOLE = Judgement(
    status=Severity.CRITICAL, findings=(LOUD, GROUP, OTHER, MILD), quiet=(), not_judged=()
)
RULE = IgnoredRule(rule_id="VMA-A-001", reason="known", date="2026-11-01", until="2026-12-31")


def left(*rules, today="2026-11-27"):
    return without_ignored(WHOLE, IgnoredRules(rules=rules), today)


def test_an_ignored_rule_leaves_the_verdict_and_is_named():
    judgement = left(RULE)

    assert judgement.findings == (OTHER, MILD)
    assert judgement.status is Severity.WARNING
    (named,) = judgement.ignored
    assert (named.rule_id, named.severity, named.scopes) == (
        "VMA-A-001", Severity.CRITICAL, (HOST, "/batch"),
    )  # fmt: skip
    assert (named.reason, named.date, named.until) == ("known", "2026-11-01", "2026-12-31")


def test_in_one_scope_only_the_other_stays():
    assert left(replace(RULE, scope="/batch")).findings == (LOUD, OTHER, MILD)


def test_its_last_day_counts_and_the_next_does_not():
    assert left(RULE, today="2026-12-31").status is Severity.WARNING
    assert left(RULE, today="2027-01-01") == replace(WHOLE, ignored=())


def test_all_of_them_ignored_is_ok_and_info_never_counts():
    assert left(RULE, replace(RULE, rule_id="VMA-B-001")).status is Severity.OK


def test_a_rule_that_found_nothing_is_not_named():
    assert left(replace(RULE, rule_id="VMA-D-001")).ignored == ()
    assert without_ignored(WHOLE, None, "2026-11-27") is WHOLE


def test_advice_of_an_ignored_rule_goes_unless_another_scope_still_has_it(advice):
    mine = replace(advice, id="VMA-A-001")
    whole = replace(WHOLE, recommendations=(mine, advice))

    assert without_ignored(whole, IgnoredRules(rules=(RULE,)), "2026-11-27").recommendations == (
        advice,
    )
    kept = without_ignored(whole, IgnoredRules(rules=(replace(RULE, scope=HOST),)), "2026-11-27")
    assert kept.recommendations == (mine, advice)
