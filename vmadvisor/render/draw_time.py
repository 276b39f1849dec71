"""Lines over time by matplotlib: panels above one another, what happened as upright lines, the fan ahead."""

from importlib import import_module
from typing import Any

from vmadvisor.render.chart import Fan, Moment, Panel, TimeChart
from vmadvisor.render.chart_words import is_dated, when
from vmadvisor.render.draw_scale import dress, scale
from vmadvisor.render.ink import LIGHT, STROKES

WIDTH_IN = 7.4
_LEFT_IN, _RIGHT_IN, _BELOW_IN = 0.66, 0.14, 0.5
_FIRST_IN, _NEXT_IN, _BETWEEN_IN = 1.9, 1.15, 0.12
_LEGEND_IN = 0.24
_AHEAD_IN, _BESIDE_IN = 1.5, 0.14
_SCALE_IN = 0.3
_LEGEND_COLUMNS, _HANDLE_COLUMNS = 108, 7
"""Letters that fit beside one another, and what a stroke and the room around it take of them."""

_DAY_S, _MINUTE_S = 86_400.0, 60.0
_MINUTES_FROM_S = 1_200.0
_MARKS_MAX_COUNT = 60
_MARKS = {
    "kill": ("OOM kill", "ink", "-", "v"),
    "change": ("setting changed", "purple", (0, (1, 2)), ""),
}

Any_ = Any  # matplotlib has no complete types


def over_time(figure: Any_, chart: TimeChart) -> None:
    """Draws the chart into the figure; the left edges of all charts fall on one line."""
    legends = [
        _names(panel, chart.moments if i == 0 else ()) for i, panel in enumerate(chart.panels)
    ]
    heights_in = [_FIRST_IN if i == 0 else _NEXT_IN for i in range(len(chart.panels))]
    above_in = [_LEGEND_IN * _rows_count(names) for names in legends]
    total_in = sum(heights_in) + sum(above_in) + _BELOW_IN + _BETWEEN_IN * (len(heights_in) - 1)
    figure.set_size_inches(WIDTH_IN, total_in)
    ahead_in = _AHEAD_IN + _BESIDE_IN + _SCALE_IN if chart.fans else 0.0
    width_in = WIDTH_IN - _LEFT_IN - _RIGHT_IN - ahead_in
    clock = _Clock(chart.first_s, chart.last_s)
    top_in = total_in
    for index, panel in enumerate(chart.panels):
        top_in -= above_in[index] + heights_in[index] + (_BETWEEN_IN if index else 0.0)
        place = (
            _LEFT_IN / WIDTH_IN,
            top_in / total_in,
            width_in / WIDTH_IN,
            heights_in[index] / total_in,
        )
        axis = figure.add_axes(place)
        _panel(axis, panel, clock)
        axis.yaxis.set_label_coords(-0.54 / width_in, 0.5)
        _moments(axis, chart.moments, clock)
        _legend(axis, chart.moments if index == 0 else ())
        clock.dress(axis, is_last=index == len(chart.panels) - 1)
        if index == 0 and chart.fans:
            left = (_LEFT_IN + width_in + _BESIDE_IN) / WIDTH_IN
            beside = figure.add_axes((left, place[1], _AHEAD_IN / WIDTH_IN, place[3]))
            _ahead(beside, chart)


def _names(panel: Panel, moments: tuple[Moment, ...]) -> list[str]:
    """What the legend holds; a line alone is named by its axis."""
    names = [line.name for line in panel.lines]
    names += [_MARKS[kind][0] for kind in dict.fromkeys(moment.kind for moment in moments)]
    return names


def _rows_count(names: list[str]) -> int:
    """Rows that the legend takes."""
    return -(-sum(len(name) + _HANDLE_COLUMNS for name in names) // _LEGEND_COLUMNS)


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

    def dress(self, axis: Any_, *, is_last: bool) -> None:
        axis.set_xlim(self.at(self.first_s), self.at(self.last_s))
        if not is_last:
            axis.tick_params(axis="x", labelbottom=False, length=0)
        if not self._is_dated:
            if not is_last:
                return
            axis.set_xlabel(f"{self._name} since the recording's start")
            return
        dates = import_module("matplotlib.dates")
        locator = dates.AutoDateLocator(minticks=4, maxticks=8, tz="UTC")
        axis.xaxis.set_major_locator(locator)
        axis.xaxis.set_major_formatter(
            dates.ConciseDateFormatter(locator, tz="UTC", show_offset=False)
        )
        if is_last:
            axis.set_xlabel(f"{when(self.first_s)} to {when(self.last_s)}, UTC")


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
    top = scale(panel.unit, most)[0]
    axis.set_ylim(
        0, (most * 1.06 if panel.top is None else min(panel.top, most * 1.06)) / top or 1.0
    )
    axis.set_ylabel(f"{panel.title}, {scale(panel.unit, most)[1]}")
    dress(axis.yaxis)


def _stack(axis: Any_, panel: Panel, clock: _Clock, most: float) -> float:
    """Areas one on another; where one is not known none is drawn. Returns the highest sum."""
    times_s = [time_s for time_s, _ in panel.lines[0].points]
    rows = list(zip(*([value for _, value in line.points] for line in panel.lines), strict=True))
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
        _, colour, dashes, tip = _MARKS[moment.kind]
        at = clock.at(moment.time_s)
        axis.axvline(at, color=LIGHT[colour], linestyle=dashes, linewidth=0.9)
        if tip:
            axis.plot(
                [at], [1.0], tip, color=LIGHT[colour], markersize=5, clip_on=False,
                transform=axis.get_xaxis_transform(), zorder=5,
            )  # fmt: skip


def _legend(axis: Any_, moments: tuple[Moment, ...]) -> None:
    lines = import_module("matplotlib.lines")
    handles, names = axis.get_legend_handles_labels()
    for kind in dict.fromkeys(moment.kind for moment in moments):
        name, colour, dashes, tip = _MARKS[kind]
        handles.append(
            lines.Line2D(
                [],
                [],
                color=LIGHT[colour],
                linestyle=dashes,
                linewidth=0.9,
                marker=tip,
                markersize=5,
            )
        )
        names.append(name)
    columns = -(-len(names) // max(1, _rows_count(names)))
    axis.legend(handles, names, loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=columns)


def _ahead(axis: Any_, chart: TimeChart) -> None:
    """What the forecast's quantiles span, from now on; beside the past, in scales of its own."""
    most = max(fan.start for fan in chart.fans)
    unit, name = scale(chart.panels[0].unit, most)
    for fan in chart.fans:
        _fan(axis, fan, unit, chart.ahead_s)
    axis.set_xlim(0, chart.ahead_s)
    axis.set_ylim(0, most * 1.06 / unit)
    axis.set_xlabel("forecast, s from now")
    axis.yaxis.tick_right()
    axis.tick_params(axis="y", length=0)
    axis.set_title(name, loc="right", fontsize=8.5, color=LIGHT["soft"], pad=3)
    dress(axis.xaxis)
    dress(axis.yaxis)


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
