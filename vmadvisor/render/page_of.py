"""A report and the past behind it become a page: verdict, what changed, where memory went, what is ahead."""

from collections.abc import Iterable, Iterator

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import Report
from vmadvisor.model.change_effect import change_effects
from vmadvisor.model.one_source import foreign_counts, one_source
from vmadvisor.model.past import Past
from vmadvisor.records import replace
from vmadvisor.render import quantities as q
from vmadvisor.render import sections as tables
from vmadvisor.render.chart import NoChart
from vmadvisor.render.chart_words import is_dated, when
from vmadvisor.render.claims import claims, relief_claim
from vmadvisor.render.moment_charts import chances, effects, processes
from vmadvisor.render.page import Block, Figure, Figures, Page, Section, Titled
from vmadvisor.render.page_changes import changes, effect_tables
from vmadvisor.render.page_forecast import forecast, foreseen_figure
from vmadvisor.render.page_use import use
from vmadvisor.render.parts import Grid
from vmadvisor.render.past_charts import PastCharts
from vmadvisor.render.style import Style
from vmadvisor.units import KIB_BYTES

_WHO = ("largest processes", "growing fastest", "largest cgroups")
_NOTHING = "No change needed."
_NOT_NOW = (
    "As things stand now nothing needs a change. What happened before is above; vmadvisor advise, run while it "
    "happens or on a recording of it, says what would have helped."
)
_UNHELPED = "Nothing to change that the model says would help."


def page_of(report: Report, past: Past, style: Style) -> Page:
    """The page; the same report and past give the same one."""
    past = replace(past, points=one_source(past.points))
    charts = PastCharts(report, past)
    return Page(
        host=report.host.hostname or past.hostname or "this host",
        status=report.status.name,
        headline=report.loud[0].title if report.loud else _calm(report, past),
        facts=tuple(_facts(report, past)),
        sections=(
            Section(key="now", title="Now", blocks=tuple(_now(report))),
            Section(key="changes", title="What changed", blocks=tuple(changes(report, past))),
            Section(
                key="use", title="Where the memory went", blocks=tuple(use(report, past, charts))
            ),
            Section(
                key="forecast",
                title="What is ahead",
                blocks=tuple(forecast(report, past, chances(report), charts)),
            ),
            Section(
                key="course",
                title="How it went",
                blocks=_merged(_course(report, past, charts, style)),
            ),
            Section(key="advice", title="Findings and advice", blocks=tuple(_advice(report, past))),
            Section(key="gaps", title="What could not be told", blocks=tuple(_gaps(report))),
        ),
    )


def _calm(report: Report, past: Past) -> str:
    """Of now alone: what the period held is never waved away."""
    trouble = _trouble(past)
    if trouble:
        return f"Calm now; in this period: {trouble}."
    return _NOTHING if not report.recommendations else "Nothing is wrong; something can be better."


def _trouble(past: Past) -> str:
    """Kills, and the worst verdict; empty where there was neither.

    >>> _trouble(Past(hostname=None))
    ''
    """
    kills_count = sum(kill.count for kill in past.kills)
    told = [f"{kills_count} OOM kill{'' if kills_count == 1 else 's'}"] if kills_count else []
    worst = max(
        (Severity[one.status] for one in past.verdicts if one.status in Severity.__members__),
        default=Severity.OK,
    )
    if worst > Severity.INFO:
        told.append(f"a verdict of {worst.name}")
    return ", ".join(told)


def _facts(report: Report, past: Past) -> Iterator[str]:
    host = report.host
    yield f"Linux {host.kernel_release}" if host.kernel_release else "kernel unknown"
    yield f"{_kib(host.mem_total_kib)} of memory"
    yield "no swap" if host.swap_total_kib == 0 else f"{_kib(host.swap_total_kib)} of swap"
    yield f"written {report.time_utc} by vmadvisor {report.tool_version}"
    if len(past.points) > 1:
        first, last = past.points[0].time_utc_s, past.points[-1].time_utc_s
        told = "".join(f", {n:,} of {name}" for name, n in foreign_counts(past.points).items())
        zone = ", UTC as all times here" if is_dated(first) else ""
        yield f"{len(past.points):,} readings from {when(first)} to {when(last)}{zone}{told}"


