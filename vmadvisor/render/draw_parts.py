"""Pictures of one moment by matplotlib: probabilities with their intervals, bars, figures before and after."""

from importlib import import_module
from typing import Any

from vmadvisor.render.chart import BarChart, BarGroup, Pair, PairChart, SpanChart
from vmadvisor.render.draw_scale import dress, scale
from vmadvisor.render.draw_time import WIDTH_IN
from vmadvisor.render.ink import LIGHT, STROKES

_ROW_IN = 0.24
_FRAME_IN = 0.75
_PAIRS_IN, _PAIRS_IN_ROW = 1.7, 4
_TITLE_SIZE = 8.5

Any_ = Any  # matplotlib has no complete types


def spans(figure: Any_, chart: SpanChart) -> None:
    """A dot for what is said, a line for its interval."""
    figure.set_size_inches(WIDTH_IN, _FRAME_IN + _ROW_IN * len(chart.spans))
    axis = figure.subplots()
    for place, span in enumerate(chart.spans):
        colour = LIGHT[STROKES[span.role][0]]
        axis.plot(
            [span.low * 100, span.high * 100], [place, place], color=colour, linewidth=2, alpha=0.6
        )
        axis.plot([span.value * 100], [place], "o", color=colour, markersize=6)
    axis.set_yticks(range(len(chart.spans)), [span.name for span in chart.spans])
    axis.tick_params(axis="y", length=0, labelcolor=LIGHT["ink"])
    axis.set_xlim(0, 100)
    axis.set_ylim(len(chart.spans) - 0.5, -0.5)
    axis.set_xlabel("probability, %; the line spans 90 %")


def bars(figure: Any_, chart: BarChart) -> None:
    """Groups beside one another, longest first as they came."""
    most = max(len(group.bars) for group in chart.groups)
    figure.set_size_inches(WIDTH_IN, _FRAME_IN + 0.15 + _ROW_IN * most)
    axes = figure.subplots(1, len(chart.groups), squeeze=False)[0]
    for axis, group in zip(axes, chart.groups, strict=True):
        _bars(axis, group, most)


def _bars(axis: Any_, group: BarGroup, rows: int) -> None:
    longest = max((sum(value for _, value in bar.parts) for bar in group.bars), default=0.0)
    unit, name = scale(group.unit, longest)
    for place, bar in enumerate(group.bars):
        left = 0.0
        for role, value in bar.parts:
            axis.barh(
                [place], [value / unit], left=[left], height=0.62, color=LIGHT[STROKES[role][0]]
            )
            left += value / unit
    axis.set_yticks(range(len(group.bars)), [bar.name for bar in group.bars])
    axis.tick_params(axis="y", length=0, labelcolor=LIGHT["ink"])
    axis.grid(visible=False, axis="y")
    axis.set_ylim(rows - 0.5, -0.5)
    axis.set_xlim(left=0)
    axis.set_title(f"{group.title}, {name}", loc="left", fontsize=_TITLE_SIZE, color=LIGHT["soft"])
    if group.legend:
        patch = import_module("matplotlib.patches").Patch
        handles = [
            patch(color=LIGHT[STROKES[role][0]], label=label) for role, label in group.legend
        ]
        axis.legend(handles=handles, loc="lower right")
    dress(axis.xaxis)


def pairs(figure: Any_, chart: PairChart) -> None:
    """One small picture for each figure, a line for each change."""
    rows = -(-len(chart.pairs) // _PAIRS_IN_ROW)
    figure.set_size_inches(WIDTH_IN, _PAIRS_IN * rows)
    axes = list(figure.subplots(rows, _PAIRS_IN_ROW, squeeze=False).flat)
    for axis, pair in zip(axes, chart.pairs, strict=False):
        _pair(axis, pair)
    for axis in axes[len(chart.pairs) :]:
        axis.set_visible(False)


def _pair(axis: Any_, pair: Pair) -> None:
    most = max(value for _, before, after in pair.values for value in (before, after))
    unit, name = scale(pair.unit, most)
    for _, before, after in pair.values:
        axis.plot([0, 1], [before / unit, after / unit], color=LIGHT["blue"], linewidth=1.4)
        axis.plot([0], [before / unit], "o", color=LIGHT["grey"], markersize=5, clip_on=False)
        axis.plot([1], [after / unit], "o", color=LIGHT["blue"], markersize=5, clip_on=False)
    axis.set_xticks([0, 1], ["before", "after"])
    axis.grid(visible=False, axis="x")
    axis.set_xlim(-0.3, 1.3)
    axis.set_ylim(bottom=0, top=most / unit * 1.1 if most > 0 else 1)
    axis.set_title(f"{pair.title}, {name}", loc="left", fontsize=_TITLE_SIZE, color=LIGHT["soft"])
    dress(axis.yaxis)
