"""A block of the screen: a title and its rows; how numbers and warnings stand in it."""

from vmadvisor.records import dataclass
from vmadvisor.render import quantities as q
from vmadvisor.render.live.rows import CRITICAL, PLAIN, WARNING, Row

UNKNOWN = "-"
NEAR_S, FAR_S = 10.0, 30.0
"""The horizons that recordings back with a calibrated probability."""

SURE_RATIO = 0.75
"""As VMA-FORESEEN-001 has it: from here on a foreseen kill is critical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """``rows`` below a title row, the first ones weightiest.

    ``least_count`` of them are shown, or none; with 0 the block is the first to be left out.
    """

    title: Row
    rows: tuple[Row, ...]
    least_count: int


def name_width_of(width: int, *others: int) -> int:
    """Columns left for a name beside cells of these widths."""
    return max(8, width - sum(others) - len(others))


def role_of(ratio: float | None, warning: float, critical: float) -> str:
    """What a share or a probability is coloured as.

    >>> role_of(0.2, 0.5, 0.75), role_of(0.5, 0.5, 0.75), role_of(0.8, 0.5, 0.75), role_of(None, 0, 0)
    ('', 'warning', 'critical', '')
    """
    if ratio is None or ratio < warning:
        return PLAIN
    return CRITICAL if ratio >= critical else WARNING


def pct(ratio: float | None) -> str:
    """A probability.

    >>> pct(0.126), pct(None)
    ('13 %', '-')
    """
    return UNKNOWN if ratio is None else f"{ratio * 100:.0f} %"


def known(text: str) -> str:
    """A quantity in words; a dash where it is not known.

    >>> known("?/s"), known("3/s")
    ('-', '3/s')
    """
    return UNKNOWN if text.startswith(q.UNKNOWN) else text
