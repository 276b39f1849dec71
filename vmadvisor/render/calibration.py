"""``calibrate``: what was fitted and how far to trust it; what a stored fit said, and what came."""

from collections.abc import Callable, Iterator
from typing import Final

from vmadvisor.model.backtest.resampling import Estimate
from vmadvisor.model.calibration.calibration import Calibration, EventFit, Interval
from vmadvisor.model.calibration.holding import Held, Holding
from vmadvisor.render.estimates import interval
from vmadvisor.render.json_text import dumps
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.style import Style

_Z90: Final = 1.645
_FITTED_LEGEND: Final = (
    "In parentheses: 90 % intervals; those of Brier score and skill are of instants that the map "
    "was not fitted on, over recordings (of a single one: stretches of time). Skill: Brier score "
    "against the base rate's."
)
_PARAMETERS: Final = {
    "kswapd_pages_per_s": "kswapd frees",
    "burst_pages_per_s": "bursts take",
    "stall_batch_pages": "a direct reclaim frees",
}
_PARAMETER_UNITS: Final = {
    "kswapd_pages_per_s": "pages per second of its CPU",
    "burst_pages_per_s": "pages/s",
    "stall_batch_pages": "pages",
}


def _shown(found: Interval, digits: int = 2, *, is_signed: bool = False) -> str:
    estimate = Estimate(value=found.value, low=found.low, high=found.high)
    return interval(estimate, digits, is_signed=is_signed)


def _between(value: float, spread: float, *, is_signed: bool = False) -> str:
    """A number with the 90 % interval that its spread stands for."""
    low, high = value - _Z90 * spread, value + _Z90 * spread
    return _shown(Interval(value=value, low=low, high=high), is_signed=is_signed)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _whom(found: Calibration) -> str:
    host = found.host
    memory = None if host.mem_total_kib is None else f"MemTotal {host.mem_total_kib} KiB"
    known = [one for one in (host.hostname, host.kernel_release, host.arch, memory) if one]
    return ", ".join(known) or "a host that its recordings do not name"


def _sizes(one: EventFit | Held) -> str:
    return f"{_counted(one.instants_count, 'instant')}, {_counted(one.onsets_count, 'onset')}"


def _scores(one: EventFit | Held) -> str:
    return (
        f"shipped: Brier {_shown(one.brier_before, 3)}, skill "
        f"{_shown(one.skill_before_ratio, is_signed=True)}; own: Brier {_shown(one.brier_after, 3)}, "
        f"skill {_shown(one.skill_after_ratio, is_signed=True)}; own against shipped "
        f"{_shown(one.gain_ratio, is_signed=True)}"
    )


def fitted_json(found: Calibration, path: str, style: Style) -> str:
    """What the file holds, and where it is."""
    del style
    return dumps({"path": path, "calibration": found})


def fitted_text(found: Calibration, path: str, style: Style) -> str:
    """Event by event: the map, or why there is none, with numbers."""
    ahead = ", ".join(f"{horizon_s:g}" for horizon_s in found.horizons_s)
    count = _counted(len(found.recordings), "recording")
    parts: list[object] = [
        f"calibrated for {_whom(found)}, {found.fitted_utc}, from {count}, {ahead} s ahead",
        "",
    ]
    for one in found.events:
        parts += [*_event(one), ""]
    parts += _physics(found)
    if not found.kept:
        parts.append("No event has a map of its own: the shipped forecast stands as it is.")
    parts += [
        f"written to {path}",
        _FITTED_LEGEND,
    ]
    return printed(parts, style)


def _event(one: EventFit) -> Iterator[str]:
    if one.reason is not None:
        yield f"{one.event}: the shipped map stands: {one.reason} ({_sizes(one)})"
    else:
        yield (
            f"{one.event}: own log-odds = {_between(one.shift, one.shift_spread, is_signed=True)} + "
            f"{_between(one.scale_ratio, one.scale_spread)} x shipped, spread {one.spread:.2f} "
            f"({_sizes(one)})"
        )
    if one.gain_ratio.value is not None:
        yield f"  left out in {one.groups_count} parts: {_scores(one)}"


def _physics(found: Calibration) -> Iterator[str]:
    for name, figure in found.physics.items():
        spread = (
            "one recording shows it"
            if figure.spread_ratio is None
            else f"within a factor {2.718281828**figure.spread_ratio:.2f} between "
            f"{figure.recordings_count} recordings"
        )
        yield f"{_PARAMETERS[name]} {figure.value:,.0f} {_PARAMETER_UNITS[name]} ({spread})"
    if found.physics:
        yield ""


def held_json(found: Holding, path: str, style: Style) -> str:
    """Every event's figures and advice."""
    del style
    return dumps(
        {
            "path": path,
            "fitted_utc": found.calibration.fitted_utc,
            "recordings_count": found.recordings_count,
            "seen_again": found.seen_again,
            "events": found.events,
        }
    )


def held_text(found: Holding, path: str, style: Style) -> str:
    """Event by event: what to do, what was said, what came."""
    stored, count = found.calibration, _counted(found.recordings_count, "recording")
    parts: list[object] = [
        f"{path}, fitted {stored.fitted_utc} for {_whom(stored)}, against {count}"
    ]
    if found.seen_again:
        parts.append(
            f"It was fitted on {_counted(len(found.seen_again), 'recording')} of these names "
            f"({', '.join(found.seen_again[:3])}): they prove nothing."
        )
    parts.append("")
    for one in found.events:
        parts += [*_held(one), ""]
    parts.append(
        "refit: run vmadvisor calibrate on recent recordings. throw away: delete the file, the shipped "
        "map does better. In parentheses: 90 % intervals over recordings."
    )
    return printed(parts, style)


def _held(one: Held) -> Iterator[object]:
    whose = "own map" if one.is_mapped else "shipped map"
    yield f"{one.event} ({whose}): {one.advice}: {one.reason} ({_sizes(one)})"
    if one.said_ratio is None or one.came_ratio is None:
        return
    yield f"  said {one.said_ratio:.3f} on average, came {one.came_ratio:.3f}"
    if one.is_mapped:
        yield f"  {_scores(one)}"
    result = table("forecast", "instants", "mean forecast", "came", numbers=range(1, 4))
    for each in one.reliability:
        row(
            result,
            f"{each.low_ratio:.1f} to {each.high_ratio:.1f}",
            f"{each.instants_count:,}",
            f"{each.forecast_ratio:.3f}",
            f"{each.observed_ratio:.3f}",
        )
    yield result


FITTED: dict[str, Callable[[Calibration, str, Style], str]] = {
    "text": fitted_text,
    "json": fitted_json,
}
HELD: dict[str, Callable[[Holding, str, Style], str]] = {"text": held_text, "json": held_json}
