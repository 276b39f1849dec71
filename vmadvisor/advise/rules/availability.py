"""What can still be had is about to run out.

The measure is the kernel's own: MemAvailable leaves ``totalreserve_pages`` out, so its zero is where
kswapd can no longer hold the high marks. Shares of RAM are no measure: 10 % is much at 64 GiB and little
at 1 GiB. Free swap still takes anonymous pages; without it the next step is the OOM killer.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Availability, Facts

AVAILABLE_WARNING_RESERVES_RATIO = 1.0
"""MemAvailable below one totalreserve: as much again as the kernel keeps for itself is all that is left."""

AVAILABLE_CRITICAL_RESERVES_RATIO = 0.25
"""A quarter of that: less than the gap between two marks on a stock host."""


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now = facts[Availability]
    if not now.totalreserve_pages:
        return
    ratio = now.available_pages / now.totalreserve_pages
    if ratio >= AVAILABLE_WARNING_RESERVES_RATIO:
        return
    swap_helps = now.swap_free_pages >= now.totalreserve_pages
    if swap_helps:
        severity = Severity.INFO
    elif ratio < AVAILABLE_CRITICAL_RESERVES_RATIO:
        severity = Severity.CRITICAL
    else:
        severity = Severity.WARNING
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=severity,
        title="Little memory is available; swap still takes anonymous pages"
        if swap_helps
        else "Memory is running out and swap cannot help: the OOM killer is next",
        confidence="medium",
        evidence=(
            Quantity(
                name="available",
                value=now.available_pages,
                unit="pages",
                source="/proc/meminfo MemAvailable",
            ),
            Quantity(
                name="totalreserve",
                value=now.totalreserve_pages,
                unit="pages",
                source="computed: calculate_totalreserve_pages()",
            ),
            Quantity(
                name="swap_free",
                value=now.swap_free_pages,
                unit="pages",
                source="/proc/meminfo SwapFree",
            ),
        ),
        would_change=(
            "memory that MemAvailable does not know (ZFS ARC, memory a hypervisor can hand out)",
            "MemAvailable above the reserve",
        ),
    )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(replace(host.AVAILABILITY, available_pages=5_000, swap_free_pages=11))


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts()


RULE = Rule(
    id="VMA-AVAIL-001",
    title="Available memory is running out",
    needs=(Availability,),
    check=check,
    references=(
        "mm/show_mem.c:si_mem_available",
        "mm/page_alloc.c:calculate_totalreserve_pages",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)
