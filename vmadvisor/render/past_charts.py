"""The pictures of a past: which there are, what is in them, and why one is missing."""

from collections.abc import Sequence
from itertools import pairwise

from vmadvisor.advise.report import Report
from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import NodePoint, Past, Point, gauge_series, rates_between
from vmadvisor.render.chart import (
    BYTES,
    RATIO,
    Chart,
    Fan,
    Line,
    Moment,
    NoChart,
    Panel,
    Points,
    TimeChart,
)
from vmadvisor.render.chart_words import when
from vmadvisor.render.fans import ahead_s, fans
from vmadvisor.render.forecast_text import EVENTS, seconds
from vmadvisor.render.page_changes import POINTS_MIN_COUNT
from vmadvisor.render.past_lines import MEMORY, RATE_PANELS, USE, Wanted, kept_whole
from vmadvisor.render.series import Steps, thinned

LINE_MAX_COUNT = 720
"""Points of a line that are drawn: about one for each step of what a screen shows of it."""

FAN_NOTE = (
    "at the right the forecast, in its own scale: when free memory meets the low mark and kswapd wakes, and "
    "when all is used up, swap included; shaded from its 10th to its 90th per cent, the dot is its middle"
)

STACK_MAX_COUNT = 300
NODES_MAX_COUNT = 8
NEAR_MARKS_RATIO = 5.0
"""Where a node's axis ends, in high marks: near the marks is where it is decided."""


def _boots(points: Sequence[Point]) -> frozenset[float]:
    """The first moment of every boot but the first."""
    return frozenset(
        after.time_utc_s for before, after in pairwise(points) if before.boot_id != after.boot_id
    )


