"""The OOM killer's order under another oom_score_adj of some, from an order already made.

points' = points_of(rss + swap + page tables, adj')      kernel.badness, exact
"""

from collections.abc import Mapping, Sequence

from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN, points_of
from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.kernel.oom import Victim
from vmadvisor.records import replace


def footprint_pages(victim: Victim) -> int:
    """What its death gives back at most, and what it would be judged by at adj 0."""
    return victim.rss_pages + victim.swap_pages + victim.page_table_pages


def _has_bonus(victim: Victim, total_pages: int, rules: Behaviour) -> bool:
    """Whether the points that it has are those of a privileged process (3.10-4.16)."""
    plain, less = (
        points_of(
            footprint_pages(victim), victim.oom_score_adj, total_pages, rules, has_root_bonus=b
        )
        for b in (False, True)
    )
    return victim.points_pages == less != plain


def with_adj(
    order: Sequence[Victim], changes: Mapping[int, int], total_pages: int, rules: Behaviour
) -> tuple[Victim, ...]:
    """The order as it would be with ``changes`` (adj by pid); those never chosen stand last.

    One that is not killable today becomes so by an adj above -1000 only if that is why it was not.
    """
    changed = [_changed(victim, changes, total_pages, rules) for victim in order]
    killable = sorted((one for one in changed if one.killable), key=lambda one: -one.points_pages)
    return (*killable, *(one for one in changed if not one.killable))


def _changed(
    victim: Victim, changes: Mapping[int, int], total_pages: int, rules: Behaviour
) -> Victim:
    adj = changes.get(victim.pid_id)
    if adj is None or adj == victim.oom_score_adj:
        return victim
    was_exempt = victim.oom_score_adj == OOM_SCORE_ADJ_MIN
    killable = adj != OOM_SCORE_ADJ_MIN and (victim.killable or was_exempt)
    bonus = victim.killable and _has_bonus(victim, total_pages, rules)
    points = points_of(footprint_pages(victim), adj, total_pages, rules, has_root_bonus=bonus)
    return replace(
        victim, oom_score_adj=adj, killable=killable, points_pages=points if killable else 0
    )


def rank_of(order: Sequence[Victim], pid_id: int) -> int | None:
    """From 1; ``None`` for one that is never chosen or not there."""
    killable = [victim for victim in order if victim.killable]
    return next((rank for rank, v in enumerate(killable, 1) if v.pid_id == pid_id), None)
