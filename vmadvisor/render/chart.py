"""What a picture shows, before anybody draws it: lines over time, spans, bars, pairs; or why there is none.

Its texts are a stranger's as much as any: whoever draws or prints them makes them safe.
"""

from vmadvisor.records import dataclass

BYTES, PER_S, PAGES_PER_S, RATIO = "bytes", "per_s", "pages_per_s", "ratio"

Points = tuple[tuple[float, float | None], ...]
"""(time, value); a ``None`` is where the line is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``role`` names its colour and stroke (``ink.STROKES``)."""

    name: str
    role: str
    points: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Lines that share a unit and so an axis; ``is_stacked`` puts one on another.

    ``top`` is where the axis ends; ``None``: with the highest value.
    """

    title: str
    unit: str
    lines: tuple[Line, ...]
    is_stacked: bool = False
    top: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened: ``kind`` is "kill" or "change"."""

    time_s: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """From a level now down to another: when, by the forecast's tenth, middle and ninetieth per cent.

    ``None`` lies beyond what is drawn.
    """

    name: str
    role: str
    start: float
    level: float
    p10_s: float | None
    p50_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChart:
    """Panels above one another over one time axis, from ``first_s`` to ``last_s``.

    ``fans`` belong to the first panel; ``ahead_s`` is how far they are drawn.
    """

    key: str
    title: str
    first_s: float
    last_s: float
    panels: tuple[Panel, ...]
    moments: tuple[Moment, ...] = ()
    fans: tuple[Fan, ...] = ()
    ahead_s: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A value with its interval; ``role`` as of a line."""

    name: str
    value: float
    low: float
    high: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanChart:
    """Probabilities from 0 to 1, one below the other."""

    key: str
    title: str
    spans: tuple[Span, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A length made of parts, each with its role."""

    name: str
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BarGroup:
    """Bars of one unit; ``legend`` names what each part is."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Groups beside one another."""

    key: str
    title: str
    groups: tuple[BarGroup, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One figure before and after, for each change in order."""

    title: str
    unit: str
    values: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChart:
    """Small pictures beside one another, each with its own axis."""

    key: str
    title: str
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChart:
    """What would have been drawn, and why it is not."""

    key: str
    title: str
    reason: str


Drawn = TimeChart | SpanChart | BarChart | PairChart
Chart = Drawn | NoChart
