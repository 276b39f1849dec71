"""Who scans and who frees: kswapd, allocating tasks, khugepaged, whoever wrote ``memory.reclaim``, cgroups' limits.

``pgscan_*`` and ``pgsteal_*`` of ``mm/vmscan.c:shrink_inactive_list`` count by reclaimer and, since 5.8, once
more by page type. Reclaim at a cgroup's limit is only in the latter: what is left of them is its part.
"""

from collections.abc import Callable, Mapping

from vmadvisor.model.rates import rise
from vmadvisor.model.sample import Sample
from vmadvisor.records import dataclass
from vmadvisor.sources.vmstat import Vmstat

Counter = Callable[[Vmstat], int | None]

MEMCG = "memcg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclaimer:
    """Pages a second over the interval; ``None`` where this kernel does not tell that reclaimer apart."""

    name: str
    scan_pages_per_s: float | None
    steal_pages_per_s: float | None


_BY_NAME: Mapping[str, tuple[Counter, Counter]] = {
    "kswapd": (lambda v: v.pgscan_kswapd_pages_total, lambda v: v.pgsteal_kswapd_pages_total),
    "direct": (lambda v: v.pgscan_direct_pages_total, lambda v: v.pgsteal_direct_pages_total),
    "khugepaged": (
        lambda v: v.pgscan_khugepaged_pages_total,
        lambda v: v.pgsteal_khugepaged_pages_total,
    ),
    "proactive": (
        lambda v: v.pgscan_proactive_pages_total,
        lambda v: v.pgsteal_proactive_pages_total,
    ),
}


def _at_limits(anon: Counter, file: Counter, place: int) -> Counter:
    """By page type less by reclaimer; ``place`` 0 for scanned, 1 for freed."""

    def count(vmstat: Vmstat) -> int | None:
        anon_pages, file_pages = anon(vmstat), file(vmstat)
        if anon_pages is None or file_pages is None:
            return None
        known = (counters[place](vmstat) or 0 for counters in _BY_NAME.values())
        return max(0, anon_pages + file_pages - sum(known))

    return count


_SCANNED_AT_LIMITS = _at_limits(
    lambda v: v.pgscan_anon_pages_total, lambda v: v.pgscan_file_pages_total, 0
)
_FREED_AT_LIMITS = _at_limits(
    lambda v: v.pgsteal_anon_pages_total, lambda v: v.pgsteal_file_pages_total, 1
)


def reclaimers(before: Sample | None, after: Sample) -> tuple[Reclaimer, ...]:
    """Every reclaimer in a fixed order; all unknown with one sample, or after a reboot in between."""
    seconds_s = 0.0 if before is None else after.time_s - before.time_s
    counters = {**_BY_NAME, MEMCG: (_SCANNED_AT_LIMITS, _FREED_AT_LIMITS)}

    def per_s(counter: Counter) -> float | None:
        if before is None or seconds_s <= 0:
            return None
        risen = rise(counter(before.vmstat), counter(after.vmstat))
        return None if risen is None else risen / seconds_s

    return tuple(
        Reclaimer(name=name, scan_pages_per_s=per_s(scan), steal_pages_per_s=per_s(steal))
        for name, (scan, steal) in counters.items()
    )
