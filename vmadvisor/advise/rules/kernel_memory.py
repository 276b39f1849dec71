"""The kernel itself holds much of memory, or takes more and more of it.

Unreclaimable slab, page tables, stacks, vmalloc, per-CPU data and what meminfo does not explain at all
(drivers, network buffers, a balloon) belong to no process: no kill gives them back, so the OOM killer takes
one process after the other in vain. A large share may be right (a storage server, a balloon); growth over
one interval may be a burst. Both are said, loud only when memory runs out.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.rules._oom_order import host_runs_short
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.model.facts import Facts
from vmadvisor.model.kernel_growth import KernelGrowth, KernelPart

HELD_MIN_RATIO = 0.25
"""Of RAM in one such part: a quarter is beyond what the kernel needs to run user memory of the rest."""

GROWING_MIN_RATIO = 0.10
"""A part that grows is told from a tenth on, if it grows by a hundredth of RAM in a minute or more."""

GROWTH_MIN_RATIO_PER_S = 0.01 / 60

INTERVAL_MIN_S = 0.9
"""Shorter intervals show per-CPU batches, not growth."""

_WHERE = {
    "slab, unreclaimable": "slabtop -s c names the cache",
    "unaccounted": "drivers, network buffers, balloons: no counter names them",
}


def _grows(now: KernelGrowth, part: KernelPart) -> bool:
    if (now.interval_s or 0.0) < INTERVAL_MIN_S or part.growth_kib_per_s is None:
        return False
    return (
        part.size_kib >= GROWING_MIN_RATIO * now.total_kib
        and part.growth_kib_per_s >= GROWTH_MIN_RATIO_PER_S * now.total_kib
    )


def _finding(facts: Facts, now: KernelGrowth, part: KernelPart) -> Finding:
    does = "grows and no process owns it" if _grows(now, part) else "is held by no process"
    return Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.WARNING if host_runs_short(facts) else Severity.INFO,
        title=f"Much kernel memory ({part.name}) {does}: killing processes cannot free it",
        confidence="medium",
        evidence=(
            Quantity(name="held", value=part.size_kib, unit="kib", source=f"/proc/meminfo: {part.source}"),
            Quantity(name="share", value=part.size_kib / now.total_kib, unit="ratio", source="computed: of MemTotal"),
            Quantity(name="growth_per_s", value=None if part.growth_kib_per_s is None else round(part.growth_kib_per_s), unit="kib", source="computed: between two readings"),
        ),
        would_change=(_WHERE.get(part.name, "the part of it that its owner can give back"),),
    )  # fmt: skip


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now = facts[KernelGrowth]
    for part in now.parts:
        if part.size_kib >= HELD_MIN_RATIO * now.total_kib or _grows(now, part):
            yield _finding(facts, now, part)


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    part = KernelPart(
        name="slab, unreclaimable",
        size_kib=2_600_000,
        growth_kib_per_s=9_000.0,
        source="SUnreclaim",
    )
    return host.facts(KernelGrowth(total_kib=8_000_000, interval_s=1.0, parts=(part,)))


RULE = Rule(
    id="VMA-KMEM-001",
    title="The kernel holds much memory that no process owns",
    needs=(KernelGrowth,),
    check=check,
    references=("fs/proc/meminfo.c:meminfo_proc_show", "mm/show_mem.c:si_mem_available"),
    fires_on=_fires,
    quiet_on=quiet_host,
)
