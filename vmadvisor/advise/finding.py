"""The words of advice: severity, evidence, finding, remedy, rule, report.

A rule returns facts, never sentences for one output; rounding and layout are the renderers'.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum

from vmadvisor.model.facts import Facts
from vmadvisor.records import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.advise.recommendation import Recommendation

HOST = "host"
"""The scope of the whole machine; every other scope is a cgroup's path."""


TWO_READINGS = "two readings of /proc/vmstat"
"""What a rule lacks that judges rates when there are only averages since boot."""


class Severity(IntEnum):
    """Ordered by precedence: CRITICAL > WARNING > UNKNOWN > OK; INFO never changes the verdict."""

    OK = 0
    INFO = 1
    UNKNOWN = 2
    WARNING = 3
    CRITICAL = 4


EXIT_CODES = {
    Severity.OK: 0,
    Severity.WARNING: 1,
    Severity.CRITICAL: 2,
    Severity.UNKNOWN: 3,
}
"""The monitoring plugins' convention (Nagios and its kin)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One number of the evidence, exact; ``source`` is the kernel file and field it came from."""

    name: str
    value: float | str | None
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to type, how to take it back, what it costs. Nothing here is ever run by us."""

    command: str
    undo: str
    effect: str
    risk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim with its proof. ``confidence`` is "high", "medium" or "low"."""

    id: str
    scope: str
    severity: Severity
    title: str
    confidence: str
    evidence: tuple[Quantity, ...]
    counter_evidence: tuple[Quantity, ...] = ()
    would_change: tuple[str, ...] = ()
    remedy: Remedy | None = None


def _nothing(_facts: Facts) -> tuple[str, ...]:
    return ()


def _no_advice(_facts: Facts) -> "tuple[Recommendation, ...]":
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Without its ``needs`` (types of facts) it is not asked and named as not judged.

    ``lacks`` names what is missing *within* the facts it needs (a counter this kernel has not, a second
    reading); then it is not asked either, so that silence always means "all is well". ``check`` yields findings; none means quiet.
    ``applies_to`` are records of what a host may do without (ZFS, a newer LRU, files read on request): without
    them there is nothing to judge, and nothing is said of it.
    ``recommend`` yields changes that the model foretells an effect of, beside them. ``fires_on`` and ``quiet_on`` build its own examples.
    """

    id: str
    title: str
    needs: tuple[type, ...]
    check: Callable[[Facts], Iterable[Finding]]
    references: tuple[str, ...]
    fires_on: Callable[[], Facts]
    quiet_on: Callable[[], Facts]
    lacks: Callable[[Facts], tuple[str, ...]] = _nothing
    recommend: "Callable[[Facts], Iterable[Recommendation]]" = _no_advice
    applies_to: tuple[type, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJudged:
    """A rule that could not be asked, and what it lacked: types of facts, or files and counters."""

    rule_id: str
    title: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredFindings:
    """What a rule found that the admin chose not to hear of, and what he said why; dates are ISO 8601 days."""

    rule_id: str
    severity: Severity
    scopes: tuple[str, ...]
    reason: str
    date: str
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What all rules said: findings by severity, the rules that were quiet, those not judged.

    ``recommendations`` are those with an effect, one for a key, in the order of the rules.
    """

    status: Severity
    findings: tuple[Finding, ...]
    quiet: tuple[str, ...]
    not_judged: tuple[NotJudged, ...]
    recommendations: "tuple[Recommendation, ...]" = ()
    ignored: tuple[IgnoredFindings, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
        return EXIT_CODES[self.status]
