"""What text and HTML say alike about a report: who, when, why, in words and sizes."""

from vmadvisor.advise.postmortem import Postmortem
from vmadvisor.kernel.oom_choice import Ranked
from vmadvisor.kernel.oom_rules import PERMILLE
from vmadvisor.render import quantities as q
from vmadvisor.units import KIB_BYTES

WHY = {
    "below_min": "below its min mark",
    "below_high": "below its high mark, where the last attempt is made",
    "passes": "above its marks",
    "lowmem_protection": "kept for requests that can use nothing else",
    "fragmentation": "no free block of this order",
    "cma_only": "only CMA pages free",
    "not_for_request": "not for this request",
}
"""Why a zone did not serve the request."""


def headline(found: Postmortem) -> str:
    """Who was killed, in which scope, or that nobody was."""
    analysis = found.analysis
    victim = analysis.victim
    what = (
        "nobody was killed" if victim is None else f"{victim.comm} (pid {victim.pid_id}) was killed"
    )
    others = len(analysis.report.kills) - 1
    more = f", and {others} more of its group" if others > 0 else ""
    where = "this host" if analysis.scope == "host" else analysis.scope
    return f"{what}{more}: {analysis.cause} of {where}"


def when(found: Postmortem) -> str:
    """The times that the log gives."""
    report = found.analysis.report
    parts = [
        report.utc or report.when,
        None if report.stamp_s is None else f"{report.stamp_s:.6f} s after boot",
    ]
    return ", ".join(part for part in parts if part) or "time unknown"


def asked(found: Postmortem) -> str:
    """Who asked for memory, and for what."""
    report = found.analysis.report
    if report.invoker_comm is None:
        return "the beginning of the report is not in the log"
    pid = "" if report.invoker_pid_id is None else f" (pid {report.invoker_pid_id})"
    flags = "|".join(report.gfp_flags) or report.gfp_mask or "an unknown mask"
    pages = 1 << max(report.order or 0, 0)
    size = q.pages(pages, found.analysis.page_size_bytes)
    return f"{report.invoker_comm}{pid} asked for {size} (order {report.order}), {flags}"


def verdict(found: Postmortem) -> str:
    """What the rule chooses, and whether the kernel did."""
    analysis = found.analysis
    chosen = analysis.prediction.chosen
    if chosen is None:
        return (
            f"The rule's choice cannot be told: {analysis.why_not or analysis.prediction.why_not}."
        )
    name = f"{chosen.task.comm} (pid {chosen.task.pid_id})"
    if analysis.agrees:
        return f"The kernel's rule, applied to the table, chooses {name} too."
    if analysis.agrees is None:
        return f"The kernel's rule, applied to the table, chooses {name}; {analysis.why_not}."
    return f"The kernel's rule, applied to the table, chooses {name}: {analysis.why_not}."


def next_time(found: Postmortem) -> tuple[str, ...]:
    """Who came second, and what would have spared the chosen one."""
    prediction = found.analysis.prediction
    chosen, second, spare = prediction.chosen, prediction.runner_up, prediction.spare
    if chosen is None or spare is None:
        return ()
    if second is None:
        return (f"{chosen.task.comm} was the only candidate.",)
    lines = [
        f"Next in line: {second.task.comm} (pid {second.task.pid_id}), {points(second, found)}."
    ]
    then = spare.next_task
    if then is not None:
        lines.append(
            f"oom_score_adj {spare.adj} (it had {chosen.task.oom_score_adj}) would have spared {chosen.task.comm} "
            f"and taken {then.comm} (pid {then.pid_id})."
        )
    return tuple(lines)


def points(one: Ranked, found: Postmortem) -> str:
    """Points in the rule's own scale: pages, or per mille."""
    if found.analysis.prediction.scale == PERMILLE:
        return f"{one.points} ‰"
    return q.count(one.points)


def kib(size: int | None) -> str:
    """Kilobytes as a size."""
    return q.size(None if size is None else size * KIB_BYTES)
