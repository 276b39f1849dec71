"""Charts drawn by matplotlib (the extra ``plots``, loaded only here): SVG to stand in a page, PNG for mail.

Texts are texts, so that a page's reader can search and a screen reader read them; colours are those of
``ink``. The same chart gives the same bytes: no date, no random identifiers.
"""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from vmadvisor.render.chart import BarChart, Drawn, PairChart, SpanChart, TimeChart
from vmadvisor.render.draw_parts import bars, pairs, spans
from vmadvisor.render.draw_time import over_time
from vmadvisor.render.ink import LIGHT

MISSING = "matplotlib is missing: install vmadvisor[plots] for the plots"
_DPI = 144
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "vmadvisor",
    "text.parse_math": False,  # a process may call itself $x$
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": 8.5,
    "axes.edgecolor": LIGHT["rule"],
    "axes.labelcolor": LIGHT["soft"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LIGHT["rule"],
    "grid.linewidth": 0.6,
    "text.color": LIGHT["ink"],
    "xtick.color": LIGHT["rule"],
    "ytick.color": LIGHT["rule"],
    "xtick.labelcolor": LIGHT["soft"],
    "ytick.labelcolor": LIGHT["soft"],
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 1.8,
    "legend.borderaxespad": 0.2,
    "legend.columnspacing": 1.4,
    "path.simplify": True,
}


@cache
def why_not() -> str | None:
    """Why nothing can be drawn here; ``None`` where it can."""
    # It speaks of caches on its logger, which by default ends on standard error.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import_module("matplotlib.figure")
    except ImportError:
        return MISSING
    return None


def svg(chart: Drawn) -> str:
    """The picture as matplotlib writes it; ``svg_inline`` fits it into a page."""
    with _drawn(chart) as figure:
        stream = io.StringIO()
        figure.savefig(
            stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
        return stream.getvalue()


def png(chart: Drawn) -> bytes:
    """The picture on a light page, twice as fine as a screen."""
    with _drawn(chart) as figure:
        stream = io.BytesIO()
        figure.savefig(
            stream, format="png", dpi=_DPI, facecolor=LIGHT["page"], metadata={"Software": None}
        )
        return stream.getvalue()


@contextmanager
def _drawn(chart: Drawn) -> Iterator[Any]:  # matplotlib has no complete types
    matplotlib, figures = import_module("matplotlib"), import_module("matplotlib.figure")
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name's letter that the font lacks
        figure = figures.Figure()
        if isinstance(chart, TimeChart):
            over_time(figure, chart)
        elif isinstance(chart, SpanChart):
            spans(figure, chart)
        elif isinstance(chart, BarChart):
            bars(figure, chart)
        elif isinstance(chart, PairChart):
            pairs(figure, chart)
        yield figure
