"""Memory runs out within seconds: relief comes before tuning.

Speaks where the model's forecast calls an OOM kill or a memory stall of the host more likely than not. Named is
who grew fastest between the two readings, else who holds most; the ways out stand in the order of the time
they buy (``_relief``). The verdict is that of the forecasts and of the other rules.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._relief import Relief, relief_of
from vmadvisor.model.facts import Availability, Facts

REFERENCES = (
    "mm/page_alloc.c:should_reclaim_retry",
    "Documentation/admin-guide/cgroup-v2.rst#memory-interface-files",
)


def _evidence(facts: Facts, found: Relief) -> tuple[Quantity, ...]:
    now, grower = facts[Availability], found.grower
    said: tuple[Quantity, ...] = (
        Quantity(
            name="probability",
            value=found.probability_ratio,
            unit="ratio",
            source="forecast from /proc/vmstat, zoneinfo, meminfo, pressure",
        ),
        Quantity(
            name="available",
            value=now.available_pages,
            unit="pages",
            source="/proc/meminfo MemAvailable",
        ),
    )
    if grower is None:
        return said
    return (
        *said,
        Quantity(
            name="size",
            value=grower.size_bytes,
            unit="bytes",
            source=f"/proc/{grower.pid_id}/statm",
        ),
        Quantity(
            name="growth",
            value=grower.growth_bytes_per_s,
            unit="bytes_per_s",
            source=f"/proc/{grower.pid_id}/statm",
        ),
    )


def _title(found: Relief) -> str:
    who = found.grower
    if who is None:
        return f"Likely: {found.because}"
    verb = "grows" if who.growth_bytes_per_s else "is the largest"
    return f"Likely: {found.because}; {who.name} (pid {who.pid_id}) {verb}"


def check(facts: Facts) -> Iterator[Finding]:
    """Who grows; nothing when nothing is near."""
    found = relief_of(facts)
    if found is None:
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title=_title(found),
        confidence="medium",
        evidence=_evidence(facts, found),
        would_change=("the growth coming to an end", "memory given back"),
    )


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """Those ways out that are settings, in their order."""
    found = relief_of(facts)
    for way in () if found is None else found.ways:
        if found is None or way.key is None or way.value is None:
            continue
        yield Recommendation(
            id=RULE.id,
            key=way.key,
            scope=HOST,
            claim=f"Likely: {found.because}; to gain time, {way.action}",
            current=way.current,
            recommended=way.value,
            evidence=_evidence(facts, found),
            counter_evidence=(),
            predicted=(way.effect,),
            confidence="medium",
            would_change=("the growth coming to an end",),
            risk=way.risk,
            command=way.command,
            undo=way.undo,
            persist=way.persist,
            references=REFERENCES,
            finding_ids=(RULE.id,),
        )


def _fires() -> Facts:
    from vmadvisor.advise.rules import _near_oom

    return _near_oom.facts()


RULE = Rule(
    id="VMA-RELIEF-001",
    title="Memory runs out within seconds: what to do now",
    needs=(Availability,),
    check=check,
    recommend=recommend,
    references=REFERENCES,
    fires_on=_fires,
    quiet_on=quiet_host,
)
