"""The OOM killer is likely to strike: the forecast, before anything has happened.

The host's own shortage decides (``oom_global``); a cgroup about to be struck at its own limit is that
cgroup's matter, a WARNING in its scope and never more. The probabilities are calibrated on recordings; at
horizons that recordings do not back nothing is said.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._forecasts import (
    evidence,
    in_words,
    is_group_alarm,
    is_long_look,
    kill_severity,
    lacks_forecast,
    longer_look,
    said,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.events import OOM, OOM_GLOBAL
from vmadvisor.model.facts import Availability, Facts, VictimOrder
from vmadvisor.model.forecast import Forecast, Outlook

LIKELY_RATIO = 0.5
"""More likely than not; from less on it is told too, since a kill costs more than a look."""


def _host(facts: Facts) -> Iterator[Finding]:
    """The most alarming horizon; of equals the nearest."""
    worst = max(
        said(facts, OOM_GLOBAL), key=lambda one: (kill_severity(one), -one.horizon_s), default=None
    )
    if worst is None or kill_severity(worst) is Severity.OK:
        return
    likely = worst.probability_ratio or 0.0
    strikes = "is likely to strike" if likely >= LIKELY_RATIO else "may strike"
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=kill_severity(worst),
        title=f"The OOM killer {strikes} within {worst.horizon_s:g} s: {in_words(likely)}",
        confidence="high" if is_long_look(facts) else "medium",
        evidence=(*evidence(worst), *_next_victim(facts)),
        counter_evidence=_available(facts),
        would_change=(
            "the growth ending before what is left is gone",
            *longer_look(facts),
        ),
    )


def _next_victim(facts: Facts) -> tuple[Quantity, ...]:
    order = facts.get(VictimOrder)
    killable = [one for one in order.by_scope.get(HOST, ()) if one.killable] if order else []
    if not killable:
        return ()
    first = killable[0]
    return (
        Quantity(name="next_victim", value=f"{first.comm} ({first.pid_id})", unit="text",
                 source="oom_badness, recomputed"),
    )  # fmt: skip


def _available(facts: Facts) -> tuple[Quantity, ...]:
    now = facts.get(Availability)
    if now is None:
        return ()
    return (
        Quantity(name="available", value=now.available_pages, unit="pages",
                 source="/proc/meminfo MemAvailable"),
        Quantity(name="swap_free", value=now.swap_free_pages, unit="pages",
                 source="/proc/meminfo SwapFree"),
    )  # fmt: skip


def _groups(facts: Facts) -> Iterator[Finding]:
    """Its limit is known to the byte: a kill there is told further ahead than a stall."""
    near: dict[str, Forecast] = {}
    is_long = is_long_look(facts)
    for one in facts[Outlook].forecasts:
        if one.scope != HOST and one.event == OOM and is_group_alarm(one, is_long=is_long):
            near.setdefault(one.scope, one)
    for path, one in near.items():
        likely = in_words(one.probability_ratio or 0.0)
        yield Finding(
            id=RULE.id,
            scope=path,
            severity=Severity.WARNING,
            title=f"The OOM killer is likely to strike at this cgroup's limit within {one.horizon_s:g} s: "
            f"{likely}",
            confidence="medium",
            evidence=evidence(one),
            would_change=("the group's growth ending below its limit", "a higher memory.max"),
        )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    yield from _host(facts)
    yield from _groups(facts)


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(host.outlook({OOM_GLOBAL: 0.81}))


RULE = Rule(
    id="VMA-FORESEEN-001",
    title="The OOM killer is likely to strike",
    needs=(Outlook,),
    lacks=lambda facts: lacks_forecast(facts, OOM_GLOBAL),
    check=check,
    references=("mm/page_alloc.c:should_reclaim_retry", "mm/oom_kill.c:oom_badness"),
    fires_on=_fires,
    quiet_on=quiet_host,
)
