"""Recommendations for a person: what to set, what the model says it does, how to take it back."""

from vmadvisor.advise.finding import HOST, Quantity
from vmadvisor.advise.recommendation import Effect, Recommendation
from vmadvisor.advise.rules._relief import TASKS_WAIT, TIME_MAX_S, Relief, Way
from vmadvisor.render import quantities as q
from vmadvisor.render.parts import Entry

WORD = "ADVICE"
COLOUR = "bold cyan"
NOW_COLOUR = "bold red"

_EXTRA_UNITS = {"s_per_h": "s/h", "s": "s"}


def advice_part(advice: Recommendation, page_size_bytes: int | None) -> Entry:
    """One recommendation, its proof and its price."""
    scope = "" if advice.scope == HOST else f" [{advice.scope}]"
    now = "none yet" if advice.current is None else advice.current
    lines = [f"{advice.key}: {now} -> {advice.recommended}"]
    lines += [f"foretold: {effect_text(one, page_size_bytes)}" for one in advice.predicted]
    for label, items in (("because: ", advice.evidence), ("but: ", advice.counter_evidence)):
        shown = [f"{item.name} {q.quantity(item, page_size_bytes)}" for item in items]
        if shown:
            lines.append(label + ", ".join(shown))
    lines += [
        f"do:   {advice.command}",
        f"undo: {advice.undo}",
        f"keep: {advice.persist}",
        f"risk: {advice.risk}",
        f"{advice.id}, confidence {advice.confidence}",
    ]
    if advice.would_change:
        lines.append("would change it: " + "; ".join(advice.would_change))
    return Entry(WORD, f"{advice.claim}{scope}", tuple(lines), COLOUR)


def relief_part(found: Relief) -> Entry:
    """What now: who grows, and the ways out in their order."""
    who = found.grower
    title = f"Likely: {found.because}"
    if found.probability_ratio is not None:
        title += f" (probability {q.ratio(found.probability_ratio)})"
    lines: list[str] = []
    if who is not None:
        verb = (
            f"grows by {q.size(who.growth_bytes_per_s)}/s"
            if who.growth_bytes_per_s
            else "holds most"
        )
        place = "" if who.cgroup_path in {None, "/"} else f", in {who.cgroup_path}"
        lines.append(f"{who.name} (pid {who.pid_id}{place}) {verb}, {q.size(who.size_bytes)} now")
    for number, way in enumerate(found.ways, 1):
        lines += [
            f"{number}. {way_title(way)}",
            f"   do:   {way.command}",
            f"   undo: {way.undo}",
            f"   risk: {way.risk}",
        ]
    return Entry("NOW", title, tuple(lines), NOW_COLOUR)


def way_title(way: Way) -> str:
    """What it is, and the time it buys."""
    until = "tasks wait" if way.effect.name == TASKS_WAIT else "nothing left"
    return f"{way.action}: {until} in {_time_text(way.effect)}"


def _time_text(effect: Effect) -> str:
    """Seconds before and after, with their intervals; an hour is as far as is looked."""

    def said(value: float) -> str:
        return "over an hour" if value >= TIME_MAX_S else q.duration(value)

    def shown(value: float, low: float, high: float) -> str:
        return f"{said(value)} ({said(low)} to {said(high)})"

    before = shown(effect.before, effect.before_low, effect.before_high)
    return f"{before} -> {shown(effect.after, effect.after_low, effect.after_high)}"


def effect_text(effect: Effect, page_size_bytes: int | None) -> str:
    """``full_stall 40 (31 to 52) -> 0.8 (0 to 2.1) s/h``; an exact figure has no interval."""

    def said(value: float) -> str:
        item = Quantity(name=effect.name, value=value, unit=effect.unit, source="")
        if effect.unit in _EXTRA_UNITS:
            return f"{value:.3g}"
        return q.quantity(item, page_size_bytes)

    def shown(value: float, low: float, high: float) -> str:
        return said(value) if low == high else f"{said(value)} ({said(low)} to {said(high)})"

    before = shown(effect.before, effect.before_low, effect.before_high)
    after = shown(effect.after, effect.after_low, effect.after_high)
    unit = _EXTRA_UNITS.get(effect.unit, "")
    return f"{effect.name} {before} -> {after}{' ' if unit else ''}{unit}"
