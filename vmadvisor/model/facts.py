"""All that rules may look at: the newest records and what was derived from two snapshots, by type."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from vmadvisor.kernel import available, oom, reserves, watermarks
from vmadvisor.kernel.badness import host_total_pages
from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.oom import Victim
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.watermarks import ZoneMarks
from vmadvisor.model.arithmetic import Arithmetic, arithmetic
from vmadvisor.model.consumers import Consumers, consumers
from vmadvisor.model.forecast import Outlook
from vmadvisor.model.fragmentation import Fragmentation, fragmentation
from vmadvisor.model.group_settings import GroupSettings, group_settings
from vmadvisor.model.headroom import Headroom, headroom
from vmadvisor.model.kernel_growth import KernelGrowth, kernel_growth
from vmadvisor.model.kinship import Kinship, kinship
from vmadvisor.model.limits import CgroupLimits, cgroup_limits
from vmadvisor.model.memory_use import MemoryUse, is_of_these_zones, memory_use
from vmadvisor.model.node_distance import NodeDistance, node_distance
from vmadvisor.model.outlook import Asked, outlook_of
from vmadvisor.model.own_processes import OwnProcesses, own_processes
from vmadvisor.model.rates import ReclaimActivity, StallTime, reclaim_activity, stall_time
from vmadvisor.model.writeback import Writeback, writeback
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.arcstats import Arcstats
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import pages_from_kib

F = TypeVar("F")


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimOrder:
    """Who dies first, by scope ("host" or a cgroup path); see ``kernel.oom.victims``.

    ``is_cut``: there are others behind the last of a recording that kept the first few.
    ``total_pages`` is T of the whole host: 1/1000 of it is what one unit of oom_score_adj weighs.
    """

    by_scope: Mapping[str, tuple[Victim, ...]]
    is_cut: bool = False
    total_pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What can still be had without swapping, and the reserve the kernel keeps for itself.

    ``computed_available_pages`` is ``si_mem_available()`` recomputed; ``None`` before 3.14.
    ``above_min_pages`` are free and file pages beyond the min marks and the lowmem protection: what
    ``should_reclaim_retry()`` looks at before it lets the OOM killer in; below 0 there is nothing left.

    Where no zone can be seen (a container) there is no ``above_min_pages``, and ``totalreserve_pages``
    is the least it can be, ``is_least_reserve``; ``None`` if vm.min_free_kbytes is not known either.

    ``shrinkable_pages`` is the ZFS ARC above its minimum, which MemAvailable leaves out; ``None`` without ZFS.
    """

    page_size_bytes: int
    mem_total_pages: int
    available_pages: int
    computed_available_pages: int | None
    totalreserve_pages: int | None
    above_min_pages: int | None
    swap_total_pages: int
    swap_free_pages: int
    is_least_reserve: bool = False
    shrinkable_pages: int | None = None

    @property
    def obtainable_pages(self) -> int:
        """``available_pages`` and what a cache of its own gives back when the kernel asks."""
        return self.available_pages + (self.shrinkable_pages or 0)


class Facts:
    """Facts and records by type; what could not be had is absent."""

    __slots__ = ("by_type",)

    def __init__(self, by_type: Mapping[type, object]) -> None:
        self.by_type = by_type

    def get(self, kind: type[F]) -> F | None:
        """The fact of this type, or ``None``."""
        found = self.by_type.get(kind)
        return found if isinstance(found, kind) else None

    def __getitem__(self, kind: type[F]) -> F:
        """The fact of this type; rules call this only for what they declared as a need."""
        found = self.get(kind)
        if found is None:
            raise KeyError(kind.__name__)
        return found

    def joined(self, *facts: object) -> "Facts":
        """These facts, with more in place of those of the same type."""
        return Facts({**self.by_type, **{type(fact): fact for fact in facts}})

    @classmethod
    def of(cls, *facts: object) -> "Facts":
        """Facts by their own type, as rules' examples write them."""
        return cls({type(fact): fact for fact in facts})


def _above_min_pages(info: Meminfo, zoneinfo: Zoneinfo | None, page_size_bytes: int) -> int | None:
    if zoneinfo is None or info.active_file_kib is None or info.inactive_file_kib is None:
        return None
    file_pages = pages_from_kib(info.active_file_kib + info.inactive_file_kib, page_size_bytes)
    kept_pages = sum(
        min(zone.managed_pages, zone.min_pages + max(zone.protection_pages, default=0))
        for zone in zoneinfo.zones
    )
    return sum(zone.free_pages for zone in zoneinfo.zones) + file_pages - kept_pages


def _least_reserve_pages(snapshot: Snapshot, page_size_bytes: int) -> int | None:
    """What totalreserve exceeds on every host: a high mark is 3/2 of its zone's share or more.

    Without the shares of zones that take none, and without the lowmem protection.
    """
    sysctl = snapshot.get(VmSysctl)
    if sysctl is None or sysctl.min_free_kib is None:
        return None
    return pages_from_kib(sysctl.min_free_kib, page_size_bytes) * 3 // 2


