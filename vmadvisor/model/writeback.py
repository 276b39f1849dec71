"""Dirty pages against what the devices take: how long the allowed amount takes to be written.

    threshold                      where writers are put to sleep      vmstat nr_dirty_threshold
    written = Δ pgpgout - Δ pswpout                                    KiB, pages

The rate is the devices' speed only while they had work all the time: pages under writeback at both
readings. Even then it is what this mix of writers got, not the most that the devices could.
"""

from vmadvisor.model.rates import interval_s, rise
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.units import KIB_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Writeback:
    """``written_bytes_per_s`` is ``None`` with one reading; ``was_busy``: the devices had work throughout."""

    dirty_pages: int
    writeback_pages: int
    threshold_pages: int
    background_pages: int
    written_bytes_per_s: float | None
    was_busy: bool
    page_size_bytes: int

    @property
    def drain_s(self) -> float | None:
        """How long as much as may be dirty takes to be written at that rate."""
        if not self.was_busy or not self.written_bytes_per_s:
            return None
        return self.threshold_pages * self.page_size_bytes / self.written_bytes_per_s


def _written_per_s(before: Snapshot, after: Snapshot, page_size_bytes: int) -> float | None:
    old, new = before.get(Vmstat), after.get(Vmstat)
    seconds_s = interval_s(before, after, Vmstat)
    if old is None or new is None or seconds_s is None:
        return None
    out_kib = rise(old.pgpgout_kib_total, new.pgpgout_kib_total)
    swapped_pages = rise(old.pswpout_pages_total, new.pswpout_pages_total) or 0
    if out_kib is None:
        return None
    return max(0.0, (out_kib * KIB_BYTES - swapped_pages * page_size_bytes) / seconds_s)


def writeback(
    before: Snapshot | None, after: Snapshot, page_size_bytes: int | None
) -> Writeback | None:
    """``None`` where vmstat does not tell the thresholds."""
    now, old = after.get(Vmstat), None if before is None else before.get(Vmstat)
    if now is None or page_size_bytes is None:
        return None
    dirty, busy = now.nr_dirty_pages, now.nr_writeback_pages
    hard, soft = now.nr_dirty_threshold_pages, now.nr_dirty_background_threshold_pages
    if dirty is None or busy is None or hard is None or soft is None:
        return None
    return Writeback(
        dirty_pages=dirty,
        writeback_pages=busy,
        threshold_pages=hard,
        background_pages=soft,
        written_bytes_per_s=None
        if before is None
        else _written_per_s(before, after, page_size_bytes),
        was_busy=bool(busy and old is not None and old.nr_writeback_pages),
        page_size_bytes=page_size_bytes,
    )
