"""What is foreseen, for a person: a table of probabilities, when what is left runs out, what drives it."""

from collections.abc import Iterator
from typing import TypeAlias

from vmadvisor.model.events import DIRECT_RECLAIM, MEMORY_STALL, OOM, OOM_GLOBAL, STALL_MIN_RATIO
from vmadvisor.model.forecast import HOST, Forecast, Outlook, Quantiles
from vmadvisor.model.times import FORESEEN_S
from vmadvisor.render import quantities as q
from vmadvisor.render.layout import row, table
from vmadvisor.render.parts import Grid

ByWhat: TypeAlias = dict[tuple[str, str], dict[float, Forecast]]

EVENTS = {
    OOM_GLOBAL: "OOM kill of the host",
    OOM: "OOM kill, cgroups' included",
    MEMORY_STALL: "stall: 5 % of it lost",
    DIRECT_RECLAIM: "any direct reclaim",
}
"""In the order of what they cost."""

GROUP_EVENTS = {OOM: "OOM kill in", MEMORY_STALL: "stall in"}
GROUPS_MAX_COUNT = 8
"""Rows of cgroups, the likeliest: a host of containers has hundreds."""

_TIMES = {
    "low mark": "kswapd wakes",
    "first stall": "swap or stalls begin",
    "oom": "all is used up",
}
_ENDS = {"low mark": "kswapd's wake", "first stall": "swap or stalls", "oom": "OOM"}
_MINUTE_S, _HOUR_S = 60, 3600
DRIVERS_MIN_RATIO = 0.1
"""What drives a thing that is not going to happen is of no interest."""
DRIVERS_MAX_COUNT = 3
_LONG_S = 86_400.0
_PAIR_COUNT = 2


def seconds(horizon_s: float) -> str:
    """A duration in its largest whole unit.

    >>> seconds(10.0), seconds(60.0), seconds(5400.0), seconds(0.5)
    ('10 s', '1 min', '90 min', '0.5 s')
    """
    for unit_s, name in ((_HOUR_S, "h"), (_MINUTE_S, "min")):
        if horizon_s >= unit_s and horizon_s % unit_s == 0:
            return f"{horizon_s / unit_s:.0f} {name}"
    return f"{horizon_s:g} s"


def _cell(forecast: Forecast | None, unit: str = " %") -> str:
    if forecast is None or forecast.probability_ratio is None:
        return "-"
    low, high = (forecast.low_ratio or 0.0) * 100, (forecast.high_ratio or 0.0) * 100
    return f"{forecast.probability_ratio * 100:.0f}{unit} ({low:.0f}-{high:.0f})"


def per_cent(forecast: Forecast | None) -> str:
    """A probability with its interval, under a head that tells the unit."""
    return _cell(forecast, "")


def label(event: str, scope: str) -> str:
    """What a row of forecasts is of.

    >>> label(MEMORY_STALL, HOST), label(MEMORY_STALL, "/web"), label(OOM, "/web")
    ('stall: 5 % of it lost', 'stall in /web', 'OOM kill in /web')
    """
    if scope == HOST:
        return EVENTS.get(event, event)
    return f"{GROUP_EVENTS.get(event, event)} {scope}"


def rows(found: Outlook) -> ByWhat:
    """By (event, scope), host first: its forecasts by horizon, if any has a probability."""
    by_what: ByWhat = {(event, HOST): {} for event in EVENTS}
    for one in found.forecasts:
        if one.probability_ratio is not None:
            by_what.setdefault((one.event, one.scope), {})[one.horizon_s] = one
    if not any(event == OOM and scope != HOST for event, scope in by_what):
        by_what.pop((OOM, HOST))  # no cgroup that could be struck: the host's own is all there is
    return {what: known for what, known in by_what.items() if known}


def _moment(left_s: float | None) -> str:
    """When, as far as it means anything.

    >>> _moment(2.31), _moment(1e9), _moment(None)
    ('2.3 s', 'over a day', 'never')
    """
    if left_s is None:
        return "never"
    return "over a day" if left_s > _LONG_S else q.duration(left_s)


