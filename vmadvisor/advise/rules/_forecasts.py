"""When a probability becomes an alarm, once for every rule that rests on the forecast.

The model says how likely; what that is worth is a matter of costs, and named here. A false alarm costs a
look at the host. Tasks that stall cost about as much as the look does: alarm when a stall is more likely
than not. A kill costs three looks and more: alarm from one in four on where it is seconds away, from one in
three where there is time for one look more before it, and when it is more likely than not up to half a minute.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Quantity, Severity
from vmadvisor.model.events import OOM_GLOBAL
from vmadvisor.model.facts import Facts
from vmadvisor.model.forecast import Forecast, Outlook

NEAR_S = 10.0
"""The nearest horizon: what two readings one second apart tell best (README, accuracy)."""

SOON_S = 20.0
"""The next one: as long again to look once more."""

KILL_NEAR_WARNING_RATIO = 1 / 4
"""A kill within ten seconds: missing it costs three looks in vain."""

KILL_SOON_WARNING_RATIO = 1 / 3
"""A kill within twenty: there is a second look before it, which will catch some of those missed here."""

KILL_WARNING_RATIO = 0.5
"""A kill further ahead leaves time to look again: alarm when it is more likely than not."""

ALARM_MAX_S = 30.0
"""A minute ahead is told and no alarm: a growth of now is as good as its end by then, and most growths end.
There is time for two looks more, of which each knows better."""

KILL_CRITICAL_RATIO = 0.75
"""Three in four: acting in vain is the rarer mistake by far."""

GROUP_WARNING_RATIO = 0.5
"""A cgroup's kill: its limit was set on purpose, so it costs one look and no more. Chosen without the fifth
of the recordings it was judged on, that cost gives 0.4 twenty seconds ahead of a track."""

GROUP_SOON_WARNING_RATIO = 0.8
"""The same twenty seconds ahead of two readings: whether growth is about to end in time they cannot tell."""

UNLIKELY_RATIO = 1 / 3
"""Even the upper end of the interval holds survival for twice as likely: a level alone is then no alarm."""

STALL_WARNING_RATIO = 0.5
"""Harm more likely than not."""

_PERCENT = 100


def said(facts: Facts, event: str, scope: str = HOST) -> Iterator[Forecast]:
    """Forecasts of the event that have a calibrated probability, nearest first."""
    found = facts.get(Outlook)
    known = () if found is None else found.forecasts
    chosen = [
        one
        for one in known
        if one.event == event and one.scope == scope and one.probability_ratio is not None
    ]
    yield from sorted(chosen, key=lambda one: one.horizon_s)


def kill_severity(forecast: Forecast) -> Severity:
    """What a probability of the OOM killer calls for at its horizon."""
    likely = forecast.probability_ratio or 0.0
    if forecast.horizon_s > ALARM_MAX_S:
        return Severity.OK
    if likely >= KILL_CRITICAL_RATIO:
        return Severity.CRITICAL
    return Severity.WARNING if likely >= _kill_alarm_ratio(forecast.horizon_s) else Severity.OK


def _kill_alarm_ratio(horizon_s: float) -> float:
    if horizon_s <= NEAR_S:
        return KILL_NEAR_WARNING_RATIO
    return KILL_SOON_WARNING_RATIO if horizon_s <= SOON_S else KILL_WARNING_RATIO


def is_group_alarm(forecast: Forecast, *, is_long: bool) -> bool:
    """Whether a kill at a cgroup's own limit is near and likely enough to be told; ``is_long_look`` of what."""
    is_known = is_long or forecast.horizon_s <= NEAR_S
    least = GROUP_WARNING_RATIO if is_known else GROUP_SOON_WARNING_RATIO
    return forecast.horizon_s <= SOON_S and (forecast.probability_ratio or 0.0) >= least


def kill_is_unlikely(facts: Facts) -> bool:
    """The model can tell, and not even the upper end of its interval comes near one."""
    near = next(said(facts, OOM_GLOBAL), None)
    return near is not None and (near.high_ratio or 0.0) < UNLIKELY_RATIO


def lacks_forecast(facts: Facts, event: str) -> tuple[str, ...]:
    """Why nothing is foreseen: words of the model's own."""
    found = facts[Outlook]
    if found.refusal is not None:
        return (f"two readings ({found.refusal})",)
    reasons = [one.reason for one in found.forecasts if one.event == event and one.scope == HOST]
    known = any(reason is None for reason in reasons)
    return () if known or not reasons else tuple(dict.fromkeys(r for r in reasons if r))[:1]


def is_long_look(facts: Facts) -> bool:
    """Whether what was looked at is as long as the nearest horizon: two readings a second apart know little."""
    return facts[Outlook].span_s >= NEAR_S


def longer_look(facts: Facts) -> tuple[str, ...]:
    """What a longer look would change; nothing where it was long."""
    if is_long_look(facts):
        return ()
    return (f"a longer look (--interval 10): it knows the last {facts[Outlook].span_s:.2g} s only",)


def evidence(forecast: Forecast) -> tuple[Quantity, ...]:
    """The probability with its interval, and what drives it, each as the model reckoned it."""
    source = f"forecast, {forecast.horizon_s:g} s ahead"
    numbers = [
        Quantity(name="probability", value=forecast.probability_ratio, unit="ratio", source=source),
        Quantity(name="low", value=forecast.low_ratio, unit="ratio", source=f"{source}, 90 %"),
        Quantity(name="high", value=forecast.high_ratio, unit="ratio", source=f"{source}, 90 %"),
    ]
    drivers = [
        Quantity(name="because", value=driver.text, unit="text", source="forecast, driver")
        for driver in forecast.drivers
    ]
    return (*numbers, *drivers)


def in_words(ratio: float) -> str:
    """As a whole per cent.

    >>> in_words(0.8949)
    '89 %'
    """
    return f"{ratio * _PERCENT:.0f} %"
