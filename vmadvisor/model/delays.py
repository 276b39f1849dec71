"""Who waited for memory between two moments, for what and how long; by process, unit and control group.

A process's loss is what taskstats counted in between. Direct reclaim and direct compaction never overlap.
A wait for a page from swap may be counted as swapin and as thrashing (``mm/page_io.c:swap_read_folio`` times
both), so only the longer of the two is added: the sum is what was lost at least.
"""

from collections.abc import Callable, Iterable, Sequence

from vmadvisor.delay_scan import DelayedProcess, DelayScan
from vmadvisor.model.delay_accounting import Accounting, is_counted
from vmadvisor.records import dataclass
from vmadvisor.sources.pressure import Pressure, PressureLine
from vmadvisor.sources.taskstats import Delay

_UNIT_SUFFIXES = (".service", ".scope", ".slice", ".mount", ".socket", ".swap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Time lost by kind; ``None`` where this kernel does not count that kind."""

    reclaim_ns: int = 0
    swapin_ns: int = 0
    thrashing_ns: int | None = None
    compact_ns: int | None = None

    @property
    def lost_ns(self) -> int:
        """All of it at least.

        >>> Loss(reclaim_ns=5, swapin_ns=7, thrashing_ns=11, compact_ns=13).lost_ns
        29
        """
        from_disk = max(self.swapin_ns, self.thrashing_ns or 0)
        return self.reclaim_ns + (self.compact_ns or 0) + from_disk


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLoss:
    """One process that waited."""

    pid_id: int
    comm: str
    cgroup_path: str | None
    loss: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLoss:
    """The processes of one unit or control group together: their waits may have been at the same time."""

    name: str
    processes_count: int
    loss: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """PSI of a control group over the interval: some task stalled, all of them; ``None`` if not told."""

    path: str
    some_us: int | None
    full_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """The answer. ``uncounted_count``: surely not counted; ``unsure_count``: no wait seen, and maybe not."""

    interval_s: float
    version: int | None
    seen_count: int
    ended_count: int
    uncounted_count: int
    unsure_count: int
    processes: tuple[ProcessLoss, ...]
    units: tuple[GroupLoss, ...]
    cgroups: tuple[GroupLoss, ...]
    host: Stall | None
    stalls: tuple[Stall, ...]


def delays(before: DelayScan, after: DelayScan, accounting: Accounting, *, clock_hz: int) -> Delays:
    """What was lost in between, most first. What an ended process lost is not known."""
    losses = [
        ProcessLoss(pid_id=pid, comm=one.stat.comm, cgroup_path=one.cgroup_path, loss=loss)
        for pid, one in after.processes.items()
        if (loss := _loss(before, one, clock_hz)) is not None and loss.lost_ns
    ]
    losses.sort(key=lambda one: (-one.loss.lost_ns, one.pid_id))
    counted = [is_counted(one, accounting, clock_hz) for one in after.processes.values()]
    versions = [one.stats.version for one in after.processes.values()]
    stalls = (_stall(path, before.groups.get(path), one) for path, one in after.groups.items())
    return Delays(
        interval_s=after.time_s - before.time_s,
        version=versions[0] if versions else None,
        seen_count=len(after.processes),
        ended_count=len(before.processes.keys() - after.processes.keys()),
        uncounted_count=counted.count(False),
        unsure_count=counted.count(None),
        processes=tuple(losses),
        units=_summed(losses, unit_of),
        cgroups=_summed(losses, str),
        host=None if after.host is None else _stall("host", before.host, after.host),
        stalls=tuple(
            sorted(
                (one for one in stalls if one.some_us),
                key=lambda one: (-(one.full_us or 0), -(one.some_us or 0), one.path),
            )
        ),
    )


def unit_of(path: str) -> str:
    """The innermost systemd unit of a cgroup path; the path itself where there is none.

    >>> unit_of("/system.slice/db.service/worker"), unit_of("/docker/ab12"), unit_of("/")
    ('db.service', '/docker/ab12', '/')
    """
    units = [part for part in path.split("/") if part.endswith(_UNIT_SUFFIXES)]
    return units[-1] if units else path


def _loss(before: DelayScan, after: DelayedProcess, clock_hz: int) -> Loss | None:
    """Since ``before``, or since its start in between; ``None`` for one that was there and not answered for."""
    known, started_ticks = before.processes.get(after.pid_id), after.stat.starttime_ticks
    earlier = (
        known.stats if known is not None and known.stat.starttime_ticks == started_ticks else None
    )
    # A tick's length of doubt: a start is told in whole ticks, rounded down.
    if earlier is None and started_ticks + 1 < before.boottime_s * clock_hz:
        return None
    now = after.stats
    return Loss(
        reclaim_ns=_waited_ns(None if earlier is None else earlier.freepages, now.freepages) or 0,
        swapin_ns=_waited_ns(None if earlier is None else earlier.swapin, now.swapin) or 0,
        thrashing_ns=_waited_ns(None if earlier is None else earlier.thrashing, now.thrashing),
        compact_ns=_waited_ns(None if earlier is None else earlier.compact, now.compact),
    )


def _waited_ns(before: Delay | None, after: Delay | None) -> int | None:
    """A total that went backwards has wrapped around, and is known from there on only."""
    if after is None:
        return None
    earlier_ns = 0 if before is None else before.waited_ns_total
    if after.waited_ns_total < earlier_ns:
        return after.waited_ns_total
    return after.waited_ns_total - earlier_ns


def _summed(losses: Iterable[ProcessLoss], name_of: Callable[[str], str]) -> tuple[GroupLoss, ...]:
    """By name of the group; processes whose group is not known are left out."""
    members: dict[str, list[Loss]] = {}
    for one in losses:
        if one.cgroup_path is not None:
            members.setdefault(name_of(one.cgroup_path), []).append(one.loss)
    found = [
        GroupLoss(name=name, processes_count=len(own), loss=_sum(own))
        for name, own in members.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.loss.lost_ns, one.name)))


def _sum(losses: Sequence[Loss]) -> Loss:
    return Loss(
        reclaim_ns=sum(one.reclaim_ns for one in losses),
        swapin_ns=sum(one.swapin_ns for one in losses),
        thrashing_ns=_sum_known([one.thrashing_ns for one in losses]),
        compact_ns=_sum_known([one.compact_ns for one in losses]),
    )


def _sum_known(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _stall(path: str, before: Pressure | None, after: Pressure) -> Stall:
    return Stall(
        path=path,
        some_us=_stalled_us(None if before is None else before.some, after.some),
        full_us=_stalled_us(None if before is None else before.full, after.full),
    )


def _stalled_us(before: PressureLine | None, after: PressureLine | None) -> int | None:
    """``None`` for a group that was not there before, or was made anew: its total went backwards."""
    if before is None or after is None or after.stall_us_total < before.stall_us_total:
        return None
    return after.stall_us_total - before.stall_us_total
