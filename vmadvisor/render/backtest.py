"""``backtest``: how good the forecasts were, beside simple rules; text, JSON, Markdown."""

from collections.abc import Callable, Iterator
from typing import Final

from vmadvisor.model.backtest.evaluation import BASE_RATE, Evaluation, Judged, Section
from vmadvisor.model.backtest.metrics import Metrics
from vmadvisor.render.estimates import UNTOLD, interval, point
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style


def as_json(found: Evaluation, style: Style) -> str:
    """Every figure with its interval; ours stand first in ``judged``, then the simple rules."""
    del style
    return dumps(found)


def _seconds(seconds_s: float) -> str:
    return f"{seconds_s:g} s"


def _title(section: Section) -> str:
    scope = "" if section.scope == "host" else " in a limited cgroup"
    return f"{section.event}{scope}, {_seconds(section.horizon_s)} ahead"


def _headline(section: Section) -> str:
    figures, onsets_count = section.ours.all, section.ours.timing.onsets_count
    return (
        f"{_title(section)}: {_counted(figures.instants_count, 'instant')} of "
        f"{_counted(figures.recordings_count, 'recording')}, {_counted(onsets_count, 'onset')}"
    )


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def as_text(found: Evaluation, style: Style) -> str:
    """For each event and horizon: two tables, then how our probabilities fared."""
    from vmadvisor.render.layout import printed

    parts: list[object] = []
    for section in found.sections:
        parts += [_headline(section), ""]
        parts += [_table(section, "all instants", lambda one: one.all, is_all=True), ""]
        absent = f"not in last {_seconds(section.horizon_s)}"
        parts += [_table(section, absent, lambda one: one.onsets, is_all=False), ""]
        parts += [*_ours(section), ""]
    return printed([*parts, *_legend(found)], style)


def _table(
    section: Section, title: str, metrics_of: Callable[[Judged], Metrics], *, is_all: bool
) -> object:
    from vmadvisor.render.layout import row, table

    last = "false/h" if is_all else "lead"
    result = table(title, "AUC", "skill", "prec.", "recall", last, numbers=range(1, 6))
    for one in section.judged:
        figures, timing = metrics_of(one), one.timing
        row(
            result,
            one.name,
            interval(figures.auc_ratio),
            interval(figures.skill_ratio, is_signed=True),
            point(figures.precision_ratio),
            point(figures.recall_ratio),
            point(timing.false_alarms_per_h, 1) if is_all else point(timing.lead_s, 1),
        )
    return result


def _ours(section: Section) -> Iterator[object]:
    from vmadvisor.render.layout import row, table

    ours = section.ours
    for name, figures in (("all instants", ours.all), ("onsets", ours.onsets)):
        yield (
            f"{name}: n {figures.instants_count:,}, base rate {interval(figures.base_rate_ratio)}, "
            f"Brier {interval(figures.brier_ratio, 3)}, ECE {interval(figures.ece_ratio, 3)}"
        )
    if not ours.all.said_count:
        yield "no probability was said: every figure of ours is the base rate's"
        return
    if ours.all.said_count < ours.all.instants_count:
        yield f"a probability was said at {ours.all.said_count:,} instants; the others count as base rate"
    timing = ours.timing
    yield (
        f"alarms: {interval(timing.warned_ratio)} of onsets warned of, "
        f"{interval(timing.lead_s, 1)} s before; {interval(timing.false_alarms_per_h, 1)} false "
        f"per healthy hour ({timing.healthy_h:.2f} h)"
    )
    result = table("forecast", "instants", "mean forecast", "came", numbers=range(1, 4))
    for one in ours.all.reliability:
        row(
            result,
            f"{one.low_ratio:.1f} to {one.high_ratio:.1f}",
            f"{one.instants_count:,}",
            f"{one.forecast_ratio:.3f}",
            f"{one.observed_ratio:.3f}",
        )
    yield ""
    yield result


def _legend(found: Evaluation) -> Iterator[str]:
    yield (
        f"An alarm is a probability of {found.threshold_ratio:g} or more. In parentheses: 90 % "
        "intervals over recordings. Skill: Brier score against the base rate's. false/h: alarms "
        "that begin with the event neither in the last horizon nor in the next, per hour of such. "
        "lead: median seconds from the first alarm within the horizon to an onset."
    )
    rules = found.sections[0].judged[1:] if found.sections else ()
    for rule in rules:
        yield f"{rule.name}: {rule.source}"


_HEAD: Final = (
    "event", "ahead", "instants", "n", "base rate", "AUC", "skill", "ECE", "best simple rule: AUC", "skill",
)  # fmt: skip
_ALARM_HEAD: Final = (
    "event", "ahead", "onsets", "warned", "median lead", "precision", "recall",
    "false alarms per healthy hour",
)  # fmt: skip


def as_markdown(found: Evaluation, style: Style) -> str:
    """Two tables: probabilities and the best simple rules; alarms at the threshold."""
    del style
    lines = [*_row(_HEAD), *_row(("---",) * len(_HEAD))]
    for section in found.sections:
        lines += _row(_figures(section, "all", lambda one: one.all))
        lines += _row(_figures(section, "onsets", lambda one: one.onsets))
    lines += ["", *_row(_ALARM_HEAD), *_row(("---",) * len(_ALARM_HEAD))]
    for section in found.sections:
        lines += _row(_alarms(section))
    what = (
        f"{_counted(found.recordings_count, 'recording')}; 90 % intervals over recordings in "
        f"parentheses; an alarm is a probability of {found.threshold_ratio:g} or more."
    )
    return "\n".join([*lines, "", what]) + "\n"


def _row(cells: tuple[str, ...]) -> Iterator[str]:
    yield "| " + " | ".join(cells) + " |"


def _figures(
    section: Section, name: str, metrics_of: Callable[[Judged], Metrics]
) -> tuple[str, ...]:
    figures = metrics_of(section.ours)
    return (
        section.event if section.scope == "host" else f"{section.event}, cgroup",
        _seconds(section.horizon_s),
        name,
        f"{figures.instants_count:,}",
        point(figures.base_rate_ratio, 3),
        interval(figures.auc_ratio, 3),
        interval(figures.skill_ratio, is_signed=True),
        interval(figures.ece_ratio, 3),
        _best(section, lambda one: metrics_of(one).auc_ratio.value, "{:.2f} ({})"),
        _best(section, lambda one: metrics_of(one).skill_ratio.value, "{:+.2f} ({})"),
    )


def _best(section: Section, value_of: Callable[[Judged], float | None], template: str) -> str:
    """The best of the simple rules, ours and the base rate left out."""
    told = [
        (value, one.name)
        for one in section.judged[1:]
        if one.name != BASE_RATE and (value := value_of(one)) is not None
    ]
    return template.format(*max(told)) if told else UNTOLD


def _alarms(section: Section) -> tuple[str, ...]:
    ours = section.ours
    return (
        section.event if section.scope == "host" else f"{section.event}, cgroup",
        _seconds(section.horizon_s),
        str(ours.timing.onsets_count),
        interval(ours.timing.warned_ratio),
        interval(ours.timing.lead_s, 1) + (" s" if ours.timing.lead_s.value is not None else ""),
        interval(ours.all.precision_ratio),
        interval(ours.all.recall_ratio),
        interval(ours.timing.false_alarms_per_h, 1),
    )


FORMATS: dict[str, Callable[[Evaluation, Style], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
