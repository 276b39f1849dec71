"""One change that pays: what to set, what the model says it does, how to take it back.

    key        sysctl:vm.watermark_scale_factor     sysfs:/sys/kernel/mm/lru_gen/min_ttl_ms
               cgroup:/batch/job:memory.high        unit:sshd.service:OOMScoreAdjust
               oom_score_adj:mysqld                 swap      zram

Without an effect that the model foretells there is no recommendation: what has no model is a finding with
a remedy. Names in ``command``, ``undo`` and ``persist`` come from anyone; they are quoted for a shell there
(``shlex.quote``) and escaped once more by whoever prints them.
"""

from vmadvisor.advise.finding import Quantity
from vmadvisor.records import dataclass

SYSCTL, SYSFS, CGROUP, UNIT, ADJ = "sysctl:", "sysfs:", "cgroup:", "unit:", "oom_score_adj:"
SWAP, ZRAM = "swap", "zram"
KEY_FORMS = (SYSCTL, SYSFS, CGROUP, UNIT, ADJ)
"""What a key begins with; ``SWAP`` and ``ZRAM`` stand alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One figure without and with the change, each with a 90 % interval; exact ones have none to spread.

    ``unit`` is one of evidence's (``Quantity``), or ``s_per_h``; both values are in it.
    """

    name: str
    unit: str
    before: float
    before_low: float
    before_high: float
    after: float
    after_low: float
    after_high: float

    @property
    def is_change(self) -> bool:
        """Whether anything is foretold to differ."""
        return (self.before, self.before_low, self.before_high) != (
            self.after,
            self.after_low,
            self.after_high,
        )


def exact(name: str, unit: str, before: float, after: float) -> Effect:
    """An effect that arithmetic tells, not a simulation.

    >>> exact("rank", "count", 1, 7).after_high
    7
    """
    return Effect(
        name=name,
        unit=unit,
        before=before,
        before_low=before,
        before_high=before,
        after=after,
        after_low=after,
        after_high=after,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """The fixed interface of ``--format json``, field by field.

    ``id`` is the rule's; ``current`` is ``None`` where there is nothing yet (no swap, no limit).
    ``persist`` says which file makes it last, and what it holds: ``FILE: LINE``.
    """

    id: str
    key: str
    scope: str
    claim: str
    current: int | str | None
    recommended: int | str
    evidence: tuple[Quantity, ...]
    counter_evidence: tuple[Quantity, ...]
    predicted: tuple[Effect, ...]
    confidence: str
    would_change: tuple[str, ...]
    risk: str
    command: str
    undo: str
    persist: str
    references: tuple[str, ...]
    finding_ids: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Whether the model foretells an effect, and the value is another than the present one."""
        return self.recommended != self.current and any(one.is_change for one in self.predicted)
