"""Why the kernel killed another task than its rule chooses from the table: what can be shown, most certain first."""

from collections.abc import Iterator

from vmadvisor.kernel.oom_choice import Ranked, counted_pages, may_have_bonus, points
from vmadvisor.kernel.oom_rules import OomRules
from vmadvisor.kernel.oom_total import OomTotal
from vmadvisor.model.oom_choice import Prediction
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomReport, OomTask

NEAR_RATIO = 0.02
"""The table is printed after the choice, slowly on a serial console: sizes move by so much meanwhile."""

_ALLOCATING = "oom_kill_allocating_task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """Who was killed, as the log says."""

    pid_id: int
    comm: str


def victim_of(report: OomReport) -> Victim | None:
    """The killed process; else the one that the kernel said it chose."""
    if report.kills:
        return Victim(pid_id=report.kills[0].pid_id, comm=report.kills[0].comm)
    if report.choice is not None:
        return Victim(pid_id=report.choice.pid_id, comm=report.choice.comm)
    summary = report.summary
    if summary is not None and summary.pid_id is not None and summary.comm is not None:
        return Victim(pid_id=summary.pid_id, comm=summary.comm)
    return None


def is_same(victim: Victim, task: OomTask) -> bool:
    """By pid: the row's own, or its process's."""
    return victim.pid_id in {task.pid_id, task.tgid_id}


def why_not(
    report: OomReport,
    prediction: Prediction,
    victim: Victim,
    *,
    rules: OomRules,
    total: OomTotal,
    page_bytes: int,
) -> str:
    """One sentence on a victim that is not the chosen one."""
    chosen = prediction.chosen
    if chosen is None or report.table is None:
        return prediction.why_not or "nobody can be chosen from this report"
    reasons = _reasons(report, chosen, victim, rules=rules, total=total, page_bytes=page_bytes)
    return next(reasons)


def _reasons(
    report: OomReport,
    chosen: Ranked,
    victim: Victim,
    *,
    rules: OomRules,
    total: OomTotal,
    page_bytes: int,
) -> Iterator[str]:
    yield from _said_by_the_log(report, chosen, victim)
    tasks = report.table.tasks if report.table is not None else ()
    row = next((task for task in tasks if is_same(victim, task)), None)
    if row is None:
        yield "the victim is not in the table: lines of the log are lost or damaged, or it was a child or a thread"
        return
    if row.oom_score_adj == -1000:  # noqa: PLR2004 - never chosen
        yield "by the table the victim was protected by oom_score_adj -1000: it was changed, or the log is damaged"
    own = _points(row, total, page_bytes, rules)
    if own == chosen.points:
        yield "both have the same points; the kernel judged them in another order than the table has"
    yield from _by_another_reckoning(chosen, row, rules=rules, total=total, page_bytes=page_bytes)
    if own is not None and 0 < chosen.points - own <= NEAR_RATIO * abs(chosen.points):
        yield "their points are within 2 % of each other: sizes moved between the choice and the table"
    if not rules.prints_all:
        yield "this kernel's table leaves out swap entries and page tables, which count"
    yield (
        f"the kernel passed over pid {chosen.task.pid_id}, which has more points: as a task does that was killed "
        "and reaped before and cannot die (MMF_OOM_SKIP), is exiting, or is in vfork"
    )


def _said_by_the_log(report: OomReport, chosen: Ranked, victim: Victim) -> Iterator[str]:
    lead = report.kills[0].lead if report.kills else None
    if lead is not None and _ALLOCATING in lead:
        yield "vm.oom_kill_allocating_task is set: the task that asked for memory was killed, not the largest"
    choice = report.choice
    if choice is not None and report.kills and choice.pid_id != victim.pid_id:
        if choice.pid_id in {chosen.task.pid_id, chosen.task.tgid_id}:
            yield "the kernel chose the same task, and killed a child of it in its place (until 5.0)"
        else:
            yield f"the kernel chose pid {choice.pid_id}, and killed a child of it in its place (until 5.0)"
    if any(pid in {chosen.task.pid_id, chosen.task.tgid_id} for pid, _ in report.earlier_kills):
        yield (
            f"pid {chosen.task.pid_id} had been killed before and was not gone yet: a task that was reaped is "
            "passed over (MMF_OOM_SKIP)"
        )
    summary = report.summary
    if summary is not None and summary.pid_id is not None and summary.pid_id != victim.pid_id:
        yield f"the log contradicts itself: it names pid {summary.pid_id} as chosen and pid {victim.pid_id} as killed"


def _points(task: OomTask, total: OomTotal, page_bytes: int, rules: OomRules) -> int | None:
    if not total.pages and task.oom_score_adj:
        return None
    return points(
        counted_pages(task, page_bytes),
        task.oom_score_adj,
        total.pages[0] if total.pages else 0,
        rules,
        has_root_bonus=may_have_bonus(task, rules),
    )


def _by_another_reckoning(
    chosen: Ranked, row: OomTask, *, rules: OomRules, total: OomTotal, page_bytes: int
) -> Iterator[str]:
    """Whether what the report leaves open would turn the two around."""
    for pages in total.pages[1:]:
        other = OomTotal(pages=(pages,), source="")
        if _is_behind(chosen.task, row, other, page_bytes, rules):
            yield f"with T = {pages} pages, which the report leaves open too, the victim comes first"
    if rules.behaviour.root_bonus != "none" and _bonus_decides(
        chosen.task, row, total.pages[0] if total.pages else 0, page_bytes, rules
    ):
        yield "root's bonus decides, and the table does not tell who had CAP_SYS_ADMIN"


def _bonus_decides(
    chosen: OomTask, row: OomTask, total_pages: int, page_bytes: int, rules: OomRules
) -> bool:
    """With the bonus for the chosen one alone the victim would come first."""
    mine, theirs = (
        points(
            counted_pages(task, page_bytes),
            task.oom_score_adj,
            total_pages,
            rules,
            has_root_bonus=has,
        )
        for task, has in ((chosen, True), (row, False))
    )
    return theirs > mine


def _is_behind(
    chosen: OomTask, row: OomTask, total: OomTotal, page_bytes: int, rules: OomRules
) -> bool:
    mine, theirs = (_points(task, total, page_bytes, rules) for task in (chosen, row))
    return mine is not None and theirs is not None and theirs > mine
