"""Everybody waits for file pages that were evicted too early: a stall that PSI memory hardly shows.

A page that was read once and dropped from the inactive list comes back as a plain read: only pages that
had been active when they went count as a memory stall (``mm/workingset.c``, ``psi_memstall_enter()`` in
``folio_wait_bit_common()`` asks for PG_workingset). A host can freeze with memory ``full`` near 0. What
tells it from a slow disk at honest work is what is read: pages that were here a moment ago.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, TWO_READINGS, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.advise.rules._stalls import STALL_CRITICAL_RATIO, interval_activity
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.units import KIB_BYTES

IO_FULL_MIN_RATIO = STALL_CRITICAL_RATIO
"""Two fifths of the time nobody got on: where a memory stall would be CRITICAL. IO has honest reasons too,
so this is a WARNING."""

REFAULT_MIN_RATIO = 0.5
"""Most of what is read was here before. A cold read, a backup, a database's own cache miss never are."""


def _refault_ratio(activity: ReclaimActivity, page_size_bytes: int) -> float | None:
    """Of all that is read from disk, the share that had been evicted; ``None`` where not counted."""
    refaults, read_kib = activity.refault_file_pages_per_s, activity.pgpgin_kib_per_s
    if refaults is None or not read_kib:
        return None
    return min(1.0, refaults * (page_size_bytes / KIB_BYTES) / read_kib)


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    activity, spent = interval_activity(facts), facts[StallTime]
    if activity is None or (spent.io_full_ratio or 0.0) < IO_FULL_MIN_RATIO:
        return
    share = _refault_ratio(activity, facts[Availability].page_size_bytes)
    if share is None or share < REFAULT_MIN_RATIO:
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING,
        title="Tasks wait for the disk, for file pages that were evicted: the page cache is too small",
        confidence="medium",
        evidence=(
            Quantity(name="io_full", value=spent.io_full_ratio, unit="ratio",
                     source="/proc/pressure/io full total"),
            Quantity(name="refaults_of_reads", value=share, unit="ratio",
                     source="/proc/vmstat workingset_refault_file / pgpgin"),
            Quantity(name="refault_file", value=activity.refault_file_pages_per_s, unit="pages_per_s",
                     source="/proc/vmstat workingset_refault_file"),
        ),
        counter_evidence=(
            Quantity(name="memory_full", value=spent.memory_full_ratio, unit="ratio",
                     source="/proc/pressure/memory full total"),
        ),
        would_change=("reads of pages that were not here before", "PSI io full below 40 % of the time"),
    )  # fmt: skip


def _lacks(facts: Facts) -> tuple[str, ...]:
    activity = interval_activity(facts)
    if activity is None:
        return (TWO_READINGS,)
    missing = [] if facts[StallTime].io_full_ratio is not None else ["/proc/pressure/io"]
    if activity.refault_file_pages_per_s is None:
        missing.append("/proc/vmstat workingset_refault_file")
    if activity.pgpgin_kib_per_s is None:
        missing.append("/proc/vmstat pgpgin")
    return tuple(missing)


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    return host.facts(
        replace(host.ACTIVITY, refault_file_pages_per_s=93.0, pgpgin_kib_per_s=400.0),
        replace(host.STALL, io_full_ratio=0.77, memory_full_ratio=0.02),
    )


RULE = Rule(
    id="VMA-REFAULT-001",
    title="Tasks wait for file pages that were evicted",
    needs=(ReclaimActivity, StallTime, Availability),
    lacks=_lacks,
    check=check,
    references=("mm/workingset.c:workingset_refault", "Documentation/accounting/psi.rst"),
    fires_on=_fires,
    quiet_on=quiet_host,
)
