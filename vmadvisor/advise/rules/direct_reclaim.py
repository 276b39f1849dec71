"""Tasks stop to reclaim memory themselves: the stall this tool exists to see.

``allocstall`` counts passes, not harm: hundreds may cost nothing. PSI ``full`` is time in which no task
got on; it decides. Not all of it is the host's: a cgroup at its own limit raises host PSI too, and so
does kswapd by merely running (see ``_stalls``); neither is blamed on the host.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, TWO_READINGS, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import (
    STALL_CRITICAL_RATIO,
    STALL_MIN_RATIO,
    Stall,
    came_back,
    capped_group,
    host_reclaims,
    interval_activity,
    stall,
)
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity

ALLOCSTALL_WITHOUT_PSI_MIN_PER_S = 10.0
"""Without PSI the cost is unknown. A pass takes milliseconds at best (tens to hundreds were reported,
linux-mm 2018-04-02): ten a second at 5 ms each are the 5 % of a task's time that PSI would call harm."""

_WAITING = "Tasks stall: they reclaim memory themselves or wait for pages to come back"
_CHEAP = "Tasks reclaimed for themselves in the interval, at little or no cost so far"
_KSWAPD = "Memory pressure is kswapd's own running time: no task reclaimed or waited for swap"
_COMPACTING = "Tasks lose time to direct compaction; the host itself reclaims nothing"
_UNEXPLAINED = (
    "Tasks lose time to memory though nothing new is reclaimed: a pass that lasts (slow swap?), "
    "or a cgroup at its limit that was not seen"
)
_PARTLY = "Some tasks wait for memory most of the time; others get on"


def _evidence(activity: ReclaimActivity | None, now: Stall) -> tuple[Quantity, ...]:
    return (
        Quantity(
            name="memory_full",
            value=now.interval_ratio,
            unit="ratio",
            source="/proc/pressure/memory full total",
        ),
        Quantity(
            name="memory_some",
            value=now.some_ratio,
            unit="ratio",
            source="/proc/pressure/memory some total",
        ),
        Quantity(
            name="memory_full_avg10",
            value=now.avg10_ratio,
            unit="ratio",
            source="/proc/pressure/memory full avg10",
        ),
        Quantity(
            name="allocstall",
            value=activity.allocstall_per_s if activity else None,
            unit="per_s",
            source="/proc/vmstat allocstall*",
        ),
        Quantity(
            name="scan_direct",
            value=activity.scan_direct_pages_per_s if activity else None,
            unit="pages_per_s",
            source="/proc/vmstat pgscan_direct",
        ),
    )


def _counter_evidence(activity: ReclaimActivity | None) -> tuple[Quantity, ...]:
    if activity is None:
        return ()
    return (
        Quantity(
            name="steal_kswapd",
            value=activity.steal_kswapd_pages_per_s,
            unit="pages_per_s",
            source="/proc/vmstat pgsteal_kswapd",
        ),
    )


def _judge(facts: Facts) -> tuple[Severity, str, str] | None:
    """Severity, title and confidence; ``None`` where there is nothing to say."""
    activity, now = interval_activity(facts), stall(facts)
    stalls_per_s = (activity.allocstall_per_s if activity else None) or 0.0
    if now.is_harmful:
        severity = Severity.CRITICAL if now.is_critical else Severity.WARNING
        if activity is None:
            return severity, _WAITING, "medium"
        if host_reclaims(facts) or came_back(activity):
            return severity, _WAITING, "high"
        if activity.compact_stall_per_s:
            return Severity.INFO, _COMPACTING, "medium"  # VMA-COMPACT-001 judges it
        return severity, _UNEXPLAINED, "low"
    if now.harm_ratio is None and stalls_per_s >= ALLOCSTALL_WITHOUT_PSI_MIN_PER_S:
        return Severity.WARNING, _WAITING, "low"
    if stalls_per_s:
        return Severity.INFO, _CHEAP, "low" if now.harm_ratio is None else "high"
    if (now.interval_ratio or 0.0) >= STALL_MIN_RATIO:
        return Severity.INFO, _KSWAPD, "medium"
    if (now.some_ratio or 0.0) >= STALL_CRITICAL_RATIO:
        return Severity.INFO, _PARTLY, "medium"
    return None


def _capped(group: LimitedCgroup, evidence: tuple[Quantity, ...]) -> Finding:
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title=f"Memory stalls come from {group.path} at its own limit; the host itself is not short",
        confidence="medium",
        evidence=evidence,
        counter_evidence=(
            Quantity(
                name="cgroup_usage",
                value=group.usage_ratio,
                unit="ratio",
                source=f"memory.current / {group.limit_file} of {group.path}",
            ),
        ),
        would_change=("direct reclaim on the host, or its available memory running out",),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    verdict = _judge(facts)
    if verdict is None:
        return
    severity, title, confidence = verdict
    activity = interval_activity(facts)
    evidence = _evidence(activity, stall(facts))
    harmful = severity >= Severity.WARNING
    group = capped_group(facts) if harmful else None
    if group is not None:
        yield _capped(group, evidence)
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=severity,
        title=title,
        confidence=confidence,
        evidence=evidence,
        counter_evidence=_counter_evidence(activity),
        would_change=(
            f"memory full below {STALL_MIN_RATIO * 100:.0f} % of the time"
            if harmful
            else f"tasks losing {STALL_MIN_RATIO * 100:.0f} % of the time or more",
        ),
    )


def _lacks(facts: Facts) -> tuple[str, ...]:
    """Neither PSI nor a rate of direct reclaims: nothing to judge by."""
    if stall(facts).harm_ratio is not None:
        return ()
    activity = interval_activity(facts)
    if activity is None:
        return (TWO_READINGS, "/proc/pressure/memory")
    return ("/proc/vmstat allocstall",) if activity.allocstall_per_s is None else ()


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.ACTIVITY, allocstall_per_s=41.0, scan_direct_pages_per_s=9_000.0),
        replace(host.STALL, memory_some_ratio=0.5, memory_full_ratio=0.22),
    )


RULE = Rule(
    id="VMA-RECLAIM-001",
    title="Tasks stall in direct reclaim",
    needs=(),
    lacks=_lacks,
    check=check,
    references=(
        "Documentation/accounting/psi.rst",
        "mm/page_alloc.c:__alloc_pages_slowpath",
        "mm/vmscan.c:try_to_free_pages",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)
