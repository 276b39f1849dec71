"""vm.vfs_cache_pressure stands where it does harm: 0, or far above its default.

Dentries and inodes are scanned by value/100. At 0 they are never reclaimed
(``super_cache_count()`` gives nothing): they grow until the OOM killer comes, while MemAvailable goes on
counting them as available. Above 1000 the shrinkers run through lists of millions under their locks and
find little. Anything between is a matter of taste.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.facts import Facts
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl

KEY = "vm.vfs_cache_pressure"
DEFAULT_PCT = 100
HIGH_PCT = 1_000
"""Documentation/admin-guide/sysctl/vm.rst: beyond 1000 "may have negative performance impact"."""

HELD_WARNING_RATIO = 0.25
"""Of RAM in reclaimable slab that is not reclaimed: the way to the OOM killer is under way."""


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    value, info = facts[VmSysctl].vfs_cache_pressure_pct, facts[Meminfo]
    if value is None or 0 < value <= HIGH_PCT:
        return
    held_kib = info.sreclaimable_kib
    grows = value == 0 and (held_kib or 0) >= HELD_WARNING_RATIO * info.mem_total_kib
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if grows else Severity.INFO,
        title="Dentries and inodes are never reclaimed: they can fill memory up to the OOM killer"
        if value == 0
        else "Reclaim scans dentries and inodes many times over and holds their locks",
        confidence="high" if value == 0 else "medium",
        evidence=(
            Quantity(name="vfs_cache_pressure", value=value, unit="pct", source="/proc/sys/vm/vfs_cache_pressure"),
            Quantity(name="reclaimable_slab", value=held_kib, unit="kib", source="/proc/meminfo SReclaimable"),
            Quantity(name="available", value=info.mem_available_kib, unit="kib", source="/proc/meminfo MemAvailable"),
        ),
        would_change=(f"{KEY} from 1 to {HIGH_PCT}",),
        remedy=Remedy(
            command=f"sysctl -w {KEY}={DEFAULT_PCT if value else 50}",
            undo=f"sysctl -w {KEY}={value}",
            effect="they are reclaimed at half the pace of the page cache" if value == 0
            else "they are reclaimed at the pace of the page cache",
            risk="names looked up again after they were evicted are read from disk",
        ),
    )  # fmt: skip


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.SYSCTL, vfs_cache_pressure_pct=0),
        replace(host.MEMINFO, sreclaimable_kib=2_900_000),
    )


RULE = Rule(
    id="VMA-VFS-001",
    title="vfs_cache_pressure stands where it does harm",
    needs=(VmSysctl, Meminfo),
    check=check,
    references=(
        "fs/super.c:super_cache_count",
        "Documentation/admin-guide/sysctl/vm.rst#vfs-cache-pressure",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)
