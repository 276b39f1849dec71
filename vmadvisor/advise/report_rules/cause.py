"""Why memory ran out, and the one setting that would have changed it, where there is one.

Most kills have no such setting: more memory was wanted than there was. Then that is said, and what would
have to be smaller. A cgroup's limit, an unused huge page pool are choices that can be taken back.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.report_rules._units import limit_file, unit_of
from vmadvisor.model import oom_cause as words
from vmadvisor.model.facts import Facts
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup
from vmadvisor.model.oom_analysis import OomAnalysis
from vmadvisor.model.oom_memory import HUGE_PAGES, OTHER, SLAB, TMPFS
from vmadvisor.sources.oom_report import OomHugePages

RAISE_RATIO = 1.25
"""One step, so that its effect can be seen before the next."""

_DEFAULT_HUGE_KIB = 2048
_SHARES_SHOWN_COUNT = 4
_UNLIMITED_MIN_BYTES = 2**60

_TITLES = {
    words.SYSRQ: "The OOM killer was called by hand (sysrq f); memory was not short",
    words.BPF: "A BPF program called the OOM killer; no limit was reached",
    words.CGROUP_LIMIT: "A cgroup's own limit was reached; the host is not short, and its settings do not help",
    words.NODE_BOUND: "The request was bound to nodes that were full, while others had memory",
    words.FRAGMENTED: "There was memory, but no free block of the order that was asked for",
    words.CMA_ONLY: "Only CMA pages were free, which this request cannot use",
    words.MOVABLE_ONLY: "Only ZONE_MOVABLE had free pages, which this request cannot use",
    words.LOWMEM: "Low memory ran out; what was free lies in zones that this request cannot use",
    words.PROTECTED: "What was free is kept for requests that can use nothing else (lowmem reserve)",
    HUGE_PAGES: "The huge page pool took the memory; no process can give it back",
    SLAB: "The kernel's own objects took the memory (unreclaimable slab)",
    TMPFS: "Files in tmpfs or shared memory took the memory; killing processes does not free them",
    OTHER: "A large part of memory is in no counter: compressed swap (zram), a balloon, or a driver",
    words.SWAP_FULL: "Anonymous memory filled RAM and swap",
    words.BELOW_MARK: "The zones that serve this request had run down to their marks, and nothing could be reclaimed",
    words.UNKNOWN: "The report does not tell why memory ran out",
}
_CHANGES = {
    words.CGROUP_LIMIT: "a higher limit, or less use within it",
    words.NODE_BOUND: "more nodes in cpuset.mems, or in the memory policy (numactl --membind)",
    words.FRAGMENTED: "the caller asking for single pages; compaction having movable pages to work with",
    words.LOWMEM: "a 64-bit kernel",
    words.MOVABLE_ONLY: "a smaller movablecore= or less memory onlined as movable",
    words.CMA_ONLY: "a smaller cma=",
    SLAB: "the largest caches in /proc/slabinfo becoming smaller",
    TMPFS: "size= of the tmpfs mounts, ipcrm for what ipcs -m lists",
    OTHER: "/sys/block/zram*/mm_stat, the balloon's target, the driver's release",
    words.SWAP_FULL: "less anonymous memory, more RAM; larger swap only if the working set fits RAM",
    words.BELOW_MARK: "less memory in use, more RAM, or swap for what is seldom touched",
}


def _evidence(analysis: OomAnalysis) -> tuple[Quantity, ...]:
    source = "the report's cgroup statistics" if analysis.is_cgroup else "the report's Mem-Info"
    found = [
        Quantity(name=share.name, value=share.size_bytes, unit="bytes", source=source)
        for share in analysis.shares[:_SHARES_SHOWN_COUNT]
    ]
    found.append(
        Quantity(name="causes", value=", ".join(analysis.causes), unit="words", source=source)
    )
    memory = analysis.report.memory
    if memory is not None and memory.swap_total_kib is not None and not analysis.is_cgroup:
        for name, kib in (
            ("swap_total", memory.swap_total_kib),
            ("swap_free", memory.swap_free_kib),
        ):
            found.append(
                Quantity(name=name, value=kib, unit="kib", source="the report's Total swap")
            )
        for name, kib in list(memory.slab_caches_kib.items())[:_SHARES_SHOWN_COUNT]:
            found.append(
                Quantity(name=name, value=kib, unit="kib", source="Unreclaimable slab info")
            )
    return tuple(found)


def _remedy(analysis: OomAnalysis, group: LimitedCgroup | None) -> Remedy | None:
    if analysis.cause == words.CGROUP_LIMIT and group is not None:
        return _raise_limit(group)
    memory = analysis.report.memory
    if HUGE_PAGES in analysis.causes and memory is not None:
        return _give_back(memory.hugepages)
    return None


def _raise_limit(group: LimitedCgroup) -> Remedy | None:
    before = group.limit_bytes
    if before >= _UNLIMITED_MIN_BYTES:
        return None
    after = int(before * RAISE_RATIO)
    unit, path = unit_of(group.path), limit_file(group.path, group.limit_file)
    if unit is not None:
        command = f"systemctl set-property --runtime {unit} MemoryMax="
        pair = (f"{command}{after}", f"{command}{before}")
    elif path is not None:
        pair = (f"echo {after} > {path}", f"echo {before} > {path}")
    else:
        return None
    return Remedy(
        command=pair[0],
        undo=pair[1],
        effect="a quarter more before the limit is met again; of a pod or container set its own limit, "
        "which overwrites this",
        risk="the host must have that memory; a leak meets the limit later, and takes more with it",
    )


def _give_back(pools: tuple[OomHugePages, ...]) -> Remedy | None:
    own = [pool for pool in pools if pool.size_kib == _DEFAULT_HUGE_KIB]
    total, free = sum(pool.total_count for pool in own), sum(pool.free_count for pool in own)
    if not free:
        return None
    return Remedy(
        command=f"sysctl -w vm.nr_hugepages={total - free}",
        undo=f"sysctl -w vm.nr_hugepages={total}",
        effect=f"{free} huge pages that nobody used go back to the page allocator",
        risk="what maps them later fails; the pool may not grow to its size again without a reboot",
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields one finding: every report has a cause, be it unknown."""
    analysis, limits = facts[OomAnalysis], facts.get(CgroupLimits)
    if analysis.victim is None and analysis.report.invoker_comm is None:
        return
    cause = analysis.cause
    quiet = cause in {words.SYSRQ, words.UNKNOWN, words.BPF}
    scope = analysis.scope if analysis.scope.startswith("/") else HOST
    yield Finding(
        id=RULE.id,
        scope=scope,
        severity=Severity.INFO if quiet else Severity.WARNING,
        title=_TITLES[cause],
        confidence="low" if cause == words.UNKNOWN else "medium",
        evidence=_evidence(analysis),
        would_change=(_CHANGES[cause],) if cause in _CHANGES else (),
        remedy=_remedy(analysis, limits.groups[0] if limits is not None else None),
    )


def _fires() -> Facts:
    from vmadvisor.advise.report_rules import _examples

    return _examples.facts(_examples.CGROUP_LOG)


def _quiet() -> Facts:
    from vmadvisor.advise.report_rules import _examples

    return _examples.facts(_examples.TABLE_ONLY_LOG)


RULE = Rule(
    id="VMA-CAUSE-001",
    title="Why memory ran out before the OOM killer was called",
    needs=(OomAnalysis,),
    check=check,
    references=("mm/oom_kill.c:out_of_memory", "mm/page_alloc.c:__alloc_pages_may_oom"),
    fires_on=_fires,
    quiet_on=_quiet,
)
