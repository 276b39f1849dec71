"""How long until the low mark, the last easy page, the OOM killer: stocks over the rates at which they go.

Mechanics, not statistics: the stock divided by its loss per second, the loss by least squares over several
windows. The quantiles are those of the loss: its spread between windows and its own standard error.
"""

from collections.abc import Callable, Sequence

from vmadvisor.model.forecast import Quantiles
from vmadvisor.model.signals import DEMAND_WINDOWS_S, gone_pages_per_s
from vmadvisor.model.stock import Stock
from vmadvisor.model.track import Track

_TENTH = 1.2816  # of a normal distribution: a tenth lies beyond
FORESEEN_S = 60.0
"""Longer than a minute ahead no recording has shown that straight lines hold."""

_STOCKS: tuple[tuple[str, Callable[[Stock], int]], ...] = (
    ("low mark", lambda stock: stock.slack_pages),
    ("first stall", lambda stock: stock.easy_pages),
    ("oom", lambda stock: stock.stock_pages),
)
"""Slack above the low marks; what goes before anything must be swapped or is fought for; everything."""


def _error_pages_per_s(stocks: Sequence[Stock], size: Callable[[Stock], int], loss: float) -> float:
    """Standard error of the loss, from how far the stock strays from its line."""
    n = len(stocks)
    if n < 3:  # noqa: PLR2004 - two points lie on every line
        return abs(loss)
    times = [stock.time_s for stock in stocks]
    mean_t = sum(times) / n
    mean_x = sum(size(stock) for stock in stocks) / n
    square = sum((t - mean_t) ** 2 for t in times)
    strayed = sum(
        (size(stock) - mean_x + loss * (t - mean_t)) ** 2
        for stock, t in zip(stocks, times, strict=True)
    )
    return float((strayed / (n - 2) / square) ** 0.5) if square else abs(loss)


def quantiles_s(
    left_pages: float, loss_pages_per_s: float, deviation_pages_per_s: float
) -> tuple[float | None, float | None, float | None]:
    """When what is left is gone: a tenth, half, nine tenths of the times; ``None`` stands for never.

    >>> [round(x, 1) for x in quantiles_s(100, 10.0, 0.0)], quantiles_s(100, -1.0, 0.0)
    ([10.0, 10.0, 10.0], (None, None, None))
    """
    width = _TENTH * deviation_pages_per_s
    fast, middle, slow = (
        left_pages / loss if loss > 0 else None
        for loss in (loss_pages_per_s + width, loss_pages_per_s, loss_pages_per_s - width)
    )
    return fast, middle, slow


def _quantiles(track: Track, what: str, size: Callable[[Stock], int]) -> Quantiles:
    losses, errors = [], []
    for window_s in DEMAND_WINDOWS_S:
        stocks = track.stocks_since(window_s)
        losses.append(gone_pages_per_s(stocks, size))
        errors.append(_error_pages_per_s(stocks, size, losses[-1]))
    mean = sum(losses) / len(losses)
    between = sum((loss - mean) ** 2 for loss in losses) / (len(losses) - 1)
    deviation = (between + min(errors) ** 2) ** 0.5
    p10, p50, p90 = quantiles_s(size(track.stocks_since(0.0)[-1]), mean, deviation)
    beyond = [seconds is not None and seconds > FORESEEN_S for seconds in (p10, p50, p90)]
    return Quantiles(
        what=what,
        p10_s=p10,
        p50_s=p50,
        p90_s=p90,
        is_extrapolated=any(beyond) or track.span_s < DEMAND_WINDOWS_S[1],
    )


def times(track: Track) -> tuple[Quantiles, ...]:
    """Quantiles by what runs out, in the order in which it does."""
    return tuple(_quantiles(track, what, size) for what, size in _STOCKS)
