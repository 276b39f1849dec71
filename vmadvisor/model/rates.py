"""Reclaim activity over an interval: what ``sar -B`` shows, right on every kernel, and what it lacks.

A rate pairs like with like: each file's own two reading times. A counter that is missing, went
backwards or was read once gives ``None``; with one snapshot, averages since boot, said so.
"""

from collections.abc import Callable

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.pressure import IoPressure, MemoryPressure, Pressure
from vmadvisor.sources.uptime import Uptime
from vmadvisor.sources.vmstat import Vmstat

US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReclaimActivity:
    """Pages and events per second over ``interval_s``; ``None`` where it cannot be told.

    ``steal_pages_per_s`` adds up the reclaimers (kswapd, direct, khugepaged, proactive); pages that a
    cgroup freed at its own limit are apart in ``memcg_steal_pages_per_s``, so that
    ``efficiency_ratio`` (stolen over scanned) never counts a page twice.
    """

    interval_s: float
    is_since_boot: bool
    scan_kswapd_pages_per_s: float | None
    scan_direct_pages_per_s: float | None
    steal_pages_per_s: float | None
    steal_kswapd_pages_per_s: float | None
    steal_direct_pages_per_s: float | None
    memcg_steal_pages_per_s: float | None
    efficiency_ratio: float | None
    allocstall_per_s: float | None
    direct_throttle_per_s: float | None
    pageoutrun_per_s: float | None
    low_wmark_hit_quickly_per_s: float | None
    high_wmark_hit_quickly_per_s: float | None
    zone_reclaim_success_per_s: float | None
    zone_reclaim_failed_per_s: float | None
    refault_pages_per_s: float | None
    refault_anon_pages_per_s: float | None
    refault_file_pages_per_s: float | None
    swapin_pages_per_s: float | None
    swapout_pages_per_s: float | None
    majfault_per_s: float | None
    pgpgin_kib_per_s: float | None
    compact_stall_per_s: float | None
    compact_fail_per_s: float | None
    thp_fault_fallback_per_s: float | None
    oom_kill_count: int | None
    oom_kill_since_boot_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StallTime:
    """Share of the interval lost to memory (and IO), as differences of PSI's ``total``, 0 to 1."""

    interval_s: float
    memory_some_ratio: float | None
    memory_full_ratio: float | None
    io_full_ratio: float | None


Counter = Callable[[Vmstat], int | None]


