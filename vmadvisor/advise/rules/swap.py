"""Swap: absent, full or busy. A full swap device is no trouble by itself, traffic in both directions is."""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import (
    SWAPIN_MIN_PER_S,
    capped_group,
    interval_activity,
    stall,
)
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.rates import ReclaimActivity

FULL_FREE_MAX_RATIO = 0.02
"""With the last free slot anonymous pages become unreclaimable (``can_reclaim_anon_pages()``); 2 % are
what a slow leak leaves for the admin to notice in time."""


_FULL = "Swap is full; without traffic that alone is no trouble, but it cannot help any more"
_FULL_AND_BUSY = "Swap is full and pages still move: it cannot take more anonymous memory"


def _traffic(activity: ReclaimActivity | None) -> tuple[Quantity, ...]:
    if activity is None:
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


def _goes_both_ways(activity: ReclaimActivity | None) -> bool:
    """Pages come back as fast as could hurt, while others still go out."""
    if activity is None or not activity.swapout_pages_per_s:
        return False
    return (activity.swapin_pages_per_s or 0.0) >= SWAPIN_MIN_PER_S


def _cost(facts: Facts) -> tuple[Severity, str] | None:
    """What the traffic in both directions costs; ``None`` while it costs little."""
    now = stall(facts)
    if now.harm_ratio is None:
        return (
            Severity.INFO,
            "Pages go to swap and come back; without PSI the time this costs cannot be told",
        )
    if not now.is_harmful:
        return None
    group = capped_group(facts)
    if group is not None:
        return (
            Severity.INFO,
            f"Pages of {group.path} go to swap and come back at its own limit; the host is not short",
        )
    return (
        Severity.WARNING,
        "Pages go to swap and come back while tasks wait: the working set does not fit",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now, activity = facts[Availability], interval_activity(facts)
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
    cost = _cost(facts) if _goes_both_ways(activity) else None
    severity = Severity.INFO
    counter: tuple[Quantity, ...] = ()
    if now.swap_total_pages == 0:
        title = "No swap: anonymous memory cannot be reclaimed, vm.swappiness has no effect"
        change = "a swap device or zram"
        traffic = ()
    elif cost is not None:
        severity, title = cost
        change = "swap-in ending, or memory full below 5 % of the time"
    elif now.swap_free_pages < FULL_FREE_MAX_RATIO * now.swap_total_pages:
        title = _FULL_AND_BUSY if any(item.value for item in traffic) else _FULL
        change = "free swap, or swap-in and swap-out standing still with memory available"
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
    quiet_on=quiet_host,
)
