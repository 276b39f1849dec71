"""Whom the rule chooses from a report's table, who was next, and what would have spared him.

The prediction is made from the table and from what stands before it. The lines that say who was killed
are not read here: they are what the prediction is held against.
"""

from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN
from vmadvisor.kernel.oom_choice import Ranked, needs_total, ranked
from vmadvisor.kernel.oom_rules import OomRules
from vmadvisor.kernel.oom_total import OomTotal
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomReport, OomTask

TOP_COUNT = 10
_TOTAL_MAX_FACTOR = 1024
"""An unknown T lies between what the tasks use and this many times as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """The highest oom_score_adj with which the chosen task is passed over, and who is taken then."""

    adj: int
    next_task: OomTask | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """``chosen`` is ``None`` where it cannot be told, and ``why_not`` says why.

    ``top`` are the first of ``candidates_count``; points are pages, or per mille (``scale``). ``total_pages``
    is ``None`` where T does not matter and is not known. ``is_certain`` is false where another
    T that the report leaves open chooses another task.
    """

    chosen: Ranked | None
    top: tuple[Ranked, ...]
    candidates_count: int
    total_pages: int | None
    total_source: str
    scale: str | None
    is_certain: bool
    spare: Spare | None
    why_not: str | None

    @property
    def runner_up(self) -> Ranked | None:
        """Who comes second."""
        return self.top[1] if len(self.top) > 1 else None


def predict(report: OomReport, *, rules: OomRules, total: OomTotal, page_bytes: int) -> Prediction:
    """The choice by this kernel's rule."""
    why_not = _obstacle(report, rules)
    table = report.table
    if why_not is not None or table is None:
        return _nobody(why_not or "the report has no task table", total, rules)
    totals = total.pages or _range(table.tasks)
    orders = [
        ranked(table.tasks, total_pages=pages, page_bytes=page_bytes, rules=rules)
        for pages in totals
    ]
    first = orders[0]
    if not first:
        return _nobody("every task in the table is protected by oom_score_adj -1000", total, rules)
    agree = all(order[0].task.pid_id == first[0].task.pid_id for order in orders)
    is_needed = needs_total(table.tasks, rules)
    if is_needed and not total.pages and not agree:
        return _nobody(
            f"T is not known ({total.source}), and oom_score_adj is a share of it", total, rules
        )
    return Prediction(
        chosen=first[0],
        top=first[:TOP_COUNT],
        candidates_count=len(first),
        total_pages=total.pages[0] if total.pages else None,
        total_source=total.source,
        scale=rules.scale,
        is_certain=agree and rules.prints_all and not rules.is_inferred,
        spare=_spare(table.tasks, first, totals[0], page_bytes, rules),
        why_not=None,
    )


def _obstacle(report: OomReport, rules: OomRules) -> str | None:
    table = report.table
    if table is None:
        return (
            "the report has no task table: vm.oom_dump_tasks was 0, the console's log level left it out, "
            "or it was cut off"
        )
    if not table.is_whole:
        return _damage_of(report)
    if rules.scale is None:
        return "before 2.6.36 the rule counted CPU time, run time and nice too, which no log tells"
    return None


def _damage_of(report: OomReport) -> str:
    table = report.table
    if table is None or not table.columns:
        return "the header of the task table is missing, so its columns and its beginning are not known"
    if table.malformed_count:
        return f"{table.malformed_count} rows of the task table cannot be read"
    if table.dropped_count:
        return f"{table.dropped_count} rows of the task table are more than are kept"
    return "the task table has no rows"


def _nobody(why_not: str, total: OomTotal, rules: OomRules) -> Prediction:
    return Prediction(
        chosen=None,
        top=(),
        candidates_count=0,
        total_pages=total.pages[0] if total.pages else None,
        total_source=total.source,
        scale=rules.scale,
        is_certain=False,
        spare=None,
        why_not=why_not,
    )


def _range(tasks: tuple[OomTask, ...]) -> tuple[int, ...]:
    """The least and the most that T can be, where the report does not say."""
    used_pages = max(sum(task.rss_pages + (task.swapents_pages or 0) for task in tasks), 1000)
    return used_pages, used_pages * _TOTAL_MAX_FACTOR


def _spare(
    tasks: tuple[OomTask, ...],
    order: tuple[Ranked, ...],
    total_pages: int,
    page_bytes: int,
    rules: OomRules,
) -> Spare:
    """By bisection: the lower its adj, the later its turn. -1000 takes it out altogether."""
    chosen = order[0].task
    others = [one.task for one in order[1:2]]
    pair = [task for task in tasks if task.pid_id == chosen.pid_id or task in others]

    def first(adj: int) -> OomTask | None:
        found = ranked(
            pair,
            total_pages=total_pages,
            page_bytes=page_bytes,
            rules=rules,
            adjust={chosen.pid_id: adj},
        )
        return found[0].task if found else None

    low, high = OOM_SCORE_ADJ_MIN, chosen.oom_score_adj
    while high - low > 1:
        middle = (low + high) // 2
        task = first(middle)
        if task is not None and task.pid_id != chosen.pid_id:
            low = middle
        else:
            high = middle
    return Spare(adj=low, next_task=first(low))