def _sum(*values: int | None) -> int | None:
    """The sum of those that exist; ``None`` when none does."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _scanned(v: Vmstat) -> int | None:
    return _sum(
        v.pgscan_kswapd_pages_total,
        v.pgscan_direct_pages_total,
        v.pgscan_khugepaged_pages_total,
        v.pgscan_proactive_pages_total,
    )


def _stolen(v: Vmstat) -> int | None:
    return _sum(
        v.pgsteal_kswapd_pages_total,
        v.pgsteal_direct_pages_total,
        v.pgsteal_khugepaged_pages_total,
        v.pgsteal_proactive_pages_total,
    )


def _stolen_by_memcg(v: Vmstat) -> int | None:
    """By-type counters include limit reclaim, by-reclaimer ones do not (5.8+)."""
    by_reclaimer = _stolen(v)
    if None in (by_reclaimer, v.pgsteal_anon_pages_total, v.pgsteal_file_pages_total):
        return None
    by_type = (v.pgsteal_anon_pages_total or 0) + (v.pgsteal_file_pages_total or 0)
    return max(by_type - (by_reclaimer or 0), 0)


def interval_s(before: Snapshot, after: Snapshot, kind: type) -> float | None:
    """Seconds between the two readings of one record; ``None`` unless they are two readings."""
    start_s, end_s = before.time_of_s(kind), after.time_of_s(kind)
    if start_s is None or end_s is None or end_s <= start_s:
        return None
    return end_s - start_s


def rise(before: int | None, after: int | None) -> int | None:
    """How far a counter rose; ``None`` when it is missing or went backwards (wrap, reboot).

    >>> rise(3, 10), rise(10, 3), rise(None, 3)
    (7, None, None)
    """
    if before is None or after is None or after < before:
        return None
    return after - before


def _per_s(
    counter: Counter, before: Vmstat | None, after: Vmstat, seconds_s: float
) -> float | None:
    end = counter(after)
    count = end if before is None else rise(counter(before), end)
    return None if count is None else count / seconds_s


def _efficiency(stolen_per_s: float | None, scanned_per_s: float | None) -> float | None:
    """Stolen over scanned; ``None`` where nothing was scanned.

    Clamped at 1: a page is counted as scanned when it is isolated and as stolen when it is freed, so
    a batch that straddles the first reading is stolen in the interval and was scanned before it.
    """
    if stolen_per_s is None or not scanned_per_s:
        return None
    return min(stolen_per_s / scanned_per_s, 1.0)


def _activity(before: Vmstat | None, after: Vmstat, seconds_s: float) -> ReclaimActivity:
    def rate(counter: Counter) -> float | None:
        return _per_s(counter, before, after, seconds_s)

    scanned, stolen = rate(_scanned), rate(_stolen)
    return ReclaimActivity(
        interval_s=seconds_s,
        is_since_boot=before is None,
        scan_kswapd_pages_per_s=rate(lambda v: v.pgscan_kswapd_pages_total),
        scan_direct_pages_per_s=rate(lambda v: v.pgscan_direct_pages_total),
        steal_pages_per_s=stolen,
        steal_kswapd_pages_per_s=rate(lambda v: v.pgsteal_kswapd_pages_total),
        steal_direct_pages_per_s=rate(lambda v: v.pgsteal_direct_pages_total),
        memcg_steal_pages_per_s=rate(_stolen_by_memcg),
        efficiency_ratio=_efficiency(stolen, scanned),
        allocstall_per_s=rate(lambda v: v.allocstall_total),
        direct_throttle_per_s=rate(lambda v: v.pgscan_direct_throttle_total),
        pageoutrun_per_s=rate(lambda v: v.pageoutrun_total),
        low_wmark_hit_quickly_per_s=rate(lambda v: v.kswapd_low_wmark_hit_quickly_total),
        high_wmark_hit_quickly_per_s=rate(lambda v: v.kswapd_high_wmark_hit_quickly_total),
        zone_reclaim_success_per_s=rate(lambda v: v.zone_reclaim_success_total),
        zone_reclaim_failed_per_s=rate(lambda v: v.zone_reclaim_failed_total),
        refault_pages_per_s=rate(lambda v: v.workingset_refault_pages_total),
        refault_anon_pages_per_s=rate(lambda v: v.workingset_refault_anon_pages_total),
        refault_file_pages_per_s=rate(lambda v: v.workingset_refault_file_pages_total),
        swapin_pages_per_s=rate(lambda v: v.pswpin_pages_total),
        swapout_pages_per_s=rate(lambda v: v.pswpout_pages_total),
        majfault_per_s=rate(lambda v: v.pgmajfault_total),
        pgpgin_kib_per_s=rate(lambda v: v.pgpgin_kib_total),
        compact_stall_per_s=rate(lambda v: v.compact_stall_total),
        compact_fail_per_s=rate(lambda v: v.compact_fail_total),
        thp_fault_fallback_per_s=rate(lambda v: v.thp_fault_fallback_total),
        oom_kill_count=None
        if before is None
        else rise(before.oom_kill_total, after.oom_kill_total),
        oom_kill_since_boot_count=after.oom_kill_total,
    )


def reclaim_activity(before: Snapshot | None, after: Snapshot) -> ReclaimActivity | None:
    """Rates between two snapshots, or averages since boot from one; ``None`` without vmstat.

    A single snapshot of a tree without ``/proc/uptime`` tells no rate at all.
    """
    vmstat = after.get(Vmstat)
    if vmstat is None:
        return None
    if before is not None and (earlier := before.get(Vmstat)) is not None:
        seconds_s = interval_s(before, after, Vmstat)
        if seconds_s is not None:
            return _activity(earlier, vmstat, seconds_s)
    uptime = after.get(Uptime)
    if uptime is None or uptime.uptime_s <= 0:
        return None
    return _activity(None, vmstat, uptime.uptime_s)


def pressure_rise_ratio(
    before: Pressure | None, after: Pressure | None, seconds_s: float | None, line: str
) -> float | None:
    """Share of ``seconds_s`` that ``line`` ("some" or "full") stalled; ``None`` if unknown.

    Clamped at 1: the counter and the clock are not read in the same instant.
    """
    if before is None or after is None or seconds_s is None:
        return None
    start, end = (p.some if line == "some" else p.full for p in (before, after))
    stalled_us = rise(
        None if start is None else start.stall_us_total, None if end is None else end.stall_us_total
    )
    return None if stalled_us is None else min(stalled_us / (seconds_s * US_PER_S), 1.0)


def stall_time(before: Snapshot | None, after: Snapshot) -> StallTime | None:
    """PSI over the interval; ``None`` with one snapshot or without PSI."""
    if before is None:
        return None
    memory = (before.get(MemoryPressure), after.get(MemoryPressure))
    seconds_s = interval_s(before, after, MemoryPressure)
    if seconds_s is None:
        return None
    io = (before.get(IoPressure), after.get(IoPressure))
    io_s = interval_s(before, after, IoPressure)
    return StallTime(
        interval_s=seconds_s,
        memory_some_ratio=pressure_rise_ratio(*memory, seconds_s, "some"),
        memory_full_ratio=pressure_rise_ratio(*memory, seconds_s, "full"),
        io_full_ratio=pressure_rise_ratio(*io, io_s, "full"),
    )
