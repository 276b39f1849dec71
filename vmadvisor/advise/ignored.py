"""Rules that the admin chose not to hear of: why, since when, until when.

What an ignored rule found is taken out of the verdict and stays named, so that nobody takes silence for health.
"""

from vmadvisor.advise.finding import Finding, IgnoredFindings, Judgement, Severity
from vmadvisor.records import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredRule:
    """Dates are ISO 8601 days, ``2026-11-27``; ``until`` is the last day, ``None`` for no end.

    ``scope`` is "host" or a cgroup's path; ``None`` is meant for all of them.
    """

    rule_id: str
    reason: str
    date: str
    until: str | None = None
    scope: str | None = None

    def covers(self, finding: Finding, today: str) -> bool:
        """Whether it holds for this finding on this day."""
        if finding.id != self.rule_id or (self.until is not None and today > self.until):
            return False
        return self.scope is None or self.scope == finding.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredRules:
    """A fact that the configuration gives."""

    rules: tuple[IgnoredRule, ...]


def without_ignored(judgement: Judgement, ignored: IgnoredRules | None, today: str) -> Judgement:
    """The judgement without what is ignored on ``today``, ISO 8601; that is listed instead."""
    if ignored is None:
        return judgement
    kept = list(judgement.findings)
    named: list[IgnoredFindings] = []
    hidden: set[str] = set()
    for rule in ignored.rules:
        covered = [finding for finding in kept if rule.covers(finding, today)]
        if not covered:
            continue
        kept = [finding for finding in kept if finding not in covered]
        hidden |= {finding.id for finding in covered}
        named.append(
            IgnoredFindings(
                rule_id=rule.rule_id,
                severity=max(finding.severity for finding in covered),
                scopes=tuple(dict.fromkeys(finding.scope for finding in covered)),
                reason=rule.reason,
                date=rule.date,
                until=rule.until,
            )
        )
    loud = (finding.severity for finding in kept if finding.severity is not Severity.INFO)
    still = {finding.id for finding in kept}
    return replace(
        judgement,
        status=max(loud, default=Severity.OK),
        findings=tuple(kept),
        ignored=tuple(named),
        recommendations=tuple(
            advice for advice in judgement.recommendations if advice.id not in hidden - still
        ),
    )
