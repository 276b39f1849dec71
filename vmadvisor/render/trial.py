"""``trial``: the plan that is asked about, and predicted against measured at its end; or JSON."""

from vmadvisor.advise.finding import Quantity
from vmadvisor.advise.recommendation import Effect
from vmadvisor.advise.trial_outcome import (
    CHANGED,
    COMPARABLE_RATIO,
    GONE,
    HARM,
    OVER,
    UNWATCHED,
    Line,
    Outcome,
    TrialReport,
)
from vmadvisor.model.trial_harm import KILL_LIKELY, KILLED, STALLS
from vmadvisor.render import quantities as q
from vmadvisor.render.advice_text import effect_text
from vmadvisor.render.escape import terminal
from vmadvisor.render.json_text import dumps
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.style import Style

SCHEMA = "vmadvisor-trial-1"
UNTOLD = "-"

_ENDS = {
    OVER: "its time was over",
    HARM: "it did harm",
    CHANGED: "somebody else set the value meanwhile",
    UNWATCHED: "its watchdog was gone, and nobody would have restored the value after a kill",
    GONE: "the file was gone",
}
_HARMS = {
    KILLED: "the OOM killer struck",
    KILL_LIKELY: "an OOM kill within ten seconds became likely",
    STALLS: "seconds of PSI full beyond what was before and what was foretold",
}
_BACK = {
    "restored": "taken back: {path} is {stands} again",
    "untouched": "{path} was {stands} again already",
    "foreign": "left alone: somebody else set {path} to {stands}",
    "vanished": "nothing to take back: {path} is gone",
    "failed": "NOT taken back: {path}: {stands}",
}


def plan_text(
    *,
    key: str,
    path: str,
    previous: str,
    value: str,
    claim: str,
    risk: str,
    predicted: tuple[Effect, ...],
    page_size_bytes: int | None,
    baseline_s: float,
    seconds_s: float,
    undo: str,
    remark: str | None,
) -> str:
    """What will be written where, for how long, what is foretold of it, and how it is taken back."""
    lines = [
        f"trial of {key}: {claim}",
        f"  write:   {value} to {path} (now {previous})",
        f"  for:     {q.duration(seconds_s)}, after {q.duration(baseline_s)} of watching without it",
        f"  undo:    by itself at the end, on harm, on Ctrl-C and after kill -9; by hand: {undo}",
        *(f"  foretold: {effect_text(one, page_size_bytes)}" for one in predicted),
        f"  risk:    {risk}",
    ]
    if not predicted:
        lines.insert(4, "  foretold: nothing; the model does not know this setting")
    if remark is not None:
        lines.append(f"  note:    {remark}")
    return "".join(f"{terminal(line)}\n" for line in lines)


def as_text(report: TrialReport, page_size_bytes: int | None, style: Style) -> str:
    """How it ended, then a row per figure."""
    parts: list[object] = [f"{report.key} {report.previous} -> {report.value}"]
    parts.append(f"ended: {_ENDS.get(report.ended, report.ended)}{_harm_text(report)}")
    if report.taken_back is None:
        parts.append("nothing was written")
    else:
        stands = UNTOLD if report.stands is None else report.stands
        parts.append(_BACK[report.taken_back].format(path=report.path, stands=stands))
    if report.remark is not None and report.written is not None:
        parts.append(f"note: {report.remark}")
    if report.outcome is not None:
        parts += ["", *_outcome_parts(report.outcome, page_size_bytes)]
    return printed(parts, style)


def _harm_text(report: TrialReport) -> str:
    harm = report.harm
    if harm is None:
        return ""
    return f": {_HARMS[harm.why]}, {harm.value:.3g} {harm.unit}, more than {harm.limit:.3g}"


def _outcome_parts(found: Outcome, page_size_bytes: int | None) -> list[object]:
    grid = table("figure", "before", "after", "foretold after", "inside", numbers=(1, 2, 3))
    for line in found.lines:
        told = line.predicted

        def said(value: float, line: Line = line) -> str:
            return _said(line.name, line.unit, value, page_size_bytes)

        row(
            grid,
            line.name,
            UNTOLD if line.before is None else said(line.before.value),
            UNTOLD if line.after is None else said(line.after.value),
            UNTOLD if told is None else _interval(said(told.low), said(told.high)),
            {None: UNTOLD, True: "yes", False: "NO"}[line.is_inside],
        )
    watched = (
        f"measured over {found.before_s:.0f} s before and {found.after_s:.0f} s after the write; "
        "foretold: a 90 % interval"
    )
    return [watched, grid, _demand_text(found, page_size_bytes)]


def _said(name: str, unit: str, value: float, page_size_bytes: int | None) -> str:
    if unit == "s_per_h":
        return f"{value:.3g} s/h"
    return q.quantity(Quantity(name=name, value=value, unit=unit, source=""), page_size_bytes)


def _interval(low: str, high: str) -> str:
    return low if low == high else f"{low}..{high}"


def _demand_text(found: Outcome, page_size_bytes: int | None) -> str:
    before, after = found.demand_before_pages_per_s, found.demand_after_pages_per_s
    rates = (
        f"{q.pages(before, page_size_bytes)}/s before, {q.pages(after, page_size_bytes)}/s since"
    )
    if found.is_comparable is None:
        return f"demand: {rates}; whether the halves are comparable cannot be told"
    if not found.is_comparable:
        return (
            f"NOT COMPARABLE: the load itself changed more than {COMPARABLE_RATIO:g}-fold (asked for: "
            f"{rates})"
        )
    return f"comparable: tasks asked for {rates}; the load may still have changed in kind"


def as_json(report: TrialReport, page_size_bytes: int | None, style: Style) -> str:
    """All of it, field by field, and what follows from it."""
    del page_size_bytes, style
    found = report.outcome
    return dumps(
        {
            "schema": SCHEMA,
            "key": report.key,
            "rule_id": report.rule_id,
            "path": report.path,
            "previous": report.previous,
            "value": report.value,
            "written": report.written,
            "seconds_s": report.seconds_s,
            "ended": report.ended,
            "harm": report.harm,
            "taken_back": report.taken_back,
            "stands": report.stands,
            "no_timer": report.no_timer,
            "is_whole": report.is_whole,
            "remark": report.remark,
            "before_s": None if found is None else found.before_s,
            "after_s": None if found is None else found.after_s,
            "is_comparable": None if found is None else found.is_comparable,
            "demand_before_pages_per_s": None if found is None else found.demand_before_pages_per_s,
            "demand_after_pages_per_s": None if found is None else found.demand_after_pages_per_s,
            "figures": []
            if found is None
            else [
                {
                    "name": line.name,
                    "unit": line.unit,
                    "before": line.before,
                    "predicted": line.predicted,
                    "after": line.after,
                    "is_inside": line.is_inside,
                }
                for line in found.lines
            ],
        }
    )


FORMATS = {"text": as_text, "json": as_json}