def _kib(size_kib: int | None) -> str:
    return q.size(None if size_kib is None else size_kib * KIB_BYTES)


def _now(report: Report) -> Iterator[Block]:
    yield Figures(items=tuple(_figures(report)))
    if report.relief is not None:
        yield relief_claim(report.relief)
    for finding in report.loud[1:]:
        yield f"{finding.severity.name}: {finding.title}"


def _figures(report: Report) -> Iterator[Figure]:
    now, room, stall = report.availability, report.headroom, report.stall
    if now is not None:
        page = now.page_size_bytes
        share = now.available_pages / now.mem_total_pages if now.mem_total_pages else None
        yield Figure(
            name="Available",
            value=q.pages(now.available_pages, page),
            note=f"{q.ratio(share)} of memory",
        )
    if room is not None:
        page_bytes = report.host.page_size_bytes
        slack = sum(node.slack_pages for node in room.nodes)
        gap = sum(node.gap_pages for node in room.nodes)
        yield Figure(
            name="Until kswapd wakes",
            value=q.pages(slack, page_bytes),
            note=f"then {q.pages(gap, page_bytes)} to the first stall",
        )
    if now is not None:
        total = now.swap_total_pages
        yield Figure(
            name="Swap free",
            value=q.pages(now.swap_free_pages, now.page_size_bytes) if total else "none",
            note=f"of {q.pages(total, now.page_size_bytes)}" if total else "no swap is set up",
        )
    if stall is not None:
        yield Figure(
            name="All tasks stalled",
            value=q.ratio(stall.memory_full_ratio),
            note=f"of the last {q.duration(stall.interval_s)}",
        )
    yield from foreseen_figure(report)


def _course(report: Report, past: Past, charts: PastCharts, style: Style) -> Iterator[Block]:
    broken = charts.gaps()
    if broken is not None:
        yield broken
    yield charts.memory()
    for key in ("stalls", "psi", "refaults"):
        yield charts.rates(key)
    yield from _grids(tables.activity(report), "Reclaim now")
    yield from charts.nodes()
    yield from _grids(tables.zones(report, style), "Zones now")
    yield processes(report)
    for grid in tables.consumers(report):
        yield Titled(title=next(filter(_WHO.__contains__, grid.columns)).capitalize(), grid=grid)
    yield from _grids(tables.victims(report), "Who is next for the OOM killer")
    found = change_effects(past)
    if found:
        yield effects(found)
        yield from effect_tables(found)


def _merged(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Charts that are missing for one reason are named in one place, the first."""
    told = list(blocks)
    titles: dict[str, list[str]] = {}
    for block in told:
        if isinstance(block, NoChart):
            titles.setdefault(block.reason, []).append(block.title)
    found: list[Block] = []
    for block in told:
        if not isinstance(block, NoChart):
            found.append(block)
        elif block.reason in titles:
            found.append(replace(block, title="; ".join(titles.pop(block.reason))))
    return tuple(found)


def _grids(parts: Iterator[Grid | str] | Iterator[Grid], title: str) -> Iterator[Block]:
    for part in parts:
        yield Titled(title=title, grid=part) if isinstance(part, Grid) else part


def _advice(report: Report, past: Past) -> Iterator[Block]:
    found = claims(report)
    if report.relief is None and not any(claim.commands for claim in found):
        if report.loud:
            yield _UNHELPED
        else:
            yield _NOT_NOW if _trouble(past) else _NOTHING
    yield from found


def _gaps(report: Report) -> Iterator[Block]:
    parts = list(tables.gaps(report))
    if not parts:
        yield "Nothing: every file that this report rests on was read."
    yield from parts
