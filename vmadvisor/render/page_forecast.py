"""What is ahead, and how far to trust it: the forecast, then what earlier ones were worth on this host."""

from collections.abc import Iterator

from vmadvisor.advise.report import Report
from vmadvisor.model.events import MEMORY_STALL, OOM_GLOBAL
from vmadvisor.model.forecast import HOST
from vmadvisor.model.past import Past
from vmadvisor.model.past_score import ALARM_MIN_RATIO, alarm_score, kill_score, said_classes
from vmadvisor.model.said_score import scores
from vmadvisor.render import forecast_text
from vmadvisor.render import quantities as q
from vmadvisor.render.chart import Chart
from vmadvisor.render.layout import row, table
from vmadvisor.render.page import Block, Figure, Titled
from vmadvisor.render.parts import Grid
from vmadvisor.render.past_charts import PastCharts

_FIRST_SHOWN = (OOM_GLOBAL, MEMORY_STALL)


def foreseen_figure(report: Report) -> Iterator[Figure]:
    """The OOM killer's probability at the nearest horizon, or why there is none."""
    told = report.outlook
    if told is None or told.refusal is not None:
        return
    known = [
        one
        for one in told.forecasts
        if one.scope == HOST and one.event == OOM_GLOBAL and one.probability_ratio is not None
    ]
    for one in known[:1]:
        interval = f"{q.ratio(one.low_ratio)} to {q.ratio(one.high_ratio)}"
        yield Figure(
            name=f"OOM kill within {forecast_text.seconds(one.horizon_s)}",
            value=q.ratio(one.probability_ratio),
            note=f"90 % interval {interval}",
        )


def forecast(report: Report, past: Past, chances: Chart, charts: PastCharts) -> Iterator[Block]:
    """The forecast; then said against came."""
    if report.outlook is None:
        yield "No forecast: /proc/vmstat, /proc/zoneinfo and /proc/meminfo of one kernel are needed."
    for part in forecast_text.sections(report.outlook):
        yield Titled(title="Forecast", grid=part) if isinstance(part, Grid) else part
    yield chances
    yield from _reliability(past)
    if past.said:
        yield charts.said()


def _reliability(past: Past) -> Iterator[Block]:
    order = list(forecast_text.EVENTS)
    told = sorted(scores(past.said, HOST), key=lambda one: (order.index(one.event), one.horizon_s))
    known = [score for score in told if score.known_count]
    if not known:
        yield "How reliable forecasts were on this host is not known yet: none has an outcome so far."
        return
    found = table(
        "said of", "within", "n", "said, mean", "came", "alarms", "right", "missed", numbers=range(2, 8)
    )  # fmt: skip
    for score in known:
        alarms = alarm_score(past.said, score.event, score.horizon_s)
        row(
            found,
            forecast_text.EVENTS[score.event],
            forecast_text.seconds(score.horizon_s),
            q.count(score.known_count),
            q.ratio(score.said_ratio),
            q.ratio(score.came_ratio),
            q.count(alarms.alarm_count),
            q.count(alarms.right_count),
            q.count(alarms.missed_count),
        )
    yield Titled(title="Said and came", grid=found)
    classes = _classes(past)
    if classes.rows:
        yield Titled(title="By how likely it was called", grid=classes)
    yield (
        f"An alarm is {q.ratio(ALARM_MIN_RATIO)} or more; missed: it came without one. Forecasts near in time "
        "overlap, so n is no number of independent trials."
    )
    unknown_count = sum(score.unknown_count for score in told)
    if unknown_count:
        yield (
            f"Of {unknown_count:,} forecasts the outcome is not known; among those are more that came than among "
            "the others, so these tables are kinder than the truth."
        )
    yield from _kills(past)


def _classes(past: Past) -> Grid:
    found = table("event", "within", "called", "n", "said, mean", "came", numbers=(3, 4, 5))
    for event in _FIRST_SHOWN:
        horizons = {o.horizon_s for o in past.said if o.event == event and o.scope == HOST}
        for horizon_s in sorted(horizons)[:1]:
            for one in said_classes(past.said, event, horizon_s):
                row(
                    found,
                    forecast_text.EVENTS[event],
                    forecast_text.seconds(horizon_s),
                    f"{one.low_ratio * 100:.0f} to {one.high_ratio * 100:.0f} %",
                    q.count(one.count),
                    q.ratio(one.said_mean_ratio),
                    q.ratio(one.came_count / one.count),
                )
    return found


def _kills(past: Past) -> Iterator[str]:
    if past.kills:
        score = kill_score(past.kills)
        count, seen_count = sum(kill.count for kill in past.kills), len(past.kills)
        times = "once" if count == 1 else f"{count:,} times"
        if seen_count != count:
            times += f", seen at {seen_count:,} reading{'s' * (seen_count > 1)}"
        yield (
            f"The OOM killer struck {times}: after an alarm {score.foreseen_count:,}, after a lower "
            f"probability {score.unforeseen_count:,}, with no forecast that reached it {score.unasked_count:,}."
        )
