"""Who is missing from the OOM killer's order: a place that nobody takes is not seen to be empty."""

from vmadvisor.kernel.oom import unranked
from vmadvisor.snapshot import Gap, Process, Snapshot

_COST = "one of them may come first in the OOM killer's order"


def unranked_gap(snapshot: Snapshot) -> Gap | None:
    """Processes with memory that could not be ranked; ``None`` where all were, or nobody was."""
    details = snapshot.processes.details if snapshot.processes is not None else {}
    reasons = [
        reason
        for pid, reason in unranked(snapshot).items()
        if pid in details and not _has_ended(details[pid], snapshot)
    ]
    if not reasons:
        return None
    return Gap(
        path="/proc/PID",
        reason=f"{len(reasons)} processes cannot be ranked ({reasons[0]})",
        cost=_COST,
    )


def why_nobody(snapshot: Snapshot) -> str:
    """Why there is no order at all."""
    general = unranked(snapshot).get(0)
    if general is not None:
        return general
    gaps = [*snapshot.gaps, unranked_gap(snapshot)]
    about = [gap.reason for gap in gaps if gap is not None and gap.path in {"/proc", "/proc/PID"}]
    return about[0] if about else "no process has user memory"


def _has_ended(process: Process, snapshot: Snapshot) -> bool:
    """On a live host anybody may read oom_score_adj, which is read last, until the process is gone."""
    return snapshot.host.is_live and process.oom_score_adj is None
