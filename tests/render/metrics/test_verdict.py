"""The verdict one-hot and as a number; findings counted over their scopes."""

from dataclasses import replace

import pytest

from vmadvisor.advise.finding import IgnoredFindings, Severity


@pytest.mark.parametrize(
    ("severity", "code"),
    [(Severity.OK, 0), (Severity.WARNING, 1), (Severity.CRITICAL, 2), (Severity.UNKNOWN, 3)],
)
def test_one_status_is_1_and_the_others_are_0(report, samples_of, severity, code):
    told = replace(report, judgement=replace(report.judgement, status=severity))

    assert samples_of("vmadvisor_verdict", told) == {
        (name,): float(name == severity.name) for name in ("OK", "WARNING", "CRITICAL", "UNKNOWN")
    }
    assert samples_of("vmadvisor_verdict_exit_code", told) == {(): code}


def test_findings_are_counted_over_their_scopes_the_worst_first(report, samples_of):
    info = report.judgement.findings[-1]
    worst = replace(info, severity=Severity.CRITICAL, scope="/a")
    findings = (info, worst, replace(worst, scope="/b"))
    found = samples_of(
        "vmadvisor_finding_active",
        replace(report, judgement=replace(report.judgement, findings=findings)),
    )

    assert list(found.items()) == [((info.id, "CRITICAL"), 2), ((info.id, "INFO"), 1)]


def test_rules_that_could_not_speak_are_named(report, samples_of):
    ignored = IgnoredFindings(
        rule_id="VMA-SWAP-001", severity=Severity.WARNING, scopes=("host",), reason="r", date="d", until=None
    )  # fmt: skip
    told = replace(report, judgement=replace(report.judgement, ignored=(ignored,)))

    assert samples_of("vmadvisor_rule_not_judged", told) == {
        ("VMA-OOM-001",): 1,
        ("VMA-CGROUP-001",): 1,
    }
    assert samples_of("vmadvisor_rule_ignored", told) == {("VMA-SWAP-001",): 1}
