"""Reclaim and its pain as counters since boot, as the kernel has them: the rates are the server's to form."""

from collections.abc import Callable, Iterator, Sequence

from vmadvisor.advise.report import Report
from vmadvisor.model.rates import US_PER_S
from vmadvisor.render.metrics._metric import Metric, Sample, bytes_of, one
from vmadvisor.sources.vmstat import Vmstat

Counter = Callable[[Vmstat], int | None]


def _pages(name: str, help_: str, label: str, counters: Sequence[tuple[str, Counter]]) -> Metric:
    """Pages of several counters of one kind, in bytes."""

    def samples(report: Report) -> Iterator[Sample]:
        if report.vmstat is not None:
            for value, counter in counters:
                yield (value,), bytes_of(counter(report.vmstat), report.host.page_size_bytes)

    return Metric(
        name=f"vmadvisor_{name}_bytes_total",
        help=f"{help_} Source: /proc/vmstat.",
        labels=(label,),
        samples=samples,
    )


def _events(name: str, help_: str, counter: Counter) -> Metric:
    return Metric(
        name=f"vmadvisor_{name}_total",
        help=f"{help_} Source: /proc/vmstat.",
        samples=lambda report: one(None if report.vmstat is None else counter(report.vmstat)),
    )


_ALLOCSTALLS: tuple[tuple[str, Counter], ...] = (
    ("DMA", lambda v: v.allocstall_dma_total),
    ("DMA32", lambda v: v.allocstall_dma32_total),
    ("Normal", lambda v: v.allocstall_normal_total),
    ("HighMem", lambda v: v.allocstall_high_total),
    ("Movable", lambda v: v.allocstall_movable_total),
    ("Device", lambda v: v.allocstall_device_total),
)


def _allocstalls(report: Report) -> Iterator[Sample]:
    """By zone since 4.8; one sum, under ``all``, on kernels that keep no more."""
    if report.vmstat is None:
        return
    by_zone = [(zone, counter(report.vmstat)) for zone, counter in _ALLOCSTALLS]
    if all(count is None for _, count in by_zone):
        by_zone = [("all", report.vmstat.allocstall_total)]
    for zone, count in by_zone:
        yield (zone,), count


def _stalled(report: Report) -> Iterator[Sample]:
    for resource, found in (("memory", report.memory_pressure), ("io", report.io_pressure)):
        if found is not None:
            for kind, line in (("some", found.some), ("full", found.full)):
                yield (resource, kind), None if line is None else line.stall_us_total / US_PER_S


METRICS = (
    Metric(
        name="vmadvisor_allocstall_total",
        help="Direct reclaims, by the zone that was asked for (all: before 4.8). Source: /proc/vmstat allocstall_*.",
        labels=("zone",),
        samples=_allocstalls,
    ),
    _pages(
        "reclaim_scanned", "Pages looked at by reclaim, pgscan_*.", "reclaimer",
        (
            ("kswapd", lambda v: v.pgscan_kswapd_pages_total),
            ("direct", lambda v: v.pgscan_direct_pages_total),
            ("khugepaged", lambda v: v.pgscan_khugepaged_pages_total),
            ("proactive", lambda v: v.pgscan_proactive_pages_total),
        ),
    ),
    _pages(
        "reclaim_stolen", "Pages that reclaim freed, pgsteal_*.", "reclaimer",
        (
            ("kswapd", lambda v: v.pgsteal_kswapd_pages_total),
            ("direct", lambda v: v.pgsteal_direct_pages_total),
            ("khugepaged", lambda v: v.pgsteal_khugepaged_pages_total),
            ("proactive", lambda v: v.pgsteal_proactive_pages_total),
        ),
    ),
    _pages(
        "refault", "Evicted pages that came back, workingset_refault_*; all: before 5.9.", "type",
        (
            ("anon", lambda v: v.workingset_refault_anon_pages_total),
            ("file", lambda v: v.workingset_refault_file_pages_total),
            ("all", lambda v: v.workingset_refault_pages_total
             if v.workingset_refault_file_pages_total is None else None),
        ),
    ),
    _pages(
        "swap", "Pages swapped, pswpin and pswpout.", "direction",
        (("in", lambda v: v.pswpin_pages_total), ("out", lambda v: v.pswpout_pages_total)),
    ),
    _events("oom_kill", "Processes that the OOM killer took, oom_kill (4.13+).", lambda v: v.oom_kill_total),
    _events("direct_throttle", "Times that a task was put to sleep in direct reclaim, pgscan_direct_throttle.",
            lambda v: v.pgscan_direct_throttle_total),
    _events("compact_stall", "Direct compactions, compact_stall.", lambda v: v.compact_stall_total),
    _events("kswapd_run", "Runs of kswapd, pageoutrun.", lambda v: v.pageoutrun_total),
    _events("kswapd_low_hit_quickly", "kswapd woken again at once, kswapd_low_wmark_hit_quickly.",
            lambda v: v.kswapd_low_wmark_hit_quickly_total),
    Metric(
        name="vmadvisor_pressure_stall_seconds_total",
        help="Time in which some, or all (full), tasks waited for the resource. Source: /proc/pressure total.",
        labels=("resource", "kind"),
        samples=_stalled,
    ),
)  # fmt: skip
