"""What a simulation says of a setting, as a recommendation's effects; and when it says no.

Marks can only spare tasks their own reclaim: what of the full-stall time that accounts for is
``reclaim_stall``, never more than the whole of it. The rest (waits for pages that were evicted) is a working
set that does not fit.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import Quantity
from vmadvisor.advise.recommendation import Effect, exact
from vmadvisor.model.simulate.figures import FULL_S_PER_STALL, Figure
from vmadvisor.model.simulate.watched import RISK_HORIZON_S, Watched
from vmadvisor.model.simulate.whatif import Setting

S_PER_H = 3600.0
SIMULATED = "simulation of the load that was watched, going on"

WORSE_MAX_RATIO = 1.1
"""What may rise: by less than a tenth, which runs with other chances differ by as well."""

RISK_FLOOR_RATIO = 0.02
"""Probabilities of an OOM kill below this are all alike: the forecast's error is larger (README)."""

FEW_PAGES_PER_S = 20.0
"""Refaults that are as good as none (the simulation's own limit)."""

HARM_MIN_RATIO = 0.05
"""The project's definition of harm: a twentieth of the time without progress (``rules._stalls``)."""

_FIGURES = (
    ("full_stall", "full_stall_ratio", "s_per_h", S_PER_H),
    ("stalls", "stalls_per_s", "per_s", 1.0),
    ("node_reclaim_scan", "node_reclaim_scan_pages_per_s", "pages_per_s", 1.0),
    ("refaults_anon", "refaults_anon_per_s", "pages_per_s", 1.0),
    ("refaults_file", "refaults_file_per_s", "pages_per_s", 1.0),
    ("swapin", "swapin_pages_per_s", "pages_per_s", 1.0),
    ("memory_held_free", "kept_free_bytes", "bytes", 1.0),
)


def full_s_per_h(setting: Setting) -> float:
    """Seconds an hour without any progress: as foretold, or (without PSI) as simulated."""
    figure = setting.figures.full_stall_ratio or setting.simulated.full_stall_ratio
    return 0.0 if figure is None else figure.value * S_PER_H


def reclaim_stall_s_per_h(setting: Setting) -> float | None:
    """The part of it that direct reclaim accounts for; ``None`` where stalls are not counted."""
    stalls = setting.figures.stalls_per_s
    if stalls is None:
        return None
    return min(stalls.value * FULL_S_PER_STALL * S_PER_H, full_s_per_h(setting))


def refaults_per_s(setting: Setting) -> float:
    """Pages that come back, of both kinds, and those read from swap."""
    figures = setting.figures
    parts = (figures.refaults_anon_per_s, figures.refaults_file_per_s)
    return sum(part.value for part in parts if part is not None)


def _effect(name: str, unit: str, factor: float, before: Figure, after: Figure) -> Effect:
    return Effect(
        name=name,
        unit=unit,
        before=before.value * factor,
        before_low=before.low * factor,
        before_high=before.high * factor,
        after=after.value * factor,
        after_low=after.low * factor,
        after_high=after.high * factor,
    )


def effects(watched: Watched, setting: Setting) -> tuple[Effect, ...]:
    """Every figure that is told for both and not nothing in both, then the risk of an OOM kill."""
    present, base = watched.present, watched.base
    found: list[Effect] = []
    if present is None:
        return ()
    for name, field, unit, factor in _FIGURES:
        before: Figure | None = getattr(present.figures, field)
        after: Figure | None = getattr(setting.figures, field)
        if before is not None and after is not None and (before.high or after.high):
            found.append(_effect(name, unit, factor, before, after))
    risks = watched.oom_probability(present.machine), watched.oom_probability(setting.machine)
    if risks[0] is not None and risks[1] is not None:
        found.append(exact(f"oom_within_{RISK_HORIZON_S:g}_s", "ratio", risks[0], risks[1]))
    if base is not None:
        found.append(exact("oom_kills_simulated", "count", base.kills_count, setting.kills_count))
    return tuple(found)


def raises_oom_risk(watched: Watched, setting: Setting) -> bool:
    """More kills in the run, or a higher probability from the forecast; unknown counts as not."""
    present, base = watched.present, watched.base
    if present is None or base is None or setting.kills_count > base.kills_count:
        return True
    now = watched.oom_probability(present.machine)
    then = watched.oom_probability(setting.machine)
    return now is not None and then is not None and then > max(now, RISK_FLOOR_RATIO)


def is_enough(watched: Watched, present: Setting) -> bool:
    """Whether what was watched can back a change: some seconds, or harm that one second shows."""
    if watched.seconds_s >= SHORT_WATCH_S:
        return True
    return full_s_per_h(present) >= HARM_MIN_RATIO * S_PER_H


def harms(watched: Watched, setting: Setting) -> bool:
    """Whether anything that matters gets worse."""
    present = watched.present
    if present is None or raises_oom_risk(watched, setting) or not _pays_off(watched, setting):
        return True
    now, then = refaults_per_s(present), refaults_per_s(setting)
    if then > max(now, FEW_PAGES_PER_S) * WORSE_MAX_RATIO:
        return True
    return full_s_per_h(setting) > max(full_s_per_h(present), 1.0) * WORSE_MAX_RATIO


def _settling_s(watched: Watched, setting: Setting) -> float:
    """Seconds without progress that the move itself costs, once."""
    base = watched.base
    return 0.0 if base is None else setting.settling_full_s - base.settling_full_s


def _pays_off(watched: Watched, setting: Setting) -> bool:
    """Whether what the move costs once is saved again within an hour."""
    if not watched.goes_on or watched.present is None:
        return True
    return _settling_s(watched, setting) <= full_s_per_h(watched.present) - full_s_per_h(setting)


def settling(watched: Watched, setting: Setting) -> tuple[Quantity, ...]:
    """What it costs until the figures foretold are those met, where that was not within what was watched."""
    if not watched.goes_on:
        return ()
    cost_s = max(0.0, _settling_s(watched, setting))
    return (Quantity(name="stall_until_settled", value=cost_s, unit="s", source=SIMULATED),)


def views(watched: Watched) -> Iterator[Watched]:
    """What was watched; then the same load going on, for what takes longer than that to show."""
    yield watched
    if watched.longer is not None:
        yield watched.longer


def confidence(watched: Watched, before: Figure | None, after: Figure | None) -> str:
    """High only where the intervals of what was to fall are apart and all of it was watched."""
    if before is None or after is None or watched.seconds_s < SHORT_WATCH_S:
        return "low"
    return "high" if after.high < before.low and not watched.goes_on else "medium"


SHORT_WATCH_S = 5.0
"""Less than this tells a second's chance from a load's habit with low confidence only."""
