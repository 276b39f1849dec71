"""Multi-generational LRU: the OOM killer as a guard of the working set, on or missing.

With ``min_ttl_ms`` above 0 kswapd calls the OOM killer when it would have to evict what was used within that
time (``lru_gen_age_node()``, 6.1+): a kill with swap still free is then by design. With 0, a host whose
working set does not fit thrashes for minutes, since each round frees a page and no OOM is ever declared.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Remedy, Rule, Severity
from vmadvisor.advise.rules._stalls import came_back, interval_activity, stall
from vmadvisor.model.facts import Facts
from vmadvisor.sources.lru_gen import LruGen

PATH = "/sys/kernel/mm/lru_gen/min_ttl_ms"
WANTED_MS = 1_000
"""Documentation/admin-guide/mm/multigen_lru.rst: 1000 as the delay that a person notices."""


def _ttl(lru: LruGen) -> Quantity:
    return Quantity(name="min_ttl", value=lru.min_ttl_ms, unit="ms", source=PATH)


def _frozen(facts: Facts) -> bool:
    """Tasks lose two fifths of the time and evicted pages come back."""
    activity = interval_activity(facts)
    return activity is not None and stall(facts).is_critical and came_back(activity)


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    lru = facts[LruGen]
    if not lru.is_enabled or lru.min_ttl_ms is None:
        return
    if lru.min_ttl_ms > 0:
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title="The OOM killer is called to keep the working set, also while swap is free",
            confidence="high",
            evidence=(_ttl(lru),),
            would_change=("min_ttl_ms 0: then this host rather stalls than kills",),
        )
    elif _frozen(facts):
        now = stall(facts)
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title="The working set does not fit and nothing ends it: min_ttl_ms can have a process killed",
            confidence="medium",
            evidence=(
                _ttl(lru),
                Quantity(
                    name="memory_full",
                    value=now.interval_ratio,
                    unit="ratio",
                    source="/proc/pressure/memory full total",
                ),
            ),
            would_change=("memory full below 40 % of the time",),
            remedy=Remedy(
                command=f"echo {WANTED_MS} > {PATH}",
                undo=f"echo {lru.min_ttl_ms} > {PATH}",
                effect="once what was used within the last second would have to go, a process is killed",
                risk="the first of the OOM killer's order dies: see vmadvisor victims",
            ),
        )


def _fires() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(LruGen(enabled_mode=7, min_ttl_ms=5_000))


def _quiet() -> Facts:
    from vmadvisor.advise.rules import _examples as host

    return host.facts(LruGen(enabled_mode=7, min_ttl_ms=0))


RULE = Rule(
    id="VMA-MGLRU-001",
    title="Multi-generational LRU kills for the working set, or could",
    needs=(LruGen,),
    applies_to=(LruGen,),
    check=check,
    references=("mm/vmscan.c:lru_gen_age_node", "Documentation/admin-guide/mm/multigen_lru.rst"),
    fires_on=_fires,
    quiet_on=_quiet,
)
