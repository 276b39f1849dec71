"""``postmortem --format json``: ``{"reports": [...], "gaps": [...]}``, in the log's order, one on a line.

``time_s`` is printk's clock, ``time_utc`` is there only where the log tells the offset. ``predicted`` is the
kernel's own rule applied to the task table; ``agrees`` is null where there is nothing to compare, and then
``why_not`` says what is missing. ``scope`` is "host", a cgroup's path, "cgroup" where it is not named, or
"nodes N".
"""

from vmadvisor.advise.postmortem import Postmortem
from vmadvisor.kernel.oom_choice import Ranked
from vmadvisor.model.oom_analysis import OomAnalysis
from vmadvisor.render.json_text import line
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap
from vmadvisor.sources.oom_report import OomTask

SCHEMA_VERSION = 1


def begin(style: Style) -> str:
    """The document's head."""
    del style
    return f'{{"schema_version": {SCHEMA_VERSION}, "reports": [\n'


def one(found: Postmortem, number: int, style: Style, *, has_all_tasks: bool) -> str:
    """One element of the array."""
    del style
    comma = ",\n" if number > 1 else ""
    return comma + line(_document(found, has_all_tasks=has_all_tasks))


def end(count: int, gaps: tuple[Gap, ...], style: Style) -> str:
    """The rest of the document."""
    del style
    newline = "\n" if count else ""
    return f'{newline}], "gaps": {line(gaps)}}}\n'


def _task(task: OomTask | None) -> dict[str, object] | None:
    return None if task is None else {"pid": task.pid_id, "comm": task.comm}


def _ranked(ranked: Ranked | None) -> dict[str, object] | None:
    if ranked is None:
        return None
    return {
        "pid": ranked.task.pid_id,
        "comm": ranked.task.comm,
        "points": ranked.points,
        "oom_score_adj": ranked.task.oom_score_adj,
    }


def _document(found: Postmortem, *, has_all_tasks: bool) -> dict[str, object]:
    analysis = found.analysis
    report, prediction, victim = analysis.report, analysis.prediction, analysis.victim
    chosen, spare = prediction.chosen, prediction.spare
    return {
        "time_s": report.stamp_s,
        "time_utc": report.utc,
        "constraint": analysis.constraint,
        "scope": analysis.scope,
        "cause": analysis.cause,
        "victim": None if victim is None else {"pid": victim.pid_id, "comm": victim.comm},
        "predicted": _task(chosen.task) if chosen is not None else None,
        "agrees": analysis.agrees,
        "why_not": analysis.why_not,
        "time_text": report.when,
        "host": report.host or None,
        "kernel_release": report.release,
        "causes": analysis.causes,
        "invoked_by": None
        if report.invoker_comm is None
        else {"pid": report.invoker_pid_id, "comm": report.invoker_comm},
        "gfp_mask": report.gfp_mask,
        "gfp_flags": report.gfp_flags,
        "order": report.order,
        "page_size_bytes": analysis.page_size_bytes,
        "zones": analysis.zones,
        "memory": analysis.shares,
        "swap": _swap(analysis),
        "cgroup": report.cgroup,
        "total_pages": prediction.total_pages,
        "total_source": prediction.total_source,
        "points_scale": prediction.scale,
        "is_certain": prediction.is_certain,
        "runner_up": _ranked(prediction.runner_up),
        "spared_by": None
        if spare is None
        else {"oom_score_adj": spare.adj, "then": _task(spare.next_task)},
        "candidates_count": prediction.candidates_count,
        "order_of_kill": [_ranked(ranked) for ranked in prediction.top],
        "kills": [{"pid": kill.pid_id, "comm": kill.comm} for kill in report.kills],
        "panic": report.panic,
        "tasks_count": len(report.table.tasks) if report.table is not None else 0,
        "tasks": [task._asdict() for task in report.table.tasks]
        if has_all_tasks and report.table is not None
        else None,
        "damage": report.damage,
        "findings": found.findings,
    }


def _swap(analysis: OomAnalysis) -> dict[str, object] | None:
    memory = analysis.report.memory
    if memory is None or memory.swap_total_kib is None:
        return None
    return {"total_kib": memory.swap_total_kib, "free_kib": memory.swap_free_kib}
