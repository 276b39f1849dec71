"""Free memory lies scattered, and requests for large blocks fail for it.

The kernel's own index (``__fragmentation_index()``) says why a block of some order cannot be had: towards 0
memory is lacking, towards 1000 it is free but scattered. Scattered memory is the normal state of a host
that has been up for a while and harms only who asks for blocks: told where such requests failed just now.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, TWO_READINGS, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import interval_activity
from vmadvisor.kernel.fragmentation_index import fragmentation_index
from vmadvisor.model.facts import Facts
from vmadvisor.model.fragmentation import COSTLY_ORDER
from vmadvisor.model.headroom import Headroom
from vmadvisor.sources.buddyinfo import Buddyinfo, BuddyZone
from vmadvisor.sources.sysctl_vm import VmSysctl

EXTFRAG_THRESHOLD_COUNT = 500
"""vm.extfrag_threshold's default: above it the kernel compacts rather than reclaims."""

ORDERS = (2, 3, 4, 6, 9)
"""A stack, the costly border, what drivers ask for, a huge page's half way, a huge page of 2 MiB."""

FAILED_MIN_PER_S = 1.0


def _serving(facts: Facts) -> frozenset[tuple[int, str]]:
    """Zones that requests of tasks may use."""
    headroom = facts.get(Headroom)
    zones = headroom.zones if headroom is not None else ()
    return frozenset((zone.node_id, zone.zone) for zone in zones if not zone.is_protected)


def _scattered(facts: Facts) -> tuple[BuddyZone, ...]:
    """Serving zones, if every one of them is scattered above order 3."""
    settings, serving = facts.get(VmSysctl), _serving(facts)
    limit = (settings and settings.extfrag_threshold_count) or EXTFRAG_THRESHOLD_COUNT
    zones = tuple(z for z in facts[Buddyinfo].zones if (z.node_id, z.name) in serving)
    indexes = [fragmentation_index(z.free_blocks_count, COSTLY_ORDER + 1) for z in zones]
    return zones if indexes and min(indexes) > limit else ()


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity = interval_activity(facts)
    failed = None if activity is None else activity.compact_fail_per_s
    zones = _scattered(facts)
    if not zones or (failed or 0.0) < FAILED_MIN_PER_S or activity is None:
        return
    indexes = tuple(
        Quantity(
            name=f"index_node{zone.node_id}_{zone.name}_order{order}",
            value=fragmentation_index(zone.free_blocks_count, order),
            unit="permille",
            source="computed from /proc/buddyinfo: __fragmentation_index()",
        )
        for zone in zones
        for order in ORDERS
        if order < len(zone.free_blocks_count)
    )
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="Memory is free but scattered: no block above order 3 is left, and compaction fails",
        confidence="medium",
        evidence=(
            Quantity(name="compact_fail", value=failed, unit="per_s", source="/proc/vmstat compact_fail"),
            *indexes,
        ),
        counter_evidence=(
            Quantity(name="thp_fault_fallback", value=activity.thp_fault_fallback_per_s, unit="per_s", source="/proc/vmstat thp_fault_fallback"),
        ),
        would_change=(
            "compact_fail standing still; a wider gap (vm.watermark_scale_factor) lets kcompactd work ahead",
        ),
    )  # fmt: skip


def _lacks(facts: Facts) -> tuple[str, ...]:
    return () if interval_activity(facts) is not None else (TWO_READINGS,)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    scattered = BuddyZone(
        node_id=0, name="Normal", free_blocks_count=(190_000, 40_000, 4_000, 200, *[0] * 7)
    )
    activity = replace(host.ACTIVITY, compact_stall_per_s=31.0, compact_fail_per_s=28.0)
    return host.facts(Buddyinfo(zones=(scattered,)), activity)


RULE = Rule(
    id="VMA-FRAG-001",
    title="Memory is free but scattered, and large blocks cannot be had",
    needs=(Buddyinfo,),
    lacks=_lacks,
    check=check,
    references=("mm/vmstat.c:fragmentation_index", "mm/compaction.c:compaction_suitable"),
    fires_on=_fires,
    quiet_on=quiet_host,
)