def _time(one: Quantiles) -> str:
    span = f"{_moment(one.p10_s)} to {_moment(one.p90_s)}"
    by = ", extrapolated" if one.is_extrapolated else ""
    if one.scope != HOST:
        return f"{one.scope} stands at its {one.what} in {_moment(one.p50_s)} (80 %: {span}{by})"
    return f"{_TIMES.get(one.what, one.what)} in {_moment(one.p50_s)} (80 %: {span}{by})"


def _is_told(one: Quantiles) -> bool:
    """Near, or sure to come: a drift between two readings that may as well be none is not shown."""
    return one.p50_s is not None and (one.p50_s <= FORESEEN_S or one.p90_s is not None)


def _unsaid(found: Outlook, shown_s: list[float]) -> Iterator[str]:
    """Horizons without a probability, and why; one line."""
    silent = sorted({one.horizon_s for one in found.forecasts} - set(shown_s))
    if silent:
        names = ", ".join(seconds(horizon_s) for horizon_s in silent)
        yield f"no probability {names} ahead: recordings do not back one"


def times_line(found: Outlook) -> str | None:
    """When what is left runs out, as far as that is told."""
    going = [one for one in found.times if _is_told(one)]
    return "as things go: " + "; ".join(_time(one) for one in going) if going else None


def times_left_line(found: Outlook) -> str | None:
    """The same within one row, without how sure that is: as far ahead as recordings have shown that it holds."""
    near = [one for one in found.times if one.p50_s is not None and one.p50_s <= FORESEEN_S]
    words = [f"{_moment(one.p50_s)} to {_ENDS.get(one.what, one.what)}" for one in near]
    return "time left: " + ", ".join(words) if words else None


def drivers_line(found: Outlook) -> str | None:
    """What drives the forecasts of what is likely, of the host's."""
    drivers = dict.fromkeys(
        driver.text
        for by_horizon in rows(found).values()
        for one in by_horizon.values()
        for driver in one.drivers
        if (one.probability_ratio or 0.0) >= DRIVERS_MIN_RATIO
    )
    return "because: " + "; ".join(list(drivers)[:DRIVERS_MAX_COUNT]) if drivers else None


def basis(found: Outlook) -> str:
    """How much of the past it rests on."""
    span = q.duration(found.span_s)
    if found.samples_count <= _PAIR_COUNT:
        return f"two readings {span} apart"
    return f"{found.samples_count} samples over {span}"


def _shown(known: ByWhat) -> tuple[ByWhat, int]:
    """The host's rows and the likeliest of cgroups; how many are left."""
    of_groups = [what for what in known if what[1] != HOST]
    of_groups.sort(
        key=lambda what: -max(one.probability_ratio or 0.0 for one in known[what].values())
    )
    left = set(of_groups[GROUPS_MAX_COUNT:])
    return {what: each for what, each in known.items() if what not in left}, len(left)


def sections(found: Outlook | None) -> Iterator[Grid | str]:
    """The table and its lines; why there is none, where so."""
    if found is None:
        return
    if found.refusal is not None:
        yield f"no forecast: {found.refusal}"
        return
    known, left_count = _shown(rows(found))
    shown_s = sorted({horizon_s for one in known.values() for horizon_s in one})
    if known:
        titles = [seconds(horizon_s) for horizon_s in shown_s]
        result = table("likely within (90 % interval)", *titles, numbers=range(1, len(titles) + 1))
        for (event, scope), by_horizon in known.items():
            row(
                result,
                label(event, scope),
                *(_cell(by_horizon.get(horizon_s)) for horizon_s in shown_s),
            )
        yield result
        if left_count:
            yield f"{left_count} rows more of cgroups, all less likely: --format json"
        yield f"forecast from {basis(found)}"
    yield from _unsaid(found, shown_s)
    going = times_line(found)
    if going is not None:
        yield going
    for horizon_s, lost_s in found.full_stall_s_by_horizon[:1]:
        if lost_s is not None and lost_s >= DRIVERS_MIN_RATIO * STALL_MIN_RATIO * horizon_s:
            yield f"expected to be lost to stalls of the next {seconds(horizon_s)}: {lost_s:.2g} s"
    drivers = drivers_line(found)
    if drivers is not None:
        yield drivers