class PastCharts:
    """The charts of one past, beside the newest report."""

    def __init__(self, report: Report, past: Past) -> None:
        self._report = report
        self._past = past
        self._times_s = [point.time_utc_s for point in past.points]
        self._starts_s = _boots(past.points)
        self._steps = Steps(self._times_s, self._starts_s)
        self._rates = [
            (after.time_utc_s, rates_between(before, after))
            for before, after in pairwise(past.points)
        ]
        kills = [Moment(time_s=kill.time_utc_s, kind="kill") for kill in past.kills]
        changed = [Moment(time_s=one.time_utc_s, kind="change") for one in past.changes]
        self._moments = tuple(sorted({*kills, *changed}, key=lambda m: (m.time_s, m.kind)))

    def memory(self) -> Chart:
        """Available and free memory against the marks, and what the forecast spans from now on."""
        panels = [self._panel("memory", BYTES, MEMORY, gauges=True)]
        fan = fans(self._report)
        title = "Available memory against the marks"
        return self._chart("memory", title, panels, fan=fan, notes=(FAN_NOTE,) if fan else ())

    def use(self) -> Chart:
        """What memory was used for."""
        kept = kept_whole(self._past.points, STACK_MAX_COUNT)
        steps = Steps([point.time_utc_s for point in kept], self._starts_s)
        lines = []
        for name, label, role in USE:
            points = gauge_series(kept, name)
            if len(points) >= POINTS_MIN_COUNT and len(points) == len(kept):
                lines.append(Line(name=label, role=role, points=steps.broken(points)))
        panel = Panel(title="memory", unit=BYTES, lines=tuple(lines), is_stacked=True)
        return self._chart("use", "What memory was used for", [panel if lines else None])

    def swap(self) -> Panel | None:
        """Swap in use, where there is any to use."""
        used = [
            (p.time_utc_s, p.gauges["swap_total_bytes"] - p.gauges["swap_free_bytes"])
            for p in self._past.points
            if p.gauges.get("swap_total_bytes") and "swap_free_bytes" in p.gauges
        ]
        return self._of(used, "swap in use", "other", "swap used", BYTES)

    def rates(self, key: str) -> Chart:
        """One of ``stalls``, ``psi``, ``refaults``."""
        title, wanted = RATE_PANELS[key]
        panels = [self._panel(name, unit, lines, gauges=False) for name, unit, lines in wanted]
        if key == "refaults":
            panels.append(self.swap())
        return self._chart(key, title, panels)

    def nodes(self) -> list[Chart]:
        """Each node's free memory against its own marks; many nodes: those with least room above low."""
        seen = [{node.node_id: node for node in point.nodes} for point in self._past.points]
        ids = sorted({node_id for nodes in seen for node_id in nodes})
        if not ids:
            return [self._chart("node", "Free memory of each node against its marks", [])]
        last = {
            node_id: next(n[node_id] for n in reversed(seen) if node_id in n) for node_id in ids
        }
        shown = sorted(sorted(ids, key=lambda i: _room(last[i]))[:NODES_MAX_COUNT])
        left_out = len(ids) - len(shown)
        notes = [
            f"the axis ends at {NEAR_MARKS_RATIO:g} times the high mark: above that there is plenty"
        ]
        if left_out:
            notes.append(f"{left_out} more nodes have more room: not drawn")
        panels = [self._node(node_id, seen) for node_id in shown]
        return [
            self._chart("node", "Free memory of each node against its marks", panels, notes=notes)
        ]

    def said(self) -> Chart:
        """What was said of the nearest horizon, over time."""
        known = [one for one in self._past.said if one.scope == HOST]
        if not known:
            return NoChart(key="said", title="What was forecast", reason="no forecast was kept")
        nearest_s = min(one.horizon_s for one in known)
        roles = {"oom_global": "full", "memory_stall": "direct", "direct_reclaim": "other"}
        lines = []
        for event, role in roles.items():
            told = sorted(
                {
                    o.time_utc_s: o.probability_ratio
                    for o in known
                    if o.event == event and o.horizon_s == nearest_s
                }.items()
            )
            if len(told) >= POINTS_MIN_COUNT:
                steps = Steps([time_s for time_s, _ in told], self._starts_s)
                points = thinned(steps.broken(told), LINE_MAX_COUNT)
                lines.append(Line(name=EVENTS[event], role=role, points=points))
        panel = Panel(title="said", unit=RATIO, lines=tuple(lines)) if lines else None
        title = f"What was forecast for the next {seconds(nearest_s)}, as it was said"
        return self._chart("said", title, [panel])

    def _node(self, node_id: int, seen: Sequence[dict[int, NodePoint]]) -> Panel | None:
        times = zip(self._times_s, seen, strict=True)
        known = [(time_s, nodes[node_id]) for time_s, nodes in times if node_id in nodes]
        many = LINE_MAX_COUNT // (2 if len(seen[-1]) > 2 else 1)  # noqa: PLR2004
        columns = (
            ("free", "free", [(t, float(n.free_bytes)) for t, n in known]),
            ("high mark", "high", [(t, float(n.high_bytes)) for t, n in known]),
            ("low mark", "low", [(t, float(n.low_bytes)) for t, n in known]),
            ("min mark", "min", [(t, float(n.min_bytes)) for t, n in known]),
        )
        lines = [
            Line(name=name, role=role, points=self._drawn(points, many))
            for name, role, points in columns
            if len(points) >= POINTS_MIN_COUNT
        ]
        highest = max((float(node.high_bytes) for _, node in known), default=0.0)
        return (
            Panel(
                title=f"node {node_id}",
                unit=BYTES,
                lines=tuple(lines),
                top=highest * NEAR_MARKS_RATIO,
            )
            if lines
            else None
        )

    def _panel(self, title: str, unit: str, wanted: Wanted, *, gauges: bool) -> Panel | None:
        lines = []
        for name, label, role in wanted:
            if gauges:
                points = gauge_series(self._past.points, name)
            else:
                points = [(time_s, rates[name]) for time_s, rates in self._rates if name in rates]
            if len(points) >= POINTS_MIN_COUNT:
                lines.append(Line(name=label, role=role, points=self._drawn(points)))
        if not lines:
            return None
        return Panel(title=title, unit=unit, lines=tuple(lines))

    def _of(
        self, points: list[tuple[float, float]], name: str, role: str, title: str, unit: str
    ) -> Panel | None:
        if len(points) < POINTS_MIN_COUNT:
            return None
        line = Line(name=name, role=role, points=self._drawn(points))
        return Panel(title=title, unit=unit, lines=(line,))

    def _drawn(self, points: list[tuple[float, float]], many: int = LINE_MAX_COUNT) -> Points:
        return thinned(self._steps.broken(points), many)

    def _chart(
        self,
        key: str,
        title: str,
        panels: Sequence[Panel | None],
        *,
        fan: tuple[Fan, ...] = (),
        notes: Sequence[str] = (),
    ) -> Chart:
        told = [panel for panel in panels if panel is not None]
        if not told:
            return NoChart(key=key, title=title, reason=self._why_not())
        loud = [panel for panel in told if _most(panel) > 0]
        if not loud:
            names = ", ".join(line.name for panel in told for line in panel.lines)
            count = max(_known_count(line) for panel in told for line in panel.lines)
            return NoChart(key=key, title=title, reason=f"0 in all {count:,} readings: {names}")
        notes = list(notes)
        for panel in told:
            if panel not in loud:
                names = ", ".join(line.name for line in panel.lines)
                notes.append(f"0 all the time, not drawn: {names}")
        return TimeChart(
            key=key,
            title=title,
            first_s=self._times_s[0],
            last_s=self._times_s[-1],
            panels=tuple(loud),
            moments=self._moments,
            notes=tuple(notes),
            fans=fan,
            ahead_s=ahead_s(fan),
        )

    def gaps(self) -> str | None:
        """Where nothing was read, in a sentence."""
        holes = self._steps.gaps_count()
        if not holes:
            return None
        return f"Lines are broken where nothing was read for long, at {holes:,} place{'s' * (holes > 1)}."

    def _why_not(self) -> str:
        count = len(self._past.points)
        if count < POINTS_MIN_COUNT:
            return f"{count or 'no'} reading{'' if count == 1 else 's'} in the period: a line takes {POINTS_MIN_COUNT}"
        first, last = when(self._times_s[0]), when(self._times_s[-1])
        return f"not known at {POINTS_MIN_COUNT} or more of the {count:,} readings from {first} to {last}"


def _room(node: NodePoint) -> int:
    return node.free_bytes - node.low_bytes


def _most(panel: Panel) -> float:
    return max((v for line in panel.lines for _, v in line.points if v is not None), default=0.0)


def _known_count(line: Line) -> int:
    return sum(value is not None for _, value in line.points)
