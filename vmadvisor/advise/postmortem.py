"""One OOM report with its analysis and the advice of every rule that it can feed."""

from vmadvisor.advise.finding import Finding
from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.model.facts import Availability
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.oom_analysis import OomAnalysis, analyse
from vmadvisor.model.oom_snapshot import facts_of
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomReport

_TOLD = frozenset({OomAnalysis, Headroom, Availability, CgroupLimits})
"""Facts that a report tells of; that it does not mention others (PSI, sysctls) means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """What renderers take: all of it, for one report."""

    analysis: OomAnalysis
    findings: tuple[Finding, ...]


def postmortem(report: OomReport) -> Postmortem:
    """Analyses and judges; rules whose facts the report cannot give are not asked."""
    analysis = analyse(report)
    facts = facts_of(analysis)
    found: list[Finding] = []
    for rule in (*REPORT_RULES, *RULES):
        if _TOLD.isdisjoint(rule.needs) or any(
            facts.get(need) is None for need in (*rule.needs, *rule.applies_to)
        ):
            continue
        if not rule.lacks(facts):
            found.extend(rule.check(facts))
    return Postmortem(analysis=analysis, findings=tuple(found))
