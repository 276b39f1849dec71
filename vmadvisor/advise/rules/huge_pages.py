"""Huge pages are set aside and nobody uses them.

The pool is taken out of free memory when it is made; it is never reclaimed, never available, and no
process's points show it. What is free and not promised (HugePages_Free less Rsvd) serves nobody. A pool
waiting for its database is no fault; told from a tenth of RAM on, loud only when memory runs out.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.recommendation import SYSCTL, Recommendation, exact
from vmadvisor.advise.rules._oom_order import host_runs_short
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.units import pages_from_kib

UNUSED_MIN_RATIO = 0.10
KEY = "vm.nr_hugepages"
_REFERENCES = (
    "mm/hugetlb.c:hugetlb_report_meminfo",
    "Documentation/admin-guide/mm/hugetlbpage.rst",
)
_RISK = "the pages may not be had back once memory is fragmented: start the user of the pool first"


def _unused_count(info: Meminfo) -> int | None:
    """Huge pages of the default size that are neither used nor promised, if they are worth a line."""
    free, size_kib = info.huge_pages_free_count, info.huge_page_size_kib
    if free is None or size_kib is None or info.huge_pages_total_count is None:
        return None
    unused = max(free - (info.huge_pages_rsvd_count or 0), 0)
    return unused if unused * size_kib >= UNUSED_MIN_RATIO * info.mem_total_kib else None


def _evidence(info: Meminfo, unused_count: int) -> tuple[Quantity, ...]:
    def count(name: str, value: int | None, line: str) -> Quantity:
        return Quantity(name=name, value=value, unit="count", source=f"/proc/meminfo {line}")

    return (
        count("pool", info.huge_pages_total_count, "HugePages_Total"),
        count("free", info.huge_pages_free_count, "HugePages_Free"),
        count("promised", info.huge_pages_rsvd_count, "HugePages_Rsvd"),
        Quantity(
            name="unused",
            value=unused_count * (info.huge_page_size_kib or 0),
            unit="kib",
            source="computed: (HugePages_Free - HugePages_Rsvd) x Hugepagesize",
        ),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    info = facts[Meminfo]
    unused = _unused_count(info)
    if unused is None:
        return
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if host_runs_short(facts) else Severity.INFO,
        title="Huge pages are set aside and nobody uses them",
        confidence="high",
        evidence=_evidence(info, unused),
        would_change=("a database or a guest that takes them once it runs",),
    )


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """A pool without what is unused, where memory is short; else nobody needs it back."""
    info, now = facts[Meminfo], facts.get(Availability)
    unused = _unused_count(info)
    if unused is None or now is None or not host_runs_short(facts):
        return
    total, size_kib = info.huge_pages_total_count or 0, info.huge_page_size_kib or 0
    gained = pages_from_kib(unused * size_kib, now.page_size_bytes)
    yield Recommendation(
        id=RULE.id,
        key=f"{SYSCTL}{KEY}",
        scope=HOST,
        claim="Unused huge pages are the memory that is lacking",
        current=total,
        recommended=total - unused,
        evidence=_evidence(info, unused),
        counter_evidence=(),
        predicted=(exact("available", "pages", now.available_pages, now.available_pages + gained),),
        confidence="high",
        would_change=("a database or a guest that takes them once it runs",),
        risk=_RISK,
        command=f"sysctl -w {KEY}={total - unused}",
        undo=f"sysctl -w {KEY}={total}",
        persist=f"/etc/sysctl.d/99-vmadvisor.conf: {KEY} = {total - unused}",
        references=_REFERENCES,
        finding_ids=(RULE.id,),
    )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    pool = replace(
        host.MEMINFO, huge_pages_total_count=1_500, huge_pages_free_count=1_400,
        huge_pages_rsvd_count=150, huge_page_size_kib=2_048,
    )  # fmt: skip
    return host.facts(pool, replace(host.AVAILABILITY, available_pages=9_000, swap_free_pages=12))


RULE = Rule(
    id="VMA-HUGE-001",
    title="Huge pages are set aside and nobody uses them",
    needs=(Meminfo,),
    check=check,
    recommend=recommend,
    references=_REFERENCES,
    fires_on=_fires,
    quiet_on=quiet_host,
)
