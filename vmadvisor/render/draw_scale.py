"""Axes in units that people read: bytes in the step that fits, shares in per cent, thousands as k."""

from importlib import import_module
from typing import Any

from vmadvisor.render.chart import BYTES, PAGES_PER_S, PER_S, RATIO

_STEPS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
_THOUSANDS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_HUNDRED = 100.0


def scale(unit: str, most: float) -> tuple[float, str]:
    """(what values are divided by, the unit's name then).

    >>> scale("bytes", 3e9), scale("ratio", 0.2), scale("per_s", 7.0)
    ((1073741824, 'GiB'), (0.01, '%'), (1.0, '/s'))
    """
    if unit == BYTES:
        return next(((step, name) for step, name in _STEPS if most >= step), _STEPS[-1])
    names = {RATIO: "%", PER_S: "/s", PAGES_PER_S: "pages/s"}
    return (1 / _HUNDRED if unit == RATIO else 1.0), names.get(unit, unit)


def tick(value: float) -> str:
    """A number at an axis.

    >>> tick(0.0), tick(12.5), tick(250000.0)
    ('0', '12.5', '250k')
    """
    for step, name in _THOUSANDS:
        if abs(value) >= step:
            return f"{value / step:g}{name}"
    return f"{value:g}"


def dress(axis: Any) -> None:  # noqa: ANN401 - matplotlib's axes
    """A value axis: few ticks, short numbers."""
    ticker = import_module("matplotlib.ticker")
    axis.set_major_locator(ticker.MaxNLocator(nbins=4, min_n_ticks=2))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _place: tick(round(value, 10))))
