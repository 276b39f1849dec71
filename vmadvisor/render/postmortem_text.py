"""``postmortem`` for a person at a terminal: who died and why, then the tables behind it."""

from collections.abc import Iterator

from vmadvisor.advise.postmortem import Postmortem
from vmadvisor.kernel.oom_choice import Ranked
from vmadvisor.render import postmortem_words as words
from vmadvisor.render import quantities as q
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.parts import Grid, Headline
from vmadvisor.render.style import Style
from vmadvisor.render.text_report import finding_part
from vmadvisor.snapshot import Gap
from vmadvisor.sources.oom_report import OomTask

SHARES_SHOWN_COUNT = 8


def begin(style: Style) -> str:
    """Nothing: what comes first is the first report."""
    del style
    return ""


def one(found: Postmortem, number: int, style: Style, *, has_all_tasks: bool) -> str:
    """One report and its tables."""
    head = Headline(f"{number}. {words.headline(found)}", "", "bold")
    parts: list[object] = [head, words.when(found), words.asked(found)]
    release = found.analysis.report.release
    parts.append(
        f"{found.analysis.constraint or 'constraint unknown'}, Linux {release or 'unknown'}"
    )
    parts.append(words.verdict(found))
    parts += words.next_time(found)
    parts += [f"damaged: {what}" for what in found.analysis.report.damage]
    parts.append("")
    parts += [finding_part(one, found.analysis.page_size_bytes) for one in found.findings]
    for grid in _tables(found, has_all_tasks=has_all_tasks):
        parts += ["", grid]
    return printed([*parts, "", ""], style)


def end(count: int, gaps: tuple[Gap, ...], style: Style) -> str:
    """How many there were, and what could not be read."""
    said = [
        f"{count} OOM report{'s' if count != 1 else ''}" if count else "no OOM report in this log"
    ]
    said += [f"gap {gap.path}: {gap.reason}; {gap.cost}" for gap in gaps]
    return printed(said, style)


def _tables(found: Postmortem, *, has_all_tasks: bool) -> Iterator[Grid]:
    if found.analysis.zones:
        yield _zones(found)
    if found.analysis.shares:
        yield _shares(found)
    if found.analysis.prediction.top:
        yield _order(found)
    report_table = found.analysis.report.table
    if has_all_tasks and report_table is not None and report_table.tasks:
        yield _tasks(report_table.tasks, found.analysis.page_size_bytes)


def _zones(found: Postmortem) -> Grid:
    result = table(
        "zone", "free", "usable", "min", "low", "high", "reserve", "why not", numbers=range(1, 7)
    )
    for zone in found.analysis.zones:
        row(
            result,
            f"{zone.node_id} {zone.zone}",
            *(words.kib(size) for size in (zone.free_kib, zone.usable_kib)),
            *(words.kib(size) for size in (zone.min_kib, zone.low_kib, zone.high_kib)),
            words.kib(zone.reserve_kib),
            words.WHY[zone.why],
        )
    return result


def _shares(found: Postmortem) -> Grid:
    whose = "the cgroup's memory" if found.analysis.is_cgroup else "where the memory was"
    result = table(whose, "", "share", numbers=(1, 2))
    for share in found.analysis.shares[:SHARES_SHOWN_COUNT]:
        row(result, share.name, q.size(share.size_bytes), q.ratio(share.share_ratio))
    return result


def _order(found: Postmortem) -> Grid:
    analysis = found.analysis
    result = table(
        "rank", "pid", "name", "points", "adj", "resident", "swap", "", numbers=(0, 1, 3, 4, 5, 6)
    )
    for rank, ranked in enumerate(analysis.prediction.top, 1):
        row(
            result,
            str(rank),
            str(ranked.task.pid_id),
            ranked.task.comm,
            words.points(ranked, found),
            str(ranked.task.oom_score_adj),
            *_sizes(ranked.task, analysis.page_size_bytes),
            "killed" if _is_killed(ranked, found) else "",
        )
    return result


def _is_killed(ranked: Ranked, found: Postmortem) -> bool:
    pids = {kill.pid_id for kill in found.analysis.report.kills}
    return bool(pids & {ranked.task.pid_id, ranked.task.tgid_id})


def _tasks(tasks: tuple[OomTask, ...], page_bytes: int) -> Grid:
    result = table("pid", "uid", "name", "adj", "resident", "swap", numbers=(0, 1, 3, 4, 5))
    for task in tasks:
        sizes = _sizes(task, page_bytes)
        row(result, str(task.pid_id), str(task.uid_id), task.comm, str(task.oom_score_adj), *sizes)
    return result


def _sizes(task: OomTask, page_bytes: int) -> tuple[str, str]:
    return q.pages(task.rss_pages, page_bytes), q.pages(task.swapents_pages, page_bytes)
