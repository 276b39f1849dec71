"""Tasks are likely to stall for want of memory: the forecast of PSI memory ``full``.

The nearest horizon decides, since two readings tell no more of the further ones. How bad it would be is
the share of the time expected to be lost, held against the same marks as a stall that is measured.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._forecasts import (
    STALL_WARNING_RATIO,
    evidence,
    in_words,
    is_long_look,
    lacks_forecast,
    longer_look,
    said,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import STALL_CRITICAL_RATIO, capped_group, stall
from vmadvisor.model.events import MEMORY_STALL
from vmadvisor.model.facts import Facts
from vmadvisor.model.forecast import Forecast, Outlook
from vmadvisor.model.limits import CgroupLimits


def _lost_ratio(found: Outlook, horizon_s: float) -> float | None:
    """Share of the horizon expected to be lost."""
    lost_s = dict(found.full_stall_s_by_horizon).get(horizon_s)
    return None if lost_s is None else lost_s / horizon_s


def _severity(facts: Facts, lost_ratio: float | None) -> Severity:
    """CRITICAL only where it is that bad already: the forecast alone says that it comes, not how long."""
    is_bad = (lost_ratio or 0.0) >= STALL_CRITICAL_RATIO and stall(facts).is_critical
    return Severity.CRITICAL if is_bad else Severity.WARNING


def _finding(facts: Facts, near: Forecast) -> Finding:
    found = facts[Outlook]
    lost = _lost_ratio(found, near.horizon_s)
    likely = in_words(near.probability_ratio or 0.0)
    expected = Quantity(
        name="expected_full", value=lost, unit="ratio", source="forecast, PSI memory full"
    )
    group = capped_group(facts)
    if group is not None:
        return Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title=f"Memory stalls are likely within {near.horizon_s:g} s ({likely}), those of "
            f"{group.path} at its own limit; the host itself is not short",
            confidence="medium",
            evidence=(*evidence(near), expected),
            would_change=("direct reclaim on the host, or its available memory running out",),
        )
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=_severity(facts, lost),
        title=f"Tasks are likely to stall for memory within {near.horizon_s:g} s: {likely}",
        confidence="high" if is_long_look(facts) else "medium",
        evidence=(*evidence(near), expected),
        counter_evidence=_counter_evidence(facts),
        would_change=("demand falling below what kswapd frees", *longer_look(facts)),
    )


def _counter_evidence(facts: Facts) -> tuple[Quantity, ...]:
    """What is lost now, where that is not harm yet."""
    now = stall(facts)
    if now.is_harmful or now.interval_ratio is None:
        return ()
    return (
        Quantity(
            name="memory_full",
            value=now.interval_ratio,
            unit="ratio",
            source="/proc/pressure/memory full total",
        ),
    )


def _groups(facts: Facts) -> Iterator[Finding]:
    """Groups on their way to a limit of their own; one that stands at it is told by VMA-CGROUP-001.

    INFO: the limit was somebody's choice, and no setting of the host's would help.
    """
    limits = facts.get(CgroupLimits)
    at_limit = {group.path for group in limits.at_limit} if limits is not None else set()
    near: dict[str, Forecast] = {}
    for one in facts[Outlook].forecasts:
        if one.scope == HOST or one.event != MEMORY_STALL or one.probability_ratio is None:
            continue
        if one.scope not in near or one.horizon_s < near[one.scope].horizon_s:
            near[one.scope] = one
    for path, one in near.items():
        if path in at_limit or (one.probability_ratio or 0.0) < STALL_WARNING_RATIO:
            continue
        yield Finding(
            id=RULE.id,
            scope=path,
            severity=Severity.INFO,
            title=f"Tasks of this cgroup are likely to stall at its own limit within {one.horizon_s:g} s: "
            f"{in_words(one.probability_ratio or 0.0)}",
            confidence="medium",
            evidence=evidence(one),
            would_change=("the group's growth ending below its limit", "a higher limit"),
        )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    near = next(said(facts, MEMORY_STALL), None)
    if near is not None and (near.probability_ratio or 0.0) >= STALL_WARNING_RATIO:
        yield _finding(facts, near)
    yield from _groups(facts)


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(host.outlook({MEMORY_STALL: 0.67}))


RULE = Rule(
    id="VMA-FORESEEN-002",
    title="Tasks are likely to stall for memory",
    needs=(Outlook,),
    lacks=lambda facts: lacks_forecast(facts, MEMORY_STALL),
    check=check,
    references=("Documentation/accounting/psi.rst", "mm/vmscan.c:balance_pgdat"),
    fires_on=_fires,
    quiet_on=quiet_host,
)
