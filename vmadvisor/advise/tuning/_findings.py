"""A tuning rule's finding says what its recommendation claims; it never changes the verdict."""

from collections.abc import Callable, Iterable, Iterator

from vmadvisor.advise.finding import Finding, Severity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.model.facts import Facts


def told_by(
    recommend: Callable[[Facts], Iterable[Recommendation]],
) -> Callable[[Facts], Iterator[Finding]]:
    """``check`` of a rule that finds what can be bettered and nothing else."""

    def check(facts: Facts) -> Iterator[Finding]:
        for advice in recommend(facts):
            if advice.is_proven:
                yield Finding(
                    id=advice.id,
                    scope=advice.scope,
                    severity=Severity.INFO,
                    title=advice.claim,
                    confidence=advice.confidence,
                    evidence=advice.evidence,
                    counter_evidence=advice.counter_evidence,
                    would_change=advice.would_change,
                )

    return check
