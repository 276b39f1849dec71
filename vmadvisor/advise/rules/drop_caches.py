"""Somebody drops the caches again and again.

``vm.drop_caches`` throws away clean cache that reclaim would free when it is needed; what was in use is read
back from disk. The kernel counts each write (drop_pagecache, drop_slab). A few are a benchmark or a
curious admin; once a day or more is a job. Where the configuration was read, the job is named.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources.uptime import Uptime
from vmadvisor.sources.vmstat import Vmstat

TIMES_MIN_COUNT = 3
PER_DAY_MIN_COUNT = 1.0
DAY_S = 86_400.0


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    vmstat, uptime = facts[Vmstat], facts.get(Uptime)
    counts = [vmstat.drop_pagecache_total, vmstat.drop_slab_total]
    times = max((count for count in counts if count is not None), default=0)
    if times < TIMES_MIN_COUNT:
        return
    days = None if uptime is None else uptime.uptime_s / DAY_S
    if days is not None and times < PER_DAY_MIN_COUNT * days:
        return
    activity = facts.get(ReclaimActivity)
    yield Finding(
        id=RULE.id,
        scope=HOST,
        severity=Severity.INFO,
        title="Somebody drops the caches again and again: what is needed is read back from disk",
        confidence="high" if days is not None and days >= 1 else "medium",
        evidence=(
            Quantity(name="drop_pagecache", value=counts[0], unit="count", source="/proc/vmstat drop_pagecache"),
            Quantity(name="drop_slab", value=counts[1], unit="count", source="/proc/vmstat drop_slab"),
            Quantity(name="uptime", value=None if uptime is None else round(uptime.uptime_s), unit="s", source="/proc/uptime"),
        ),
        counter_evidence=(
            Quantity(name="majfault", value=None if activity is None else activity.majfault_per_s, unit="per_s", source="/proc/vmstat pgmajfault"),
        ),
        would_change=("a benchmark that needs cold caches; else the job that writes vm.drop_caches ended",),
    )  # fmt: skip


def _lacks(facts: Facts) -> tuple[str, ...]:
    known = facts[Vmstat].drop_pagecache_total is not None
    return () if known else ("/proc/vmstat drop_pagecache (3.15+)",)


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host
    from vmadvisor.sources import vmstat

    counts = vmstat.parse("oom_kill 0\ndrop_pagecache 168\ndrop_slab 165\n")
    return host.facts(counts, Uptime(uptime_s=604_800.0))


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host
    from vmadvisor.sources import vmstat

    return host.facts(vmstat.parse("oom_kill 0\ndrop_pagecache 2\ndrop_slab 0\n"))


RULE = Rule(
    id="VMA-DROP-001",
    title="Somebody drops the caches again and again",
    needs=(Vmstat,),
    lacks=_lacks,
    check=check,
    references=("fs/drop_caches.c", "Documentation/admin-guide/sysctl/vm.rst#drop-caches"),
    fires_on=_fires,
    quiet_on=_quiet,
)
