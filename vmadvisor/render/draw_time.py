"""Lines over time by matplotlib: panels above one another, what happened as upright lines, the fan ahead."""

from importlib import import_module
from typing import Any

from vmadvisor.render.chart import Fan, Moment, Panel, TimeChart
from vmadvisor.render.chart_words import is_dated
from vmadvisor.render.draw_scale import dress, scale
from vmadvisor.render.ink import LIGHT, STROKES

WIDTH_IN = 7.4
_FIRST_IN, _NEXT_IN = 2.5, 1.7
_DAY_S, _MINUTE_S = 86_400.0, 60.0
_MINUTES_FROM_S = 1_200.0
_MARKS_MAX_COUNT = 60
_MARKS = {"kill": ("OOM kill", "red", "-"), "change": ("setting changed", "purple", (0, (1, 2)))}
_AHEAD_SHARE = 0.26

Any_ = Any  # matplotlib has no complete types


def over_time(figure: Any_, chart: TimeChart) -> None:
    """Draws the chart into the figure."""
    count = len(chart.panels)
    figure.set_size_inches(WIDTH_IN, _FIRST_IN + _NEXT_IN * (count - 1))
    shares = [1.0, _AHEAD_SHARE] if chart.fans else [1.0]
    axes = figure.subplots(
        count, len(shares), squeeze=False, sharex="col", sharey="row",
        gridspec_kw={"width_ratios": shares, "wspace": 0.02},
    )  # fmt: skip
    times_s = [t for p in chart.panels for line in p.lines for t, _ in line.points]
    clock = _Clock(min(times_s), max(times_s))
    for index, panel in enumerate(chart.panels):
        moments = chart.moments if index == 0 else ()
        _panel(axes[index][0], panel, clock)
        _moments(axes[index][0], chart.moments, clock)
        _legend(axes[index][0], panel, moments)
        for beside in axes[index][1:]:
            beside.axis("off")
    clock.dress(axes[-1][0])
    if chart.fans:
        _ahead(axes[0][1], chart)


class _Clock:
    """The time axis: dates, or seconds or minutes since the beginning."""

    def __init__(self, first_s: float, last_s: float) -> None:
        self.first_s, self.last_s = first_s, last_s
        self._is_dated = is_dated(first_s)
        is_long = last_s - first_s >= _MINUTES_FROM_S
        self._unit_s, self._name = (_MINUTE_S, "minutes") if is_long else (1.0, "seconds")
        if self._is_dated:
            self._unit_s = _DAY_S

    def at(self, time_s: float) -> float:
        return time_s / self._unit_s

    def dress(self, axis: Any_) -> None:
        axis.set_xlim(self.at(self.first_s), self.at(self.last_s))
        if not self._is_dated:
            axis.set_xlabel(f"{self._name} since the recording's start")
            return
        dates = import_module("matplotlib.dates")
        locator = dates.AutoDateLocator(minticks=4, maxticks=8, tz="UTC")
        axis.xaxis.set_major_locator(locator)
        axis.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz="UTC"))
        axis.set_xlabel("UTC", loc="right")


def _panel(axis: Any_, panel: Panel, clock: _Clock) -> None:
    known = [v for line in panel.lines for _, v in line.points if v is not None]
    most = max(known, default=0.0)
    if panel.is_stacked:
        most = _stack(axis, panel, clock, most)
    else:
        unit, _ = scale(panel.unit, most)
        for line in panel.lines:
            colour, dashes, width = STROKES[line.role]
            axis.plot(
                [clock.at(time_s) for time_s, _ in line.points],
                [float("nan") if value is None else value / unit for _, value in line.points],
                label=line.name, color=LIGHT[colour], linestyle=dashes, linewidth=width,
                solid_joinstyle="round",
            )  # fmt: skip
    axis.set_ylim(bottom=0, top=None if most > 0 else 1)
    axis.set_ylabel(f"{panel.title}, {scale(panel.unit, most)[1]}")
    dress(axis.yaxis)


def _stack(axis: Any_, panel: Panel, clock: _Clock, most: float) -> float:
    """Areas one on another; where one is not known none is drawn. Returns the highest sum."""
    columns = [dict(line.points) for line in panel.lines]
    times_s = [time_s for time_s, _ in panel.lines[0].points]
    rows = [[column.get(time_s) for column in columns] for time_s in times_s]
    sums = [sum(v for v in row if v is not None) for row in rows if None not in row]
    most = max([most, *sums])
    unit, _ = scale(panel.unit, most)
    at = [clock.at(time_s) for time_s in times_s]
    below = [0.0 if None not in row else float("nan") for row in rows]
    for index, line in enumerate(panel.lines):
        above = [b + (row[index] or 0.0) / unit for b, row in zip(below, rows, strict=True)]
        colour = LIGHT[STROKES[line.role][0]]
        axis.fill_between(
            at, below, above, label=line.name, facecolor=colour, alpha=0.55, linewidth=0
        )
        axis.plot(at, above, color=colour, linewidth=0.8)
        below = above
    return most


def _moments(axis: Any_, moments: tuple[Moment, ...], clock: _Clock) -> None:
    shown = [m for m in moments if clock.first_s <= m.time_s <= clock.last_s]
    for moment in shown[-_MARKS_MAX_COUNT:]:
        _, colour, dashes = _MARKS[moment.kind]
        axis.axvline(clock.at(moment.time_s), color=LIGHT[colour], linestyle=dashes, linewidth=1.0)


def _legend(axis: Any_, panel: Panel, moments: tuple[Moment, ...]) -> None:
    lines = import_module("matplotlib.lines")
    handles, names = axis.get_legend_handles_labels()
    for kind in dict.fromkeys(moment.kind for moment in moments):
        name, colour, dashes = _MARKS[kind]
        handles.append(lines.Line2D([], [], color=LIGHT[colour], linestyle=dashes, linewidth=1.0))
        names.append(name)
    if len(panel.lines) > 1 or moments:
        axis.legend(handles, names, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(names))


def _ahead(axis: Any_, chart: TimeChart) -> None:
    """What the forecast's quantiles span, from now on; beside the past, in a time scale of its own."""
    axis.axis("on")
    known = [v for line in chart.panels[0].lines for _, v in line.points if v is not None]
    unit, _ = scale(chart.panels[0].unit, max(known, default=0.0))
    for fan in chart.fans:
        _fan(axis, fan, unit, chart.ahead_s)
    axis.set_xlim(0, chart.ahead_s)
    axis.set_xlabel("s from now")
    axis.tick_params(axis="y", length=0, labelleft=False)
    axis.set_title("forecast", loc="left", fontsize=8.5, color=LIGHT["soft"])
    dress(axis.xaxis)


def _fan(axis: Any_, fan: Fan, unit: float, ahead_s: float) -> None:
    colour = LIGHT[STROKES[fan.role][0]]
    start, level = fan.start / unit, fan.level / unit
    if fan.p10_s is not None:
        far_s = ahead_s * 100
        end = (far_s, start) if fan.p90_s is None else (fan.p90_s, level)
        reach = level if fan.p90_s is not None else start
        axis.fill(
            [0, fan.p10_s, end[0], end[0]], [start, level, level, reach], color=colour, alpha=0.18, linewidth=0
        )  # fmt: skip
    if fan.p50_s is not None:
        axis.plot([0, fan.p50_s], [start, level], color=colour, linewidth=1.4)
        if fan.p50_s <= ahead_s:
            axis.plot([fan.p50_s], [level], "o", color=colour, markersize=4, clip_on=False)
