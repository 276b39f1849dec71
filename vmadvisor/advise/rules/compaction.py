"""Tasks stall in direct compaction: a host with free memory can stall too, for want of whole blocks."""

from collections.abc import Iterator

from vmadvisor.advise.finding import (
    HOST,
    TWO_READINGS,
    Finding,
    Quantity,
    Remedy,
    Rule,
    Severity,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import (
    SWAPIN_MIN_PER_S,
    capped_group,
    interval_activity,
    stall,
)
from vmadvisor.model.facts import Facts
from vmadvisor.model.fragmentation import COSTLY_ORDER, Fragmentation
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.transparent_hugepage import TransparentHugepage

DEFRAG_PATH = "/sys/kernel/mm/transparent_hugepage/defrag"


def _remedy(thp: TransparentHugepage | None) -> Remedy | None:
    """Only ``always`` lets every page fault stall for a huge page; milder settings need no change."""
    if thp is None or thp.defrag != "always":
        return None
    return Remedy(
        command=f"echo madvise > {DEFRAG_PATH}",
        undo=f"echo always > {DEFRAG_PATH}",
        effect="only regions that asked with madvise() wait for huge pages (the kernel's default since 4.6)",
        risk="fewer huge pages at first touch; khugepaged still makes them later",
    )


def _is_to_blame(facts: Facts, activity: ReclaimActivity) -> bool:
    """Whether tasks lose time and nothing but compaction explains it."""
    otherwise = (
        activity.allocstall_per_s or (activity.swapin_pages_per_s or 0.0) >= SWAPIN_MIN_PER_S
    )
    return stall(facts).is_harmful and not otherwise and capped_group(facts) is None


def _left(facts: Facts) -> Iterator[Quantity]:
    """What the orders that are compacted for had left: the costly border's, and the largest block's."""
    found = facts.get(Fragmentation)
    for one in found.by_order[COSTLY_ORDER::6] if found is not None else ():
        yield Quantity(
            name=f"requests_left_order{one.order}",
            value=one.task_requests_left_count,
            unit="count",
            source="computed from /proc/buddyinfo and zoneinfo: __zone_watermark_ok() at min",
        )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity = interval_activity(facts)
    if activity is None or not activity.compact_stall_per_s:
        return  # a kernel without compaction has no such counter and no such stall
    now = stall(facts)
    harmful = _is_to_blame(facts, activity)
    severity = Severity.CRITICAL if now.is_critical else Severity.WARNING
    thp = facts.get(TransparentHugepage)
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=severity if harmful else Severity.INFO,
        title="Tasks stall while they compact memory for large blocks"
        if harmful
        else "Tasks compacted memory themselves in the interval; no harm is due to that alone",
        confidence="medium",
        evidence=(
            Quantity(
                name="compact_stall",
                value=activity.compact_stall_per_s,
                unit="per_s",
                source="/proc/vmstat compact_stall",
            ),
            Quantity(
                name="compact_fail",
                value=activity.compact_fail_per_s,
                unit="per_s",
                source="/proc/vmstat compact_fail",
            ),
            Quantity(
                name="memory_full",
                value=now.interval_ratio,
                unit="ratio",
                source="/proc/pressure/memory full total",
            ),
            *_left(facts),
            Quantity(
                name="thp_defrag",
                value=thp.defrag if thp else None,
                unit="setting",
                source=DEFRAG_PATH,
            ),
        ),
        counter_evidence=(
            Quantity(
                name="allocstall",
                value=activity.allocstall_per_s,
                unit="per_s",
                source="/proc/vmstat allocstall*",
            ),
        ),
        would_change=("compact_stall standing still, or memory full below 5 % of the time",),
        remedy=_remedy(thp) if harmful else None,
    )


def _lacks(facts: Facts) -> tuple[str, ...]:
    return () if interval_activity(facts) is not None else (TWO_READINGS,)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.ACTIVITY, compact_stall_per_s=55.0, compact_fail_per_s=51.0),
        replace(host.STALL, memory_full_ratio=0.12),
        TransparentHugepage(enabled="always", defrag="always", hpage_pmd_size_bytes=2 << 20),
    )


RULE = Rule(
    id="VMA-COMPACT-001",
    title="Tasks stall in direct compaction",
    needs=(ReclaimActivity,),
    lacks=_lacks,
    check=check,
    references=(
        "mm/compaction.c:try_to_compact_pages",
        "Documentation/admin-guide/mm/transhuge.rst",
    ),
    fires_on=_fires,
    quiet_on=quiet_host,
)
