"""A sysctl as a recommendation: key, command, undo and the line that makes it last."""

from vmadvisor.advise.finding import HOST, Quantity
from vmadvisor.advise.recommendation import SYSCTL, Effect, Recommendation

CONF_FILE = "/etc/sysctl.d/99-vmadvisor.conf"


def sysctl_advice(
    name: str,
    current: int,
    recommended: int,
    *,
    rule_id: str,
    claim: str,
    evidence: tuple[Quantity, ...],
    counter_evidence: tuple[Quantity, ...] = (),
    predicted: tuple[Effect, ...],
    confidence: str,
    would_change: tuple[str, ...],
    risk: str,
    references: tuple[str, ...],
    finding_ids: tuple[str, ...] = (),
) -> Recommendation:
    """``name`` is one of the kernel's (``vm.swappiness``); both values are numbers."""
    return Recommendation(
        id=rule_id,
        key=f"{SYSCTL}{name}",
        scope=HOST,
        claim=claim,
        current=current,
        recommended=recommended,
        evidence=evidence,
        counter_evidence=counter_evidence,
        predicted=predicted,
        confidence=confidence,
        would_change=would_change,
        risk=risk,
        command=f"sysctl -w {name}={recommended}",
        undo=f"sysctl -w {name}={current}",
        persist=f"{CONF_FILE}: {name} = {recommended}",
        references=references,
        finding_ids=(rule_id, *finding_ids),
    )
