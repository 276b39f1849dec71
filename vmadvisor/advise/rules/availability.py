"""What can still be had is about to run out.

The measure is the kernel's own: MemAvailable leaves ``totalreserve_pages`` out, so its zero is where
kswapd can no longer hold the high marks. Shares of RAM are no measure: 10 % is much at 64 GiB and little
at 1 GiB. Free swap still takes anonymous pages; without it the next step is the OOM killer.

The ZFS ARC above its minimum is added: MemAvailable does not know it, and its shrinker gives it back.

Nor is zero the end: the wider the marks (vm.watermark_scale_factor, vm.min_free_kbytes), the more lies
between it and the min marks, and a host may live there. So CRITICAL is judged by what the kernel judges
an OOM by (``should_reclaim_retry()``): free and file pages above the min marks. And where the forecast can
tell and holds a kill for unlikely, a low level alone is no WARNING: VMA-FORESEEN-001 leads.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._forecasts import kill_is_unlikely, kill_severity, said
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.events import OOM_GLOBAL
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.units import KIB_BYTES

AVAILABLE_WARNING_RESERVES_RATIO = 1.0
"""MemAvailable below one totalreserve: as much again as the kernel keeps for itself is all that is left."""

ADMIN_RESERVE_MAX_KIB = 8_192
ADMIN_RESERVE_DIVISOR = 32
"""``vm.admin_reserve_kbytes`` as the kernel sets it, min(3 % of RAM, 8 MB): "enough for the admin to log
in and kill a process" (``mm/util.c:init_admin_reserve``). With less left above the min marks he cannot."""

_COMPUTED = "computed: calculate_totalreserve_pages()"
_LEAST = "at least 3/2 of /proc/sys/vm/min_free_kbytes: no zone can be seen"


def is_short(now: Availability) -> bool:
    """MemAvailable is below the reserve and swap cannot make up for it."""
    return (
        now.totalreserve_pages is not None
        and _is_low(now)
        and now.swap_free_pages < now.totalreserve_pages
    )


def _is_low(now: Availability) -> bool:
    return now.obtainable_pages < AVAILABLE_WARNING_RESERVES_RATIO * (now.totalreserve_pages or 0)


def _is_spent(now: Availability) -> bool:
    """Not even the admin's reserve is left above the min marks; false where that is not known."""
    admin_pages = min(
        now.mem_total_pages // ADMIN_RESERVE_DIVISOR,
        ADMIN_RESERVE_MAX_KIB * KIB_BYTES // now.page_size_bytes,
    )
    return now.above_min_pages is not None and now.above_min_pages < admin_pages


def _judge(now: Availability, *, is_unlikely: bool) -> tuple[Severity, str] | None:
    if not _is_low(now):
        return None
    if not is_short(now):
        return Severity.INFO, "Little memory is available; swap still takes anonymous pages"
    if _is_spent(now):
        return (
            Severity.CRITICAL,
            "Memory has run out and swap cannot help: the OOM killer is next",
        )
    if is_unlikely:
        return (
            Severity.INFO,
            "Little memory is available and swap cannot help; the host lives with it",
        )
    return Severity.WARNING, "Memory is running out and swap cannot help"


def _counter_evidence(facts: Facts) -> tuple[Quantity, ...]:
    """The forecast, where it speaks against an alarm."""
    near = next(said(facts, OOM_GLOBAL), None)
    if near is None or kill_severity(near) is not Severity.OK:
        return ()
    return (
        Quantity(
            name="oom_probability",
            value=near.probability_ratio,
            unit="ratio",
            source=f"forecast, {near.horizon_s:g} s ahead",
        ),
    )


def _shrinkable(now: Availability) -> tuple[Quantity, ...]:
    if now.shrinkable_pages is None:
        return ()
    return (
        Quantity(
            name="arc_above_minimum",
            value=now.shrinkable_pages,
            unit="pages",
            source="/proc/spl/kstat/zfs/arcstats size - c_min",
        ),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now = facts[Availability]
    verdict = _judge(now, is_unlikely=kill_is_unlikely(facts))
    if verdict is None:
        return
    severity, title = verdict
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=severity,
        title=title,
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
                source=_LEAST if now.is_least_reserve else _COMPUTED,
            ),
            Quantity(
                name="above_min",
                value=now.above_min_pages,
                unit="pages",
                source="/proc/zoneinfo free - min - protection, /proc/meminfo Active(file), Inactive(file)",
            ),
            Quantity(
                name="swap_free",
                value=now.swap_free_pages,
                unit="pages",
                source="/proc/meminfo SwapFree",
            ),
        ),
        counter_evidence=(*_counter_evidence(facts), *_shrinkable(now)),
        would_change=(
            "memory that MemAvailable does not know (memory a hypervisor can hand out)"
            if now.shrinkable_pages is not None
            else "memory that MemAvailable does not know (ZFS ARC, memory a hypervisor can hand out)",
            "MemAvailable above the reserve",
        ),
    )


def _lacks(facts: Facts) -> tuple[str, ...]:
    """Nothing says what the kernel keeps for itself."""
    if facts[Availability].totalreserve_pages is None:
        return ("/proc/zoneinfo, or vm.min_free_kbytes",)
    return ()


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.AVAILABILITY, available_pages=5_000, above_min_pages=1_900, swap_free_pages=11)
    )


RULE = Rule(
    id="VMA-AVAIL-001",
    title="Available memory is running out",
    needs=(Availability,),
    lacks=_lacks,
    check=check,
    references=(
        "mm/show_mem.c:si_mem_available",
        "mm/page_alloc.c:calculate_totalreserve_pages",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)
