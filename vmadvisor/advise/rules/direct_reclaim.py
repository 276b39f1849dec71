"""Tasks stop to reclaim memory themselves: the stall this tool exists to see.

``allocstall`` counts passes, not harm: hundreds may cost nothing. PSI ``full`` is time in which no task
got on; it decides. A cgroup at its own limit raises host PSI too (see ``model.limits``): when no host
reclaim goes with it, the host is not blamed.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity, StallTime

STALL_MIN_RATIO = 0.05
"""The project's definition of harm: memory ``full`` grows by 5 % of the time looked at."""

STALL_CRITICAL_RATIO = 0.40
"""The level desktop tools settled on after false kills at 10 % (eos-boot-helper 402, 406; nohang's soft mark)."""

ALLOCSTALL_WITHOUT_PSI_MIN_PER_S = 10.0
"""Without PSI the cost is unknown; a lone burst stalls a handful of tasks once, a shortage again and again
(recorded bursts that cost under 5 % reach about 10 passes a second)."""


def _evidence(activity: ReclaimActivity, stall: StallTime | None) -> tuple[Quantity, ...]:
    full = None if stall is None else stall.memory_full_ratio
    return (
        Quantity(
            name="memory_full", value=full, unit="ratio", source="/proc/pressure/memory full total"
        ),
        Quantity(
            name="allocstall",
            value=activity.allocstall_per_s,
            unit="per_s",
            source="/proc/vmstat allocstall*",
        ),
        Quantity(
            name="scan_direct",
            value=activity.scan_direct_pages_per_s,
            unit="pages_per_s",
            source="/proc/vmstat pgscan_direct",
        ),
    )


def _host_reclaims(activity: ReclaimActivity) -> bool:
    """Whether anything but cgroup limits reclaimed in the interval; unknown counts as yes."""
    rates = (
        activity.scan_kswapd_pages_per_s,
        activity.scan_direct_pages_per_s,
        activity.allocstall_per_s,
    )
    return any(rate is None or rate > 0 for rate in rates)


def _culprit(facts: Facts, activity: ReclaimActivity) -> LimitedCgroup | None:
    """The capped group that explains host PSI, when the host itself does not reclaim."""
    limits = facts.get(CgroupLimits)
    if limits is None or _host_reclaims(activity):
        return None
    return max(
        limits.at_limit,
        key=lambda g: g.memory_full_ratio or g.full_avg10_ratio or 0.0,
        default=None,
    )


def _severity(full: float | None, stalls_per_s: float) -> Severity:
    if full is None:
        many = stalls_per_s >= ALLOCSTALL_WITHOUT_PSI_MIN_PER_S
        return Severity.WARNING if many else Severity.INFO
    if full >= STALL_CRITICAL_RATIO:
        return Severity.CRITICAL
    return Severity.WARNING if full >= STALL_MIN_RATIO else Severity.INFO


def _capped(group: LimitedCgroup, evidence: tuple[Quantity, ...]) -> Finding:
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title=f"Memory stalls come from {group.path} at its own limit; the host itself does not reclaim",
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
        would_change=("kswapd or direct reclaim starting on the host",),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity, stall = facts[ReclaimActivity], facts.get(StallTime)
    if activity.is_since_boot:
        return
    full = None if stall is None else stall.memory_full_ratio
    stalls_per_s = activity.allocstall_per_s or 0.0
    if not stalls_per_s and (full or 0.0) < STALL_MIN_RATIO:
        return
    evidence = _evidence(activity, stall)
    severity = _severity(full, stalls_per_s)
    culprit = _culprit(facts, activity) if severity > Severity.INFO else None
    if culprit is not None:
        yield _capped(culprit, evidence)
        return
    harmful = severity >= Severity.WARNING
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=severity,
        title="Tasks stall: they reclaim memory themselves or wait for pages to come back"
        if harmful
        else "Tasks reclaimed for themselves in the interval, at little or no cost so far",
        confidence="low" if full is None else "high",
        evidence=evidence,
        counter_evidence=(
            Quantity(
                name="steal_kswapd",
                value=activity.steal_kswapd_pages_per_s,
                unit="pages_per_s",
                source="/proc/vmstat pgsteal_kswapd",
            ),
        ),
        would_change=(
            f"memory full below {STALL_MIN_RATIO:.0%} of the time"
            if harmful
            else f"memory full at {STALL_MIN_RATIO:.0%} of the time or more",
        ),
    )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.ACTIVITY, allocstall_per_s=41.0, scan_direct_pages_per_s=9_000.0),
        replace(host.STALL, memory_some_ratio=0.5, memory_full_ratio=0.22),
    )


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts()


RULE = Rule(
    id="VMA-RECLAIM-001",
    title="Tasks stall in direct reclaim",
    needs=(ReclaimActivity,),
    check=check,
    references=(
        "Documentation/accounting/psi.rst",
        "mm/page_alloc.c:__alloc_pages_slowpath",
        "mm/vmscan.c:try_to_free_pages",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)
