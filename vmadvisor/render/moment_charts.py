"""The pictures of one moment: probabilities, who holds memory and who dies first, figures around a change."""

from collections.abc import Sequence

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.report import Report
from vmadvisor.model.change_effect import ChangeEffect
from vmadvisor.model.events import DIRECT_RECLAIM, MEMORY_STALL, OOM_GLOBAL
from vmadvisor.render.chart import (
    BYTES,
    Bar,
    BarChart,
    BarGroup,
    Chart,
    NoChart,
    Pair,
    PairChart,
    Span,
    SpanChart,
)
from vmadvisor.render.escape import terminal
from vmadvisor.render.forecast_text import EVENTS, seconds
from vmadvisor.render.page_changes import COMPARED, ROWS_MAX_COUNT, changed

PROCESSES_COUNT = 8
NAME_COLUMNS = 18
_CHANCE_ROLES = {OOM_GLOBAL: "full", MEMORY_STALL: "direct", DIRECT_RECLAIM: "other"}


def chances(report: Report) -> Chart:
    """Probabilities by event and horizon, with their intervals."""
    title = "How likely, and how sure"
    told = report.outlook
    if told is None or told.refusal is not None:
        reason = "no forecast" if told is None else f"no forecast: {told.refusal}"
        return NoChart(key="chances", title=title, reason=reason)
    spans = [
        Span(
            name=f"{EVENTS[one.event]}, {seconds(one.horizon_s)}",
            value=one.probability_ratio,
            low=one.low_ratio or 0.0,
            high=1.0 if one.high_ratio is None else one.high_ratio,
            role=_CHANCE_ROLES[one.event],
        )
        for event in _CHANCE_ROLES
        for one in told.forecasts
        if one.event == event and one.scope == HOST and one.probability_ratio is not None
    ]
    if not spans:
        return NoChart(key="chances", title=title, reason="recordings back no probability here")
    return SpanChart(key="chances", title=title, spans=tuple(spans))


def processes(report: Report) -> Chart:
    """The largest processes, and beside them the OOM killer's order."""
    page = report.host.page_size_bytes
    groups = [] if page is None else [*_largest(report, page), *_order(report, page)]
    title = "Largest processes, and who dies first"
    if not groups:
        return NoChart(key="processes", title=title, reason="no process could be read")
    return BarChart(key="processes", title=title, groups=tuple(groups))


def _largest(report: Report, page: int) -> list[BarGroup]:
    if report.consumers is None or not report.consumers.largest:
        return []
    bars = tuple(
        Bar(
            name=_name(one.comm, one.pid_id),
            parts=(
                ("kswapd", float(one.rss_pages * page)),
                ("direct", float((one.swap_pages or 0) * page)),
            ),
        )
        for one in report.consumers.largest[:PROCESSES_COUNT]
    )
    legend = (("kswapd", "resident"), ("direct", "swapped out"))
    return [BarGroup(title="largest", unit=BYTES, bars=bars, legend=legend)]


def _order(report: Report, page: int) -> list[BarGroup]:
    order = report.victims.by_scope.get(HOST, ()) if report.victims is not None else ()
    alive = [victim for victim in order if victim.killable][:PROCESSES_COUNT]
    if not alive:
        return []
    bars = tuple(
        Bar(
            name=_name(one.comm, one.pid_id),
            parts=(("full", float(max(0, one.points_pages) * page)),),
        )
        for one in alive
    )
    return [BarGroup(title="points of the OOM killer's, as memory", unit=BYTES, bars=bars)]


def _name(comm: str, pid_id: int) -> str:
    shown = terminal(comm)
    if len(shown) > NAME_COLUMNS:
        shown = shown[: NAME_COLUMNS - 1] + "…"
    return f"{shown} {pid_id}"


def effects(told: Sequence[ChangeEffect]) -> Chart:
    """Figures before and after settings changed."""
    found = told[-ROWS_MAX_COUNT:]
    pairs = []
    for name, (title, unit) in COMPARED.items():
        values = tuple(
            (changed(effect), one.before, one.after)
            for effect in found
            for one in effect.compared
            if one.name == name
        )
        if any(before or after for _, before, after in values):
            pairs.append(Pair(title=title, unit=unit, values=values))
    title = "Before and after settings changed"
    if not pairs:
        return NoChart(
            key="effects",
            title=title,
            reason="no figure is known, and above 0, on both sides of a change",
        )
    notes = ("means over equal windows; the load may have changed too: a comparison, no proof",)
    return PairChart(key="effects", title=title, pairs=tuple(pairs), notes=notes)
