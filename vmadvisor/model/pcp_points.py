"""Records of a PCP archive as points of a past, and as samples to forecast from where they tell enough.

``pmlogger`` writes one record for what it logs at one interval, so a moment may lie in several of them. What it
logs once an archive (page size, MemTotal, when the host booted) holds until it is told anew.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.past import NodePoint, Point, counters_of, node_points
from vmadvisor.model.pcp_boots import PcpBoots
from vmadvisor.model.sample import Sample, node_samples, sample_of
from vmadvisor.records import dataclass, replace
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import pcp_record as pcp
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pcp_metrics import ONCE
from vmadvisor.sources.pcp_record import PcpRecord
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import KIB_BYTES

ORIGIN = "pcp"
ONE_MOMENT_S = 0.5
"""Records so near to each other are of one moment where none tells what another tells."""

SAMPLE_STEP_MAX_S = 30.0
"""Half of the longest horizon that any forecast is backed at: records further apart make no sample."""

BACKWARDS = "a record is not later than the one before it: it is left out"
TELLS_NOTHING = "a record tells nothing of memory"
PARTIAL = (
    "a record tells less than half of what others tell (logged at another interval): it is left out"
)

_KIB_GAUGES: Mapping[str, tuple[str, ...]] = {
    "total_bytes": ("mem_total_kib",),
    "available_bytes": ("mem_available_kib",),
    "free_bytes": ("mem_free_kib",),
    "file_bytes": ("active_file_kib", "inactive_file_kib"),
    "anon_bytes": ("active_anon_kib", "inactive_anon_kib"),
    "shmem_bytes": ("shmem_kib",),
    "slab_reclaimable_bytes": ("sreclaimable_kib",),
    "slab_unreclaimable_bytes": ("sunreclaim_kib",),
    "swap_total_bytes": ("swap_total_kib",),
    "swap_free_bytes": ("swap_free_kib",),
}
"""Sums of what ``mem.util`` tells apart; known where every part is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PcpMoment:
    """``sample`` is ``None`` where the record lacks something that a forecast needs, or stands alone."""

    point: Point
    sample: Sample | None


