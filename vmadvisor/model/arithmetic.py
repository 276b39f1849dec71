"""How far our arithmetic and the kernel's own printed numbers agree on this host, now.

The proof that goes with every verdict: a rule that predicts marks is worth what these lines say.
"""

from collections.abc import Sequence

from vmadvisor.kernel.available import mem_available_pages
from vmadvisor.kernel.commit import commit
from vmadvisor.kernel.dirty import dirty_limits
from vmadvisor.kernel.min_free import MinFree, min_free
from vmadvisor.kernel.reserves import reserves
from vmadvisor.kernel.scan_balance import ScanBalance, scan_balance
from vmadvisor.kernel.watermarks import ZoneMarks
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.units import pages_from_kib


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """One number of the kernel's, computed here and as printed; ``None`` where either is not to be had."""

    name: str
    computed_pages: int | None
    kernel_pages: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """``*_agreement`` pairs "equal", "stale", "different", "unknown" with a number of zones."""

    numbers: tuple[Recomputed, ...]
    marks_agreement: tuple[tuple[str, int], ...]
    protection_agreement: tuple[tuple[str, int], ...]
    min_free: MinFree
    scan_balance: tuple[ScanBalance, ...]


def _tally(words: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple((word, words.count(word)) for word in dict.fromkeys(words))


def _numbers(
    snapshot: Snapshot, marks: Sequence[ZoneMarks], page_size_bytes: int | None
) -> tuple[Recomputed, ...]:
    info, vmstat = snapshot.get(Meminfo), snapshot.get(Vmstat)
    available = None
    if info is not None and info.mem_available_kib is not None and page_size_bytes is not None:
        available = pages_from_kib(info.mem_available_kib, page_size_bytes)
    limit, dirty = commit(snapshot), dirty_limits(snapshot)
    return (
        Recomputed(
            name="MemAvailable",
            computed_pages=mem_available_pages(snapshot, marks),
            kernel_pages=available,
            source="/proc/meminfo MemAvailable",
        ),
        Recomputed(
            name="CommitLimit",
            computed_pages=limit.limit_pages,
            kernel_pages=limit.kernel_limit_pages,
            source="/proc/meminfo CommitLimit",
        ),
        Recomputed(
            name="dirty threshold",
            computed_pages=dirty.threshold_pages,
            kernel_pages=vmstat.nr_dirty_threshold_pages if vmstat else None,
            source="/proc/vmstat nr_dirty_threshold",
        ),
        Recomputed(
            name="dirty background threshold",
            computed_pages=dirty.background_pages,
            kernel_pages=vmstat.nr_dirty_background_threshold_pages if vmstat else None,
            source="/proc/vmstat nr_dirty_background_threshold",
        ),
    )


def arithmetic(
    snapshot: Snapshot, marks: Sequence[ZoneMarks], page_size_bytes: int | None
) -> Arithmetic | None:
    """``marks`` is the snapshot's ``watermarks.table``; ``None`` where no zone could be read."""
    if not marks:
        return None
    return Arithmetic(
        numbers=_numbers(snapshot, marks, page_size_bytes),
        marks_agreement=_tally([zone.agreement for zone in marks]),
        protection_agreement=_tally([zone.agreement for zone in reserves(snapshot)]),
        min_free=min_free(snapshot),
        scan_balance=scan_balance(snapshot),
    )
