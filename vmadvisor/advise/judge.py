"""Facts in, judgement out: every rule is asked; the worst finding is the verdict."""

from collections.abc import Sequence

from vmadvisor.advise.finding import HOST, Finding, Judgement, NotJudged, Quantity, Rule, Severity
from vmadvisor.advise.rules import RULES
from vmadvisor.model.facts import Facts
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.advise.recommendation import Recommendation

BLIND_ID = "VMA-READ-001"


def _blind(facts: Facts) -> Finding | None:
    """UNKNOWN only where meminfo, or both zoneinfo and vmstat, cannot be read."""
    unread = ["/proc/meminfo"] if facts.get(Meminfo) is None else []
    if facts.get(Zoneinfo) is None and facts.get(Vmstat) is None:
        unread += ["/proc/zoneinfo", "/proc/vmstat"]
    if not unread:
        return None
    missing = ", ".join(unread)
    return Finding(
        id=BLIND_ID,
        scope=HOST,
        severity=Severity.UNKNOWN,
        title="Cannot tell: what the verdict rests on could not be read",
        confidence="high",
        evidence=(Quantity(name="unreadable", value=missing, unit="files", source=missing),),
        would_change=("the files named above becoming readable",),
    )


def judge(facts: Facts, rules: Sequence[Rule] = RULES) -> Judgement:
    """Asks every rule; deterministic: findings by severity, then scope, then in the rules' own order."""
    findings: list[Finding] = []
    quiet: list[str] = []
    not_judged: list[NotJudged] = []
    advised: dict[str, Recommendation] = {}
    blind = _blind(facts)
    if blind is not None:
        findings.append(blind)
    for rule in rules:
        if any(facts.get(kind) is None for kind in rule.applies_to):
            continue
        missing = tuple(need.__name__ for need in rule.needs if facts.get(need) is None)
        missing = missing or rule.lacks(facts)
        if missing:
            not_judged.append(NotJudged(rule_id=rule.id, title=rule.title, missing=missing))
            continue
        fired = tuple(rule.check(facts))
        findings.extend(fired)
        for advice in rule.recommend(facts):
            if advice.is_proven:
                advised.setdefault(advice.key, advice)
        if not fired:
            quiet.append(rule.id)
    place = {rule.id: index for index, rule in enumerate(rules)}
    findings.sort(key=lambda f: (-f.severity, f.scope != HOST, f.scope, place.get(f.id, -1)))
    worst = max(
        (f.severity for f in findings if f.severity is not Severity.INFO), default=Severity.OK
    )
    return Judgement(
        status=worst,
        findings=tuple(findings),
        quiet=tuple(quiet),
        not_judged=tuple(not_judged),
        recommendations=tuple(advised.values()),
    )
