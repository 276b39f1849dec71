"""How much page cache is read again and again, and how fast: what refaults tell of it.

Its size is what was ever read (page-ins less refaults) once something refaults, else what lies on the
active list; where refaults came to an end, it is what was cached then.
"""

from collections.abc import Sequence

from vmadvisor.model.simulate.flow import Flow
from vmadvisor.model.simulate.observed import Observed

REFAULTS_MIN_PAGES = 256
"""Fewer refaults in a whole recording are strays, no working set that is read again."""

_QUIET_MIN_S = 2.0
"""So long without a refault, and a working set that was missed before is taken to fit."""


def working_sets(
    moments: Sequence[Observed], flows: Sequence[Flow], *, is_reuse_seen: bool
) -> list[float]:
    """Pages that are read again and again, at the beginning of each interval."""
    if not is_reuse_seen:
        return [float(sum(n.active_file_pages for n in m.nodes)) for m in moments[:-1]]
    most = _quiet_file_pages(moments, flows)
    seen = float(sum(node.file_pages for node in moments[0].nodes))
    found = []
    for flow in flows:
        found.append(min(seen, most))
        seen += max(0.0, flow.page_in_pages - flow.refault_pages)
    return found


def _quiet_file_pages(moments: Sequence[Observed], flows: Sequence[Flow]) -> float:
    """The page cache with which refaults came to an end: the working set fits; infinite if they did not.

    Page-ins and refaults are not counted at one instant, so that their difference drifts.
    """
    quiet_s, most, has_missed = 0.0, 0.0, False
    for moment, flow in zip(moments, flows, strict=False):
        if flow.refault_pages > flow.seconds_s:
            quiet_s, most, has_missed = 0.0, 0.0, True
        elif has_missed:
            quiet_s += flow.seconds_s
            most = max(most, float(sum(node.file_pages for node in moment.nodes)))
    return most if quiet_s >= _QUIET_MIN_S else float("inf")


def typical_pace(flows: Sequence[Flow]) -> float:
    """Misses per second of a working set that does not fit: as seen, else as fast as the disk was."""
    missing = [flow for flow in flows if flow.refault_pages > 0]
    if sum(flow.refault_pages for flow in missing) > REFAULTS_MIN_PAGES:
        return sum(flow.refault_pages for flow in missing) / sum(f.seconds_s for f in missing)
    reading = [flow for flow in flows if flow.page_in_pages > 0]
    if not reading:
        return 0.0
    most = max(flow.page_in_pages / flow.seconds_s for flow in reading)
    busy = [f for f in reading if f.page_in_pages / f.seconds_s > most / 4]
    return sum(flow.page_in_pages for flow in busy) / sum(flow.seconds_s for flow in busy)
