"""kswapd reclaims a cache that is needed again, only because fragmentation raised the marks.

Each time a block of one mobility is taken for another, the zone's marks rise for a while, by up to
``vm.watermark_boost_factor`` (15000 = 150 %) of the high mark, and kswapd works until they fall again
(``boost_watermark()``, 5.0+). That keeps large blocks together. Where free memory stands above the marks
without the boost, and pages come back after they were evicted, it is work for nothing.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, TWO_READINGS, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import interval_activity
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import Headroom, ZonePosition
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.sysctl_vm import VmSysctl

KEY = "vm.watermark_boost_factor"

REFAULT_MIN_RATIO = 0.1
"""Of what kswapd took: fewer come back from any reclaim."""


def _boosted(headroom: Headroom) -> tuple[ZonePosition, ...]:
    """Boosted zones, if each zone that serves tasks would be balanced without its boost."""
    serving = [zone for zone in headroom.zones if not zone.is_protected]
    is_boost_alone = all(
        zone.free_pages - zone.protection_pages > zone.high_pages - (zone.boost_pages or 0)
        for zone in serving
    )
    return tuple(z for z in serving if z.boost_pages) if is_boost_alone else ()


def _costs(activity: ReclaimActivity) -> bool:
    stolen, back = activity.steal_kswapd_pages_per_s or 0.0, activity.refault_pages_per_s or 0.0
    return stolen > 0 and back >= REFAULT_MIN_RATIO * stolen


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity, boosted = interval_activity(facts), _boosted(facts[Headroom])
    factor = facts[VmSysctl].watermark_boost_factor_permyriad
    if not boosted or not factor or activity is None or not _costs(activity):
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="kswapd evicts pages that come back, only because fragmentation raised the marks",
        confidence="medium",
        evidence=(
            Quantity(name="boost", value=sum(z.boost_pages or 0 for z in boosted), unit="pages", source="/proc/zoneinfo boost"),
            Quantity(name="steal_kswapd", value=activity.steal_kswapd_pages_per_s, unit="pages_per_s", source="/proc/vmstat pgsteal_kswapd"),
            Quantity(name="refault", value=activity.refault_pages_per_s, unit="pages_per_s", source="/proc/vmstat workingset_refault*"),
            Quantity(name="boost_factor", value=factor, unit="permyriad", source="/proc/sys/vm/watermark_boost_factor"),
        ),
        would_change=("a load that needs huge pages: then the boost earns what it costs",),
        remedy=Remedy(
            command=f"sysctl -w {KEY}=0",
            undo=f"sysctl -w {KEY}={factor}",
            effect="kswapd stops at the marks that free memory needs",
            risk="fewer blocks of a huge page's size stay whole over days",
        ),
    )  # fmt: skip


def _lacks(facts: Facts) -> tuple[str, ...]:
    return () if interval_activity(facts) is not None else (TWO_READINGS,)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    zone = replace(host.ZONE, boost_pages=24_000, high_pages=48_000, free_pages=40_000)
    return host.facts(
        Headroom(zones=(zone,), nodes=(host.NODE,)),
        replace(host.SYSCTL, watermark_boost_factor_permyriad=15_000),
        replace(host.ACTIVITY, scan_kswapd_pages_per_s=6_100.0, steal_kswapd_pages_per_s=5_900.0, refault_pages_per_s=2_300.0),
    )  # fmt: skip


RULE = Rule(
    id="VMA-BOOST-001",
    title="Fragmentation alone has kswapd evict pages that come back",
    needs=(Headroom, VmSysctl),
    lacks=_lacks,
    check=check,
    references=(
        "mm/page_alloc.c:boost_watermark",
        "Documentation/admin-guide/sysctl/vm.rst#watermark-boost-factor",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)
