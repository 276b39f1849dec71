"""Whom the kernel's rule chooses from the task table alone (``mm/oom_kill.c:select_bad_process``).

The table lists exactly the tasks that were candidates, in the order in which they are judged; of equals
the first stays until 5.2, the last wins since 5.3. Never chosen: pid 1 and oom_score_adj -1000. What no
table tells: tasks passed over because the killer had already reaped them (``MMF_OOM_SKIP``), because
they share memory with their parent for a moment (vfork), or taken at once (swapoff, KSM).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN, points_of
from vmadvisor.kernel.oom_rules import PERMILLE, OomRules
from vmadvisor.sources.oom_report import OomTask

_INIT_PID = 1
_PERMILLE = 1000
_ROOT_BONUS_PERMILLE = 30


class Ranked(NamedTuple):
    """A task and its points, in the rule's own scale: pages, or per mille of T."""

    task: OomTask
    points: int


def counted_pages(task: OomTask, page_bytes: int) -> int:
    """What of a row counts: resident pages, swap entries, page tables, as far as they are printed."""
    tables = task.page_tables_pages
    if tables is None:
        tables = (task.pgtables_bytes or 0) // page_bytes
    return task.rss_pages + (task.swapents_pages or 0) + tables


def may_have_bonus(task: OomTask, rules: OomRules) -> bool:
    """uid 0 stands for CAP_SYS_ADMIN, which no table prints, where the kernel gives it a bonus."""
    return task.uid_id == 0 and rules.behaviour.root_bonus != "none"


def points(pages: int, adj: int, total_pages: int, rules: OomRules, *, has_root_bonus: bool) -> int:
    """``oom_badness()`` of a task that can be chosen.

    >>> from vmadvisor.sources.oom_report import OomReport
    >>> from vmadvisor.kernel.oom_rules import oom_rules
    >>> rules = [oom_rules(OomReport(release=release)) for release in ("3.0.101", "6.1.0")]
    >>> [points(975, 40, 4500, one, has_root_bonus=True) for one in rules]
    [226, 1135]
    """
    if rules.scale != PERMILLE:
        return points_of(pages, adj, total_pages, rules.behaviour, has_root_bonus=has_root_bonus)
    found = pages * _PERMILLE // max(total_pages, 1) + adj
    if has_root_bonus:
        found -= _ROOT_BONUS_PERMILLE
    return min(max(found, 1), _PERMILLE)


def is_killable(task: OomTask, adj: int) -> bool:
    """Not init, and not protected for good."""
    return adj != OOM_SCORE_ADJ_MIN and _INIT_PID not in {task.pid_id, task.tgid_id}


def ranked(
    tasks: Sequence[OomTask],
    *,
    total_pages: int,
    page_bytes: int,
    rules: OomRules,
    adjust: Mapping[int, int] | None = None,
) -> tuple[Ranked, ...]:
    """The tasks that can be chosen, first to last; ``adjust`` gives another oom_score_adj by pid."""
    found = []
    for index, task in enumerate(tasks):
        adj = task.oom_score_adj if not adjust else adjust.get(task.pid_id, task.oom_score_adj)
        if is_killable(task, adj):
            own = points(
                counted_pages(task, page_bytes),
                adj,
                total_pages,
                rules,
                has_root_bonus=may_have_bonus(task, rules),
            )
            place = -index if rules.behaviour.later_equal_task_wins else index
            found.append((-own, place, task))
    found.sort()  # places differ: tasks are never compared
    return tuple(Ranked(task, -negative) for negative, _, task in found)


def needs_total(tasks: Sequence[OomTask], rules: OomRules) -> bool:
    """Whether T matters to the order: somebody has an adj, or the scale is a share of T."""
    if rules.scale == PERMILLE:
        return True
    has_bonus = rules.behaviour.root_bonus == "adj_30"
    return any(
        (task.oom_score_adj not in {0, OOM_SCORE_ADJ_MIN}) or (has_bonus and task.uid_id == 0)
        for task in tasks
    )
