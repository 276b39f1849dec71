"""What the kernel counted between two moments: page-ins, refaults, what reclaim took.

Gauges and counters are not of one instant: sums over many intervals are right, single ones are near.
"""

from vmadvisor.model.rates import rise
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.records import dataclass
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.units import KIB_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Counters between two moments; what this kernel does not count is taken from stocks."""

    seconds_s: float
    page_in_pages: float
    refault_pages: float
    alloc_pages: float | None
    steal_file_pages: float
    steal_pages: float
    foreign_pages: float
    swap_out_pages: float
    swap_in_pages: float


def _grown(before: Vmstat, after: Vmstat, name: str) -> float:
    found = rise(getattr(before, name), getattr(after, name))
    return 0.0 if found is None else float(found)


def flow_of(before: Observed, after: Observed) -> Flow:
    """What was counted between two moments."""
    old, new = before.sample.vmstat, after.sample.vmstat
    swap_in = _grown(old, new, "pswpin_pages_total")
    swap_out = _grown(old, new, "pswpout_pages_total")
    steal = _grown(old, new, "pgsteal_kswapd_pages_total") + _grown(
        old, new, "pgsteal_direct_pages_total"
    )
    by_type = rise(old.pgsteal_file_pages_total, new.pgsteal_file_pages_total)
    file_refault = rise(
        old.workingset_refault_file_pages_total, new.workingset_refault_file_pages_total
    )
    if file_refault is None:
        file_refault = round(_grown(old, new, "workingset_refault_pages_total"))
    kib = _grown(old, new, "pgpgin_kib_total")
    page_in = kib * KIB_BYTES / before.sample.page_size_bytes - swap_in
    return Flow(
        seconds_s=after.sample.time_s - before.sample.time_s,
        page_in_pages=max(0.0, page_in),
        refault_pages=float(file_refault),
        alloc_pages=rise(old.pgalloc_pages_total, new.pgalloc_pages_total),
        steal_file_pages=max(0.0, steal - swap_out) if by_type is None else float(by_type),
        steal_pages=steal,
        foreign_pages=_grown(old, new, "numa_foreign_pages_total"),
        swap_out_pages=swap_out,
        swap_in_pages=swap_in,
    )
