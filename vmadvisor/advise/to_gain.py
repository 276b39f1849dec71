"""Whether ``advise`` may have something to say that ``check``, which simulates nothing, cannot."""

from vmadvisor.advise.report import Report

TUNED_IDS = frozenset({
    "VMA-RECLAIM-001", "VMA-REFAULT-001", "VMA-ZONE-001", "VMA-SWAP-001", "VMA-NUMA-001",
})  # fmt: skip
"""Findings about what marks, swappiness, swap and zone_reclaim_mode decide: ``advise.tuning`` simulates those."""

RELIEF_ID = "VMA-RELIEF-001"


def has_to_gain(report: Report) -> bool:
    """A loud finding that a simulation may have a remedy for, or a change advised that is no first aid."""
    return any(finding.id in TUNED_IDS for finding in report.loud) or any(
        advice.id != RELIEF_ID for advice in report.recommendations
    )
