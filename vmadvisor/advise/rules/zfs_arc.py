"""ZFS holds a cache that MemAvailable does not count, larger than what it counts.

The ARC is in none of meminfo's caches: to ``si_mem_available()`` it is memory in use, and a monitor that
watches MemAvailable cries wolf. Under pressure its shrinker gives it back down to ``c_min``, though not always
as fast as a burst needs: that shows as direct reclaim. Told where the ARC above its minimum is larger than
MemAvailable, so that the number would mislead; VMA-AVAIL-001 counts it already.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._stalls import interval_activity, stall
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.sources.arcstats import Arcstats

SHARE_MIN_RATIO = 0.10
MAX_PATH = "/sys/module/zfs/parameters/zfs_arc_max"


def _remedy(arc: Arcstats) -> Remedy | None:
    """A lower ceiling, where tasks stall; the way back is the ceiling in force."""
    if arc.c_max_bytes is None or arc.c_min_bytes is None:
        return None
    wanted = max(arc.size_bytes // 2, arc.c_min_bytes)
    return Remedy(
        command=f"echo {wanted} > {MAX_PATH}",
        undo=f"echo {arc.c_max_bytes} > {MAX_PATH}",
        effect="the ARC shrinks to half of what it holds; that much becomes free",
        risk="reads that the ARC answered go to the disks",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    arc, now = facts[Arcstats], facts[Availability]
    shrinkable = now.shrinkable_pages
    if shrinkable is None or shrinkable < SHARE_MIN_RATIO * now.mem_total_pages:
        return
    if shrinkable < now.available_pages:
        return
    activity = interval_activity(facts)
    stalls = stall(facts).is_harmful and activity is not None and bool(activity.allocstall_per_s)
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="Tasks reclaim while ZFS holds a large cache: its shrinker is slower than the demand"
        if stalls
        else "MemAvailable leaves out a ZFS cache larger than itself, which is given back under pressure",
        confidence="medium",
        evidence=(
            Quantity(name="arc", value=arc.size_bytes, unit="bytes", source="/proc/spl/kstat/zfs/arcstats size"),
            Quantity(name="arc_minimum", value=arc.c_min_bytes, unit="bytes", source="/proc/spl/kstat/zfs/arcstats c_min"),
            Quantity(name="available", value=now.available_pages, unit="pages", source="/proc/meminfo MemAvailable"),
            Quantity(name="obtainable", value=now.obtainable_pages, unit="pages", source="computed: MemAvailable + size - c_min"),
        ),
        would_change=("an ARC near c_min: then MemAvailable tells all there is",),
        remedy=_remedy(arc) if stalls else None,
    )  # fmt: skip


def _lacks(facts: Facts) -> tuple[str, ...]:
    return () if facts[Availability].shrinkable_pages is not None else ("arcstats c_min",)


def _with_arc(size_bytes: int) -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    arc = Arcstats(
        size_bytes=size_bytes, c_bytes=4 << 30, c_min_bytes=256 << 20, c_max_bytes=4 << 30
    )
    now = replace(
        host.AVAILABILITY,
        available_pages=400_000,
        shrinkable_pages=max(size_bytes - (256 << 20), 0) // 4096,
    )
    return host.facts(arc, now)


def _fires() -> Facts:
    return _with_arc(3 << 30)


def _quiet() -> Facts:
    return _with_arc(1 << 30)


RULE = Rule(
    id="VMA-ARC-001",
    title="MemAvailable leaves out a large ZFS cache",
    needs=(Arcstats, Availability),
    applies_to=(Arcstats,),
    lacks=_lacks,
    check=check,
    references=("mm/show_mem.c:si_mem_available", "mm/vmscan.c:do_shrink_slab"),
    fires_on=_fires,
    quiet_on=_quiet,
)
