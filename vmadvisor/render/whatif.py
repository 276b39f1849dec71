"""``whatif``: the present settings and others side by side."""

from collections.abc import Callable, Iterator, Sequence

from vmadvisor.model.forecast import HOST, Forecast
from vmadvisor.model.simulate.figures import Figure
from vmadvisor.model.simulate.settings import Change
from vmadvisor.model.simulate.whatif import WhatIf
from vmadvisor.render.forecast_json import forecast_table
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style

FIGURES = (
    "stalls_per_s",
    "full_stall_ratio",
    "node_reclaim_scan_pages_per_s",
    "refaults_anon_per_s",
    "refaults_file_per_s",
    "swapin_pages_per_s",
    "kept_free_bytes",
)

Forecasts = Sequence[Sequence[Forecast]]

UNTOLD = "-"


def as_json(found: WhatIf, forecasts: Forecasts, style: Style) -> str:
    """``{"settings": [...], "notes": [...]}``: the fixed fields, the present settings first."""
    del style
    settings = [
        {
            "set": dict(setting.change.pairs),
            "forecasts": [forecast_table(forecast) for forecast in told],
            **{name: getattr(setting.figures, name) for name in FIGURES},
        }
        for setting, told in zip(found.settings, forecasts, strict=True)
    ]
    return dumps({"settings": settings, "notes": _notes(found)})


def name_of(change: Change) -> str:
    """A column's head.

    >>> name_of(Change(pairs=(("swap", "1G"), ("vm.swappiness", "10")))), name_of(Change(pairs=()))
    ('swap=1G vm.swappiness=10', 'now')
    """
    return " ".join(f"{key}={value}" for key, value in change.pairs) or "now"


def _notes(found: WhatIf) -> list[str]:
    notes = [
        f"{name_of(setting.change)}: {note}" for setting in found.settings for note in setting.notes
    ]
    return list(dict.fromkeys(notes))


def as_text(found: WhatIf, forecasts: Forecasts, style: Style) -> str:
    """A row per setting and figure, measured or foretold, with its interval and the run's own."""
    from vmadvisor.render.layout import printed, row, table

    parts: list[object] = []
    seconds = found.measured.seconds_s
    parts.append(f"over {seconds:.0f} s of this load; figures with 90 % intervals")
    for name, label, write in _ROWS:
        grid = table(label, "value", "from", "to", "run alone", numbers=range(1, 5))
        for setting in found.settings:
            figure, alone = getattr(setting.figures, name), getattr(setting.simulated, name)
            row(grid, name_of(setting.change), *_cells(figure, alone, write))
        parts += ["", grid]
    parts += _forecast_parts(found, forecasts)
    parts += ["", _physics_line(found), *_notes(found)]
    return printed(parts, style)


def _cells(figure: Figure | None, alone: Figure | None, write: Callable[[float], str]) -> list[str]:
    told = (
        [UNTOLD] * 3
        if figure is None
        else [write(v) for v in (figure.value, figure.low, figure.high)]
    )
    return [*told, UNTOLD if alone is None else write(alone.value)]


def _forecast_parts(found: WhatIf, forecasts: Forecasts) -> list[object]:
    """A table for each event that has a probability, a row for each setting; then what drives them."""
    from vmadvisor.render.forecast_text import EVENTS, label

    names = [name_of(setting.change) for setting in found.settings]
    told = [f for each in forecasts for f in each if f.probability_ratio is not None]
    horizons_s = sorted({one.horizon_s for one in told})
    events = dict.fromkeys(
        [*((event, HOST) for event in EVENTS), *((f.event, f.scope) for f in told)]
    )
    parts: list[object] = []
    for event, scope in events:
        if any((one.event, one.scope) == (event, scope) for one in told):
            parts += [
                "",
                _likely(label(event, scope), (event, scope), horizons_s, names, forecasts),
            ]
    if not told:
        parts += ["", "forecast: no event has a calibrated probability here"]
    return [*parts, "", *_drivers(names, forecasts), *_reasons(names, forecasts)]


def _likely(
    label: str,
    what: tuple[str, str],
    horizons_s: Sequence[float],
    names: Sequence[str],
    forecasts: Forecasts,
) -> object:
    """Probabilities of one event and scope, in per cent with their intervals."""
    from vmadvisor.render.forecast_text import per_cent, seconds
    from vmadvisor.render.layout import row, table

    titles = [seconds(horizon_s) for horizon_s in horizons_s]
    grid = table(f"{label}, % within", *titles, numbers=range(1, len(titles) + 1))
    for name, each in zip(names, forecasts, strict=True):
        known = {one.horizon_s: one for one in each if (one.event, one.scope) == what}
        row(grid, name, *(per_cent(known.get(horizon_s)) for horizon_s in horizons_s))
    return grid


def _drivers(names: Sequence[str], forecasts: Forecasts) -> Iterator[str]:
    """What drives the forecasts of what is likely, under each setting."""
    from vmadvisor.render.forecast_text import DRIVERS_MAX_COUNT, DRIVERS_MIN_RATIO

    for name, each in zip(names, forecasts, strict=True):
        texts = dict.fromkeys(
            driver.text
            for one in each
            if (one.probability_ratio or 0.0) >= DRIVERS_MIN_RATIO
            for driver in one.drivers
        )
        if texts:
            yield f"{name}, because: {'; '.join(list(texts)[:DRIVERS_MAX_COUNT])}"


def _reasons(names: Sequence[str], forecasts: Forecasts) -> Iterator[str]:
    """Why there is no probability at all of the host's, each reason once for a setting."""
    for name, each in zip(names, forecasts, strict=True):
        if all(one.probability_ratio is None for one in each):
            yield from dict.fromkeys(
                f"{name}, no forecast: {one.reason}" for one in each if one.scope == HOST
            )


def _physics_line(found: WhatIf) -> str:
    physics, delay = found.physics, found.wake_delay_s
    return (
        f"estimated from this load: kswapd comes after {delay.value * 1000:.2g} ms (scale, "
        f"{delay.low * 1000:.2g} to {delay.high * 1000:.2g}) and frees "
        f"{physics.kswapd_pages_per_s:,.0f} pages/s, bursts of {physics.burst_pages_per_s:,.0f} pages/s"
    )


def _rate(value: float) -> str:
    from vmadvisor.render.quantities import rate

    return rate(value)


def _ratio(value: float) -> str:
    from vmadvisor.render.quantities import ratio

    return ratio(value)


def _size(value: float) -> str:
    from vmadvisor.render.quantities import size

    return size(value)


_ROWS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("stalls_per_s", "direct reclaims", _rate),
    ("full_stall_ratio", "everyone stalled", _ratio),
    ("refaults_file_per_s", "refaults, file", _rate),
    ("refaults_anon_per_s", "refaults, anonymous", _rate),
    ("swapin_pages_per_s", "pages swapped in", _rate),
    ("node_reclaim_scan_pages_per_s", "node reclaim scans", _rate),
    ("kept_free_bytes", "memory kept free", _size),
)

FORMATS: dict[str, Callable[[WhatIf, Forecasts, Style], str]] = {"text": as_text, "json": as_json}
