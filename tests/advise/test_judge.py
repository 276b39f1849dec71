"""The worst finding is the verdict; what could not be asked is named, never taken for quiet."""

from dataclasses import replace
from itertools import permutations

import pytest

from vmadvisor.advise.finding import HOST, Finding, Rule, Severity
from vmadvisor.advise.judge import BLIND_ID, judge
from vmadvisor.advise.rules import RULES, _examples
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import Headroom
from vmadvisor.sources import vmstat
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.sources.zram import Zram

ZONEINFO = Zoneinfo(
    zones=(), nodes=(), has_managed=True, has_node_stats=True, lists_empty_zones=False
)
READABLE = Facts.of(Meminfo(mem_total_kib=9, mem_free_kib=5), vmstat.parse("pgfault 3\n"))


def rule(rule_id, *severities, scope=HOST, needs=(), lacks=()):
    findings = tuple(
        Finding(id=rule_id, scope=scope, severity=severity, title=severity.name,
                confidence="high", evidence=())
        for severity in severities
    )  # fmt: skip
    return Rule(
        id=rule_id,
        title=f"title of {rule_id}",
        needs=needs,
        lacks=lambda _facts: lacks,
        check=lambda _facts: findings,
        references=("mm/vmscan.c",),
        fires_on=lambda: READABLE,
        quiet_on=lambda: READABLE,
    )


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ((), Severity.OK),
        ((Severity.INFO,), Severity.OK),
        ((Severity.UNKNOWN, Severity.INFO), Severity.UNKNOWN),
        ((Severity.UNKNOWN, Severity.WARNING), Severity.WARNING),
        ((Severity.UNKNOWN, Severity.WARNING, Severity.CRITICAL), Severity.CRITICAL),
        ((Severity.INFO, Severity.WARNING, Severity.INFO), Severity.WARNING),
    ],
)
def test_the_worst_finding_is_the_verdict_and_info_never_is(said, status):
    for order in permutations(said):
        rules = [rule(f"VMA-T-{index:03}", one) for index, one in enumerate(order)]
        assert judge(READABLE, rules).status is status


def test_findings_come_worst_first_then_the_host_then_cgroups_by_path():
    rules = [
        rule("VMA-B-001", Severity.INFO),
        rule("VMA-A-001", Severity.WARNING, scope="/b"),
        rule("VMA-C-001", Severity.WARNING, scope="/a"),
        rule("VMA-D-001", Severity.WARNING),
    ]
    expected = [("VMA-D-001", HOST), ("VMA-C-001", "/a"), ("VMA-A-001", "/b"), ("VMA-B-001", HOST)]

    for order in permutations(rules):
        found = judge(READABLE, order).findings
        assert [(finding.id, finding.scope) for finding in found] == expected


def test_a_rule_with_missing_needs_is_not_asked_and_named():
    asked = []
    blind = Rule(
        id="VMA-T-001", title="needs much", needs=(Headroom, Meminfo, Vmstat),
        check=asked.append, references=("x",), fires_on=lambda: READABLE, quiet_on=lambda: READABLE,
    )  # fmt: skip
    judged = judge(Facts.of(Meminfo(mem_total_kib=9, mem_free_kib=5), ZONEINFO), [blind])

    assert asked == []
    (skipped,) = judged.not_judged
    assert (skipped.rule_id, skipped.title) == ("VMA-T-001", "needs much")
    assert skipped.missing == ("Headroom", "Vmstat")
    assert judged.quiet == ()
    assert judged.status is Severity.OK


def test_a_rule_that_lacks_a_counter_is_not_asked_and_named():
    judged = judge(READABLE, [rule("VMA-T-001", Severity.WARNING, lacks=("vmstat oom_kill",))])

    assert judged.findings == ()
    assert judged.not_judged[0].missing == ("vmstat oom_kill",)


def test_a_quiet_rule_is_listed_as_quiet():
    judged = judge(READABLE, [rule("VMA-T-001"), rule("VMA-T-002", Severity.INFO)])

    assert judged.quiet == ("VMA-T-001",)


@pytest.mark.parametrize(
    ("facts", "unreadable"),
    [
        (Facts.of(ZONEINFO, vmstat.parse("pgfault 3\n")), "/proc/meminfo"),
        (Facts.of(Meminfo(mem_total_kib=9, mem_free_kib=5)), "/proc/zoneinfo, /proc/vmstat"),
        (Facts({}), "/proc/meminfo, /proc/zoneinfo, /proc/vmstat"),
    ],
)
def test_the_verdict_is_unknown_without_meminfo_or_without_zoneinfo_and_vmstat(facts, unreadable):
    judged = judge(facts, [])

    assert (judged.status, judged.exit_code) == (Severity.UNKNOWN, 3)
    assert [finding.id for finding in judged.findings] == [BLIND_ID]
    assert judged.findings[0].evidence[0].value == unreadable


@pytest.mark.parametrize("other", [ZONEINFO, vmstat.parse("pgfault 3\n")])
def test_one_of_zoneinfo_and_vmstat_is_enough_for_a_verdict(other):
    assert judge(Facts.of(Meminfo(mem_total_kib=9, mem_free_kib=5), other), []).exit_code == 0


def test_harm_that_is_seen_beats_what_is_not():
    judged = judge(Facts({}), [rule("VMA-T-001", Severity.WARNING)])

    assert judged.status is Severity.WARNING
    assert [finding.id for finding in judged.findings] == ["VMA-T-001", BLIND_ID]


def test_the_quiet_host_is_quiet_under_every_rule():
    judged = judge(_examples.facts())

    assert judged.status is Severity.OK
    assert judged.findings == ()
    assert judged.not_judged == ()
    assert set(judged.quiet) == {one.id for one in RULES if not one.applies_to}


def test_a_rule_about_what_this_host_does_without_is_neither_asked_nor_missed():
    judged = judge(READABLE, (replace(rule("VMA-A-001"), applies_to=(Zram,)),))

    assert (judged.findings, judged.quiet, judged.not_judged) == ((), (), ())


def test_one_recommendation_is_kept_for_a_key_and_none_without_effect(advice):
    first = replace(rule("VMA-A-001"), recommend=lambda _: (advice,))
    more = (
        replace(advice, recommended=99),
        replace(advice, key="swap", predicted=()),
        replace(advice, key="zram"),
    )
    second = replace(rule("VMA-B-001"), recommend=lambda _: more)

    found = judge(READABLE, (first, second)).recommendations

    assert [(one.key, one.recommended) for one in found] == [
        ("sysctl:vm.watermark_scale_factor", 65),
        ("zram", 65),
    ]


def test_a_rule_that_was_not_asked_recommends_nothing(advice):
    mute = replace(rule("VMA-A-001", lacks=("a file",)), recommend=lambda _: (advice,))

    assert judge(READABLE, (mute,)).recommendations == ()
