"""Pictures of one moment by matplotlib: probabilities with their intervals, bars, figures before and after."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any
from unicodedata import east_asian_width

from vmadvisor.render.chart import BarChart, BarGroup, Pair, PairChart, SpanChart
from vmadvisor.render.draw_scale import dress, scale
from vmadvisor.render.draw_time import WIDTH_IN
from vmadvisor.render.ink import LIGHT, STROKES

_ROW_IN = 0.24
_TICKS_IN = 0.3
_LETTER_IN = 0.066
_PAIRS_IN, _PAIRS_IN_ROW = 1.65, 4
_PAIR_FRAME_IN = (0.5, 0.3, 0.14, 0.32)
"""Left, below, right, above."""

_TITLE_SIZE = 8.5

Any_ = Any  # matplotlib has no complete types


def _beside(
    figure: Any_, names: Sequence[Sequence[str]], *, above_in: float, below_in: float
) -> list[Any_]:
    """Axes beside one another, each with room for its names at its left and a row for each of them."""
    height_in = above_in + below_in + _ROW_IN * max(map(len, names))
    figure.set_size_inches(WIDTH_IN, height_in)
    cell_in = WIDTH_IN / len(names)
    found = []
    for number, own in enumerate(names):
        left_in = number * cell_in + 0.15 + _LETTER_IN * max(map(_columns, own))
        width_in = (number + 1) * cell_in - left_in - 0.14
        place = (
            left_in / WIDTH_IN,
            below_in / height_in,
            width_in / WIDTH_IN,
            1 - (above_in + below_in) / height_in,
        )
        found.append(figure.add_axes(place))
    return found


def _columns(text: str) -> int:
    """Letters, wide ones counted twice."""
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in text)


def spans(figure: Any_, chart: SpanChart) -> None:
    """A dot for what is said, a line for its interval."""
    names = [span.name for span in chart.spans]
    (axis,) = _beside(figure, [names], above_in=0.08, below_in=_TICKS_IN + 0.18)
    for place, span in enumerate(chart.spans):
        colour = LIGHT[STROKES[span.role][0]]
        axis.plot(
            [span.low * 100, span.high * 100], [place, place], color=colour, linewidth=2, alpha=0.6
        )
        axis.plot([span.value * 100], [place], "o", color=colour, markersize=6)
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(axis="y", length=0, labelcolor=LIGHT["ink"])
    axis.set_xlim(0, 100)
    axis.set_ylim(len(chart.spans) - 0.5, -0.5)
    axis.set_xlabel("probability, %; the line spans 90 %")


def bars(figure: Any_, chart: BarChart) -> None:
    """Groups beside one another, longest first as they came."""
    most = max(len(group.bars) for group in chart.groups)
    names = [[bar.name for bar in group.bars] for group in chart.groups]
    axes = _beside(figure, names, above_in=0.28, below_in=_TICKS_IN)
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
    height_in, cell_in = _PAIRS_IN * rows, WIDTH_IN / _PAIRS_IN_ROW
    figure.set_size_inches(WIDTH_IN, height_in)
    left_in, below_in, right_in, above_in = _PAIR_FRAME_IN
    for number, pair in enumerate(chart.pairs):
        down, across = divmod(number, _PAIRS_IN_ROW)
        place = (
            (across * cell_in + left_in) / WIDTH_IN,
            (height_in - (down + 1) * _PAIRS_IN + below_in) / height_in,
            (cell_in - left_in - right_in) / WIDTH_IN,
            (_PAIRS_IN - below_in - above_in) / height_in,
        )
        _pair(figure.add_axes(place), pair)


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