def _shrinkable_pages(snapshot: Snapshot, page_size_bytes: int) -> int | None:
    """What the ARC's shrinker may give back (OpenZFS ``arc_evictable_memory()``, at most)."""
    arc = snapshot.get(Arcstats)
    if arc is None or arc.c_min_bytes is None:
        return None
    return max(arc.size_bytes - arc.c_min_bytes, 0) // page_size_bytes


def _availability(
    snapshot: Snapshot, marks: Sequence[ZoneMarks], page_size_bytes: int | None
) -> Availability | None:
    """``None`` too where meminfo is not that of the kernel whose zones are seen (lxcfs)."""
    info, zoneinfo = snapshot.get(Meminfo), snapshot.get(Zoneinfo)
    if info is None or page_size_bytes is None:
        return None
    if zoneinfo is not None and not is_of_these_zones(info, zoneinfo, page_size_bytes):
        return None
    reserve = reserves.totalreserve_pages(snapshot, marks)
    is_least = reserve is None
    if reserve is None:
        reserve = _least_reserve_pages(snapshot, page_size_bytes)
    computed = available.mem_available_pages(snapshot, marks)
    if info.mem_available_kib is not None:
        pages: int | None = pages_from_kib(info.mem_available_kib, page_size_bytes)
    else:
        pages = computed
    if pages is None or info.swap_total_kib is None or info.swap_free_kib is None:
        return None
    return Availability(
        page_size_bytes=page_size_bytes,
        mem_total_pages=pages_from_kib(info.mem_total_kib, page_size_bytes),
        available_pages=pages,
        computed_available_pages=computed,
        totalreserve_pages=reserve,
        above_min_pages=_above_min_pages(info, zoneinfo, page_size_bytes),
        swap_total_pages=pages_from_kib(info.swap_total_kib, page_size_bytes),
        swap_free_pages=pages_from_kib(info.swap_free_kib, page_size_bytes),
        is_least_reserve=is_least and reserve is not None,
        shrinkable_pages=_shrinkable_pages(snapshot, page_size_bytes),
    )


def _victim_order(snapshot: Snapshot) -> VictimOrder | None:
    by_scope = oom.victims(snapshot)
    is_cut = oom.is_recorded_in_part(snapshot)
    if not by_scope:
        return None
    return VictimOrder(by_scope=by_scope, is_cut=is_cut, total_pages=host_total_pages(snapshot))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What every derivation starts from; ``marks`` and the page size are computed once for all."""

    before: Snapshot | None
    after: Snapshot
    marks: tuple[ZoneMarks, ...]
    page_size_bytes: int | None
    asked: Asked


def _outlook(moment: Moment) -> Outlook | None:
    both = (moment.before, moment.after)
    return outlook_of([one for one in both if one is not None], moment.asked)


DERIVATIONS: tuple[tuple[type, Callable[[Moment], object | None]], ...] = (
    (Behaviour, lambda m: behaviour_of(m.after)),
    (ReclaimActivity, lambda m: reclaim_activity(m.before, m.after)),
    (StallTime, lambda m: stall_time(m.before, m.after)),
    (Headroom, lambda m: headroom(m.before, m.after)),
    (Availability, lambda m: _availability(m.after, m.marks, m.page_size_bytes)),
    (Arithmetic, lambda m: arithmetic(m.after, m.marks, m.page_size_bytes)),
    (Fragmentation, lambda m: fragmentation(m.after, m.before)),
    (MemoryUse, lambda m: memory_use(m.after, m.page_size_bytes)),
    (Consumers, lambda m: consumers(m.before, m.after, m.page_size_bytes)),
    (CgroupLimits, lambda m: cgroup_limits(m.before, m.after)),
    (VictimOrder, lambda m: _victim_order(m.after)),
    (Kinship, lambda m: kinship(m.after)),
    (OwnProcesses, lambda m: own_processes(m.after)),
    (Writeback, lambda m: writeback(m.before, m.after, m.page_size_bytes)),
    (KernelGrowth, lambda m: kernel_growth(m.before, m.after, m.page_size_bytes)),
    (NodeDistance, lambda m: node_distance(m.after)),
    (GroupSettings, lambda m: group_settings(m.after)),
    (Outlook, _outlook),
)


def derive(before: Snapshot | None, after: Snapshot, asked: Asked | None = None) -> Facts:
    """Every fact that these snapshots can tell, beside the newer one's records."""
    moment = Moment(
        before=before,
        after=after,
        marks=watermarks.table(after),
        page_size_bytes=page_size_bytes(after),
        asked=Asked() if asked is None else asked,
    )
    facts: dict[type, object] = {kind: timed.record for kind, timed in after.records.items()}
    for kind, derivation in DERIVATIONS:
        fact = derivation(moment)
        if fact is not None:
            facts[kind] = fact
    return Facts(facts)
