"""The verdict, one-hot by status and as its exit code; findings, and rules that could not speak."""

from collections import Counter
from collections.abc import Iterator

from vmadvisor.advise.finding import EXIT_CODES
from vmadvisor.advise.report import Report
from vmadvisor.render.metrics._metric import Metric, Sample, one


def _verdict(report: Report) -> Iterator[Sample]:
    for severity in EXIT_CODES:
        yield (severity.name,), float(report.status is severity)


def _findings(report: Report) -> Iterator[Sample]:
    found = Counter((f.id, f.severity) for f in report.judgement.findings)
    for (rule_id, severity), count in sorted(found.items(), key=lambda item: -item[0][1]):
        yield (rule_id, severity.name), count


METRICS = (
    Metric(
        name="vmadvisor_verdict",
        help="1 for the verdict in force, 0 for the others.",
        labels=("status",),
        samples=_verdict,
    ),
    Metric(
        name="vmadvisor_verdict_exit_code",
        help="The verdict as check's exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
        samples=lambda report: one(report.judgement.exit_code),
    ),
    Metric(
        name="vmadvisor_finding_active",
        help="Scopes (host, cgroups) in which the rule found something; absent where it is quiet.",
        labels=("id", "severity"),
        samples=_findings,
    ),
    Metric(
        name="vmadvisor_rule_not_judged",
        help="1 where the rule could not be asked, for want of what it needs: its silence says nothing.",
        labels=("id",),
        samples=lambda report: (((rule.rule_id,), 1) for rule in report.judgement.not_judged),
    ),
    Metric(
        name="vmadvisor_rule_ignored",
        help="1 where the rule found something that the configuration ignores.",
        labels=("id",),
        samples=lambda report: (((rule.rule_id,), 1) for rule in report.judgement.ignored),
    ),
)
