"""Swap: absent, full or busy. A full swap device is no trouble by itself, traffic in both directions is."""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules.direct_reclaim import STALL_MIN_RATIO
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.rates import ReclaimActivity, StallTime

FULL_FREE_MAX_RATIO = 0.02
"""Below 2 % free the kernel soon treats anonymous pages as unreclaimable (``can_reclaim_anon_pages``)."""


def _traffic(activity: ReclaimActivity | None) -> tuple[Quantity, ...]:
    if activity is None or activity.is_since_boot:
        return ()
    return (
        Quantity(
            name="swapin",
            value=activity.swapin_pages_per_s,
            unit="pages_per_s",
            source="/proc/vmstat pswpin",
        ),
        Quantity(
            name="swapout",
            value=activity.swapout_pages_per_s,
            unit="pages_per_s",
            source="/proc/vmstat pswpout",
        ),
        Quantity(
            name="refault_anon",
            value=activity.refault_anon_pages_per_s,
            unit="pages_per_s",
            source="/proc/vmstat workingset_refault_anon",
        ),
    )


def _thrashes(activity: ReclaimActivity | None, stall: StallTime | None) -> bool:
    if activity is None or stall is None or activity.is_since_boot:
        return False
    both_ways = bool(activity.swapin_pages_per_s and activity.swapout_pages_per_s)
    return both_ways and (stall.memory_full_ratio or 0.0) >= STALL_MIN_RATIO


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now, activity = facts[Availability], facts.get(ReclaimActivity)
    size = (
        Quantity(
            name="swap_total",
            value=now.swap_total_pages,
            unit="pages",
            source="/proc/meminfo SwapTotal",
        ),
        Quantity(
            name="swap_free",
            value=now.swap_free_pages,
            unit="pages",
            source="/proc/meminfo SwapFree",
        ),
    )
    traffic = _traffic(activity)
    severity = Severity.INFO
    counter: tuple[Quantity, ...] = ()
    if now.swap_total_pages == 0:
        title = "No swap: anonymous memory cannot be reclaimed, vm.swappiness has no effect"
        change = "a swap device or zram"
        traffic = ()
    elif _thrashes(activity, facts.get(StallTime)):
        severity = Severity.WARNING
        title = "Pages go to swap and come back while tasks wait: the working set does not fit"
        change = "swap-in ending, or memory full below 5 % of the time"
    elif now.swap_free_pages < FULL_FREE_MAX_RATIO * now.swap_total_pages:
        title = (
            "Swap is full; without traffic that alone is no trouble, but it cannot help any more"
        )
        change = "swap-in and swap-out rising, available memory falling"
        counter, traffic = traffic, ()
    else:
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=severity,
        title=title,
        confidence="high",
        evidence=size + traffic,
        counter_evidence=counter,
        would_change=(change,),
    )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(
            host.ACTIVITY,
            swapin_pages_per_s=800.0,
            swapout_pages_per_s=900.0,
            refault_anon_pages_per_s=790.0,
        ),
        replace(host.STALL, memory_full_ratio=0.31),
    )


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts()


RULE = Rule(
    id="VMA-SWAP-001",
    title="Swap is absent, full or thrashing",
    needs=(Availability,),
    check=check,
    references=(
        "mm/vmscan.c:get_scan_count",
        "mm/workingset.c",
        "Documentation/admin-guide/sysctl/vm.rst#swappiness",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)
