"""Estimates with their 90 % intervals, as the tables of a backtest show them."""

from typing import Final

from vmadvisor.model.backtest.resampling import Estimate

UNTOLD: Final = "-"
_WIDE: Final = 10
"""From here on decimals say nothing."""


def _number(value: float, digits: int, *, is_signed: bool) -> str:
    digits = digits if abs(value) < _WIDE else 0
    value = round(value, digits) + 0.0  # never a negative zero
    return f"{value:+.{digits}f}" if is_signed else f"{value:.{digits}f}"


def point(estimate: Estimate, digits: int = 2, *, is_signed: bool = False) -> str:
    """The value alone.

    >>> point(Estimate(value=0.456, low=0.1, high=0.9)), point(Estimate(value=None, low=None, high=None))
    ('0.46', '-')
    """
    value = estimate.value
    return UNTOLD if value is None else _number(value, digits, is_signed=is_signed)


def interval(estimate: Estimate, digits: int = 2, *, is_signed: bool = False) -> str:
    """The value and its interval.

    >>> interval(Estimate(value=0.456, low=0.1, high=0.9))
    '0.46 (0.10..0.90)'
    >>> interval(Estimate(value=-0.05, low=-12.3, high=0.2), is_signed=True)
    '-0.05 (-12..+0.20)'
    """
    text = point(estimate, digits, is_signed=is_signed)
    if estimate.low is None or estimate.high is None:
        return text
    low, high = (_number(end, digits, is_signed=is_signed) for end in (estimate.low, estimate.high))
    return f"{text} ({low}..{high})"