class PcpCourse:
    """Records in, oldest first; moments out. One course may go on over several archives of a host."""

    def __init__(self) -> None:
        self.gaps: Counter[str] = Counter()
        self.kernel_release: str | None = None
        self.machine: str | None = None
        self.mem_total_kib: int | None = None
        self._page_bytes: int | None = None
        self._pending: PcpRecord | None = None
        self._last_s: float | None = None
        self._last_point_s = -SAMPLE_STEP_MAX_S
        self._most_count = 0
        self._boots = PcpBoots()

    def add(self, record: PcpRecord) -> Iterator[PcpMoment]:
        """The moment before this record, once it is clear that nothing belongs to it any more."""
        pending, last_s = self._pending, self._last_s
        if last_s is not None and record.time_utc_s < last_s:
            self.gaps[BACKWARDS] += 1
            return
        self._last_s = record.time_utc_s
        if pending is not None and _is_one_moment(pending, record):
            self._pending = replace(pending, values={**pending.values, **record.values})
            return
        if record.time_utc_s == last_s:
            self.gaps[BACKWARDS] += 1
            return
        yield from self.end()
        self._pending = record

    def end(self) -> Iterator[PcpMoment]:
        """The last moment: nothing of it follows. Another archive may."""
        record, self._pending = self._pending, None
        if record is None:
            return
        self._note(record)
        gauges, nodes = _gauges(record, self._known_kib(record))
        vmstat = pcp.vmstat_in(record, self._page_bytes)
        counters = {} if vmstat is None else counters_of(vmstat)
        stalls_us = pcp.stalls_us_of(record)
        counters |= {f"{name}_us_total": us for name, us in stalls_us.items()}
        count = len(gauges) + len(counters)
        told_count = count - ("total_bytes" in gauges)
        if not told_count:
            if record.values.keys() - ONCE:
                self.gaps[TELLS_NOTHING] += 1
            return
        self._most_count = max(self._most_count, count)
        if 2 * count < self._most_count:
            self.gaps[PARTIAL] += 1
            return
        point = Point(
            time_utc_s=record.time_utc_s,
            boot_id=self._boots.boot_id(record, counters),
            origin=ORIGIN,
            gauges=gauges,
            counters=counters,
            nodes=nodes,
        )
        is_near = record.time_utc_s - self._last_point_s <= SAMPLE_STEP_MAX_S
        self._last_point_s = record.time_utc_s
        yield PcpMoment(
            point=point, sample=self._sample(record, vmstat, stalls_us) if is_near else None
        )

    def end_archive(self) -> Iterator[PcpMoment]:
        """As ``end``; the next archive may begin before this one ends."""
        yield from self.end()
        self._last_s = None

    def _note(self, record: PcpRecord) -> None:
        self._page_bytes = pcp.number_of(record, "hinv.pagesize") or self._page_bytes
        self.mem_total_kib = pcp.number_of(record, "mem.physmem") or self.mem_total_kib
        self.kernel_release = pcp.text_of(record, "kernel.uname.release") or self.kernel_release
        self.machine = pcp.text_of(record, "kernel.uname.machine") or self.machine
        if self._page_bytes is None:
            self._page_bytes = self._guessed_page_bytes(record)

    def _known_kib(self, record: PcpRecord) -> dict[str, int]:
        known = pcp.gauges_kib_of(record)
        total_kib = self.mem_total_kib
        return known if total_kib is None else {"mem_total_kib": total_kib} | known

    def _guessed_page_bytes(self, record: PcpRecord) -> int | None:
        info, vmstat = pcp.meminfo_of(self._known_kib(record)), pcp.vmstat_in(record, None)
        if info is None or vmstat is None:
            return None
        return page_size_bytes(_snapshot(record.time_utc_s, None, info, vmstat))

    def _sample(
        self, record: PcpRecord, vmstat: Vmstat | None, stalls_us: Mapping[str, int]
    ) -> Sample | None:
        info, page_bytes = pcp.meminfo_of(self._known_kib(record)), self._page_bytes
        if info is None or vmstat is None:
            return None
        zones = None if page_bytes is None else pcp.zones_of(record, page_bytes)
        needed = (vmstat.nr_dirty_pages, vmstat.nr_mapped_pages, vmstat.nr_writeback_pages)
        if zones is None or None in needed:
            return None
        sample = sample_of(_snapshot(record.time_utc_s, page_bytes, info, vmstat, zones))
        if sample is None:
            return None
        return replace(
            sample,
            memory_some_us_total=stalls_us.get("memory_some"),
            memory_full_us_total=stalls_us.get("memory_full"),
            memory_full_avg10_pct=pcp.memory_full_avg10_pct_of(record),
            io_full_us_total=stalls_us.get("io_full"),
        )


def _is_one_moment(before: PcpRecord, after: PcpRecord) -> bool:
    if after.time_utc_s - before.time_utc_s > ONE_MOMENT_S:
        return False
    return not (before.values.keys() & after.values.keys()) - ONCE


def _gauges(
    record: PcpRecord, known: Mapping[str, int]
) -> tuple[dict[str, float], tuple[NodePoint, ...]]:
    gauges: dict[str, float] = {
        name: sum(known[part] for part in parts) * KIB_BYTES
        for name, parts in _KIB_GAUGES.items()
        if all(part in known for part in parts)
    }
    zones = pcp.zones_of(record, KIB_BYTES)
    if zones is None:
        return gauges, ()
    nodes = node_samples(zones.zones)
    # As our own readings add it up; MemFree also counts memory that no zone manages yet.
    gauges["free_bytes"] = sum(node.free_pages for node in nodes) * KIB_BYTES
    gauges["min_bytes"] = sum(node.min_pages for node in nodes) * KIB_BYTES
    gauges["low_bytes"] = sum(node.min_pages + node.gap_pages for node in nodes) * KIB_BYTES
    gauges["high_bytes"] = sum(node.high_pages for node in nodes) * KIB_BYTES
    return gauges, node_points(zones, KIB_BYTES)


def _snapshot(
    time_s: float, page_bytes: int | None, *records: Meminfo | Vmstat | Zoneinfo
) -> Snapshot:
    host = HostFacts(
        hostname=None,
        arch=None,
        boot_id=None,
        page_size_bytes=page_bytes,
        clock_hz=None,
        is_live=False,
    )
    timed = {type(record): Timed(time_s=time_s, record=record) for record in records}
    return Snapshot(time_s=time_s, host=host, records=timed)
