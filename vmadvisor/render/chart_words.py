"""Charts in words and numbers: what stands behind a picture, and instead of it where none can be drawn."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from vmadvisor.render import quantities as q
from vmadvisor.render.chart import (
    BYTES,
    PAGES_PER_S,
    PER_S,
    RATIO,
    BarChart,
    Drawn,
    Line,
    SpanChart,
    TimeChart,
)
from vmadvisor.render.layout import row, table
from vmadvisor.render.parts import Grid
from vmadvisor.render.series import edges, in_stretches, sparkline, summary

_DATED_FROM_S = 1e8
"""Earlier is no date but seconds since a recording's start: three years of it."""

_LATEST_S = 253_402_300_799.0  # datetime's last second, year 9999
STRETCHES_COUNT = 24
SPARK_COLUMNS = 16


def is_dated(time_utc_s: float) -> bool:
    """Whether a time is one since 1970."""
    return time_utc_s >= _DATED_FROM_S


def when(time_utc_s: float) -> str:
    """A moment for people.

    >>> when(1795762800.0), when(12.34), when(4000.0)
    ('2026-11-27 07:00', '12.3 s', '66 min 40 s')
    """
    if is_dated(time_utc_s):
        moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=min(time_utc_s, _LATEST_S))
        return f"{moment:%Y-%m-%d %H:%M}"
    minutes, seconds_s = divmod(time_utc_s, 60)
    return f"{minutes:.0f} min {seconds_s:.0f} s" if minutes >= 10 else f"{time_utc_s:.1f} s"  # noqa: PLR2004


def amount(value: float | None, unit: str) -> str:
    """A value of a chart with its unit.

    >>> amount(0.25, "ratio"), amount(7.0, "pages_per_s"), amount(None, "bytes")
    ('25 %', '7 pages/s', '-')
    """
    if value is None:
        return "-"
    if unit == BYTES:
        return q.size(value)
    if unit == RATIO:
        return q.ratio(value)
    if unit == PAGES_PER_S:
        return q.rate(value).replace("/s", " pages/s")
    return q.rate(value) if unit == PER_S else q.count(value)


def described(chart: Drawn) -> str:
    """One paragraph that tells what the picture shows."""
    return " ".join(_sentences(chart))


def _sentences(chart: Drawn) -> Iterator[str]:
    if isinstance(chart, TimeChart):
        for panel in chart.panels:
            for line in panel.lines:
                yield _of_line(line, panel.unit)
    elif isinstance(chart, SpanChart):
        for span in chart.spans:
            low, high = q.ratio(span.low), q.ratio(span.high)
            yield f"{span.name}: {q.ratio(span.value)}, 90 % interval {low} to {high}."
    elif isinstance(chart, BarChart):
        for group in chart.groups:
            told = [
                f"{bar.name} {amount(sum(v for _, v in bar.parts), group.unit)}"
                for bar in group.bars
            ]
            yield f"{group.title}: {', '.join(told)}."
    else:
        for pair in chart.pairs:
            for name, before, after in pair.values:
                yield (
                    f"{pair.title}, {name}: {amount(before, pair.unit)} before, "
                    f"{amount(after, pair.unit)} after."
                )


def _of_line(line: Line, unit: str) -> str:
    found = summary(line.points)
    if found is None:
        return f"{line.name}: no value."
    if found.lowest == found.highest:
        return f"{line.name}: {amount(found.last, unit)} all the time."
    return (
        f"{line.name}: lowest {amount(found.lowest, unit)} at {when(found.lowest_time_s)}, "
        f"highest {amount(found.highest, unit)} at {when(found.highest_time_s)}, "
        f"{amount(found.last, unit)} at the end."
    )


def summary_grid(chart: TimeChart, *, is_unicode: bool = True) -> Grid:
    """Every line in numbers, with a sparkline."""
    found = table("", "n", "lowest", "median", "highest", "last", "course", numbers=range(1, 6))
    for panel in chart.panels:
        for line in panel.lines:
            numbers = summary(line.points)
            if numbers is None:
                continue
            row(
                found,
                line.name,
                q.count(numbers.count),
                *(
                    amount(value, panel.unit)
                    for value in (numbers.lowest, numbers.median, numbers.highest, numbers.last)
                ),
                sparkline(
                    line.points, (chart.first_s, chart.last_s), SPARK_COLUMNS, is_unicode=is_unicode
                ),
            )
    return found


def stretches_grid(chart: TimeChart) -> Grid:
    """The lines' means over equal stretches of time."""
    lines = [(line, panel.unit) for panel in chart.panels for line in panel.lines]
    borders = edges(chart.first_s, chart.last_s, STRETCHES_COUNT)
    columns = [in_stretches(line.points, borders, _mean) for line, _ in lines]
    names = [line.name for line, _ in lines]
    found = table("from", *names, numbers=range(1, len(names) + 1))
    for index, start_s in enumerate(borders[:-1]):
        cells = [
            amount(column[index], unit) for column, (_, unit) in zip(columns, lines, strict=True)
        ]
        row(found, when(start_s), *cells)
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
