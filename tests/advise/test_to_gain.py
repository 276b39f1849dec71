"""Who is sent on to advise: loud findings that settings decide, changes that are no first aid; no healthy host."""

from dataclasses import replace
from pathlib import Path

import pytest

from vmadvisor.advise.finding import HOST, Finding, Judgement, Severity
from vmadvisor.advise.recommendation import exact
from vmadvisor.advise.report import make_report
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.to_gain import TUNED_IDS, has_to_gain
from vmadvisor.advise.tuning._sysctl import sysctl_advice
from vmadvisor.collect import Request, take
from vmadvisor.collect.roots import open_root

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ADVICE = sysctl_advice(
    "vm.swappiness", 0, 60, rule_id="VMA-SWAPPINESS-001", claim="c", evidence=(),
    predicted=(exact("rank", "count", 3, 7),), confidence="high", would_change=(), risk="r", references=(),
)  # fmt: skip


def checked(name):
    request = Request(processes="shortlist", cgroups=True)
    before, after = take(open_root(str(FIXTURES / name)), request)
    return make_report(before, after, time_utc="2026-11-27T10:00:00Z", tool_version="1")


@pytest.fixture(scope="module")
def healthy():
    return checked("6.1-healthy")


def with_finding(report, rule_id, severity):
    finding = Finding(
        id=rule_id, scope=HOST, severity=severity, title="t", confidence="high", evidence=()
    )
    judgement = Judgement(status=severity, findings=(finding,), quiet=(), not_judged=())
    return replace(report, judgement=judgement)


def with_advice(report, advice):
    return replace(report, judgement=replace(report.judgement, recommendations=(advice,)))


@pytest.mark.parametrize("name", ["6.1-healthy", "6.12-healthy", "6.18-healthy", "6.12-cache-full"])
def test_a_healthy_host_has_nothing_to_gain(name):
    assert not has_to_gain(checked(name))


@pytest.mark.parametrize("name", ["4.18-rhel8-direct-reclaim", "6.12-thrash-swap-disk"])
def test_one_that_stalls_for_its_settings_may_have(name):
    assert has_to_gain(checked(name))


def test_a_finding_of_settings_counts_where_it_is_loud(healthy):
    assert has_to_gain(with_finding(healthy, "VMA-SWAP-001", Severity.WARNING))
    assert not has_to_gain(with_finding(healthy, "VMA-SWAP-001", Severity.INFO))
    assert not has_to_gain(with_finding(healthy, "VMA-OOM-001", Severity.CRITICAL))


def test_advice_counts_and_first_aid_does_not(healthy):
    assert has_to_gain(with_advice(healthy, ADVICE))
    assert not has_to_gain(with_advice(healthy, replace(ADVICE, id="VMA-RELIEF-001")))


def test_all_that_are_named_are_rules():
    assert {rule.id for rule in RULES} >= TUNED_IDS
