"""How much time tasks lose to memory, and whether a capped cgroup explains it.

PSI ``full`` is time in which no task got on. Two things raise it without harm to the host's tasks:
kswapd's own running time (``balance_pgdat()`` runs inside ``psi_memstall_enter()``), and a cgroup that
reclaims at its own limit. Both are taken off here, once, for every rule that rests on PSI.
"""

from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.limits import CgroupLimits, LimitedCgroup
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.records import dataclass
from vmadvisor.sources.pressure import MemoryPressure
from vmadvisor.sources.sysctl_vm import VmSysctl

STALL_MIN_RATIO = 0.05
"""The project's definition of harm: memory ``full`` grows by 5 % of the time looked at."""

STALL_CRITICAL_RATIO = 0.40
"""The level desktop tools settled on after false kills at 10 % (eos-boot-helper 402, 406; nohang's soft
mark). They mean ``avg10``, so one bad second is a WARNING: the stall must also last."""

LASTING_AVG10_RATIO = 0.20
"""Where ``avg10`` stands after 7 s at 40 %, or after 2.5 s at 90 %: it decays with exp(-t / 10 s)."""

LASTING_MIN_S = 10.0
"""An interval this long needs no second witness."""

KSWAPD_SKEW_RATIO = 0.05
"""kswapd's CPU time is known in ticks of 10 ms and from a scan that is not PSI's instant."""

SWAPIN_MIN_PER_S = 5.0
"""Fewer swap-ins cannot cost 5 % of the time even at 10 ms each, a disk's seek."""

CULPRIT_MIN_SHARE_RATIO = 0.5
"""A group explains the host's stalls when its own ``full`` time is at least half of the host's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """PSI memory: ``full`` over the interval, over the last 10 s, and what of it tasks lost.

    ``harm_ratio`` is the interval's (with one snapshot that of the last 10 s) less kswapd's own share
    where memory is there and no task reclaimed or waited for swap; all ``None`` without PSI.
    """

    interval_ratio: float | None
    avg10_ratio: float | None
    harm_ratio: float | None
    some_ratio: float | None
    is_lasting: bool

    @property
    def is_critical(self) -> bool:
        """Stalled two fifths of the time, and not for one second only."""
        if (self.harm_ratio or 0.0) < STALL_CRITICAL_RATIO:
            return False
        if self.interval_ratio is None or self.is_lasting or self.avg10_ratio is None:
            return True
        return self.avg10_ratio >= LASTING_AVG10_RATIO

    @property
    def is_harmful(self) -> bool:
        """At or above the project's definition of harm."""
        return (self.harm_ratio or 0.0) >= STALL_MIN_RATIO


def interval_activity(facts: Facts) -> ReclaimActivity | None:
    """Rates of now; ``None`` where there are only averages since boot."""
    activity = facts.get(ReclaimActivity)
    return None if activity is None or activity.is_since_boot else activity


def tasks_waited(activity: ReclaimActivity) -> bool:
    """Whether tasks themselves reclaimed, compacted or waited for swap; unknown counts as yes."""
    passes = (activity.allocstall_per_s, activity.scan_direct_pages_per_s)
    if any(rate is None or rate > 0 for rate in passes):
        return True
    if activity.compact_stall_per_s:
        return True
    return (activity.swapin_pages_per_s or 0.0) >= SWAPIN_MIN_PER_S


def _kswapd_ratio(facts: Facts) -> float:
    headroom = facts.get(Headroom)
    if headroom is None:
        return 0.0
    return sum(node.kswapd_cpu_ratio or 0.0 for node in headroom.nodes)


def host_is_short(facts: Facts) -> bool:
    """Whether the host lacks memory; ``True`` where that is not known."""
    now = facts.get(Availability)
    if now is None or now.totalreserve_pages is None:
        return True
    return now.obtainable_pages < now.totalreserve_pages


def came_back(activity: ReclaimActivity) -> bool:
    """Whether evicted pages returned, from file or swap; unknown counts as yes."""
    rates = (activity.refault_pages_per_s, activity.swapin_pages_per_s)
    return any(rate is None or rate > 0 for rate in rates)


def _by_kswapd_ratio(facts: Facts, full_ratio: float) -> float:
    """The part of ``full`` that may be kswapd alone at its usual work, a page cache kept in bounds.

    All of it where no page came back either: then there is nothing that a task can have waited for,
    but a pass that began before the interval; that one shows in a larger ``full``.
    """
    activity = interval_activity(facts)
    if activity is None or tasks_waited(activity) or host_is_short(facts):
        return 0.0
    if not activity.scan_kswapd_pages_per_s:
        return 0.0
    if full_ratio < STALL_CRITICAL_RATIO and not came_back(activity):
        return full_ratio
    return _kswapd_ratio(facts) + KSWAPD_SKEW_RATIO


def stall(facts: Facts) -> Stall:
    """What PSI says, less what kswapd alone explains."""
    spent, pressure = facts.get(StallTime), facts.get(MemoryPressure)
    interval = None if spent is None else spent.memory_full_ratio
    full = None if pressure is None else pressure.full
    avg10 = None if full is None else full.avg10_pct / 100
    now = interval if interval is not None else avg10
    return Stall(
        interval_ratio=interval,
        avg10_ratio=avg10,
        harm_ratio=None if now is None else max(now - _by_kswapd_ratio(facts, now), 0.0),
        some_ratio=None if spent is None else spent.memory_some_ratio,
        is_lasting=spent is not None and spent.interval_s >= LASTING_MIN_S,
    )


def host_reclaims(facts: Facts) -> bool:
    """Whether the host's own shortage can be what tasks wait for; unknown counts as yes.

    ``allocstall`` counts every direct reclaim of the host and none of a cgroup; ``pgscan_direct`` also
    counts node_reclaim() and, since 7.x, cgroups. kswapd alone keeps a full page cache in bounds.
    """
    activity = interval_activity(facts)
    if activity is None:
        return host_is_short(facts)
    if activity.allocstall_per_s is None or activity.allocstall_per_s > 0:
        return True
    sysctl = facts.get(VmSysctl)
    if activity.scan_direct_pages_per_s and sysctl is not None and sysctl.zone_reclaim_mode:
        return True
    if activity.scan_kswapd_pages_per_s == 0:
        return False
    return host_is_short(facts)


def _full_of(group: LimitedCgroup) -> float | None:
    """The group's own stall over the interval, else over the last 10 s."""
    over_interval = group.memory_full_ratio
    return over_interval if over_interval is not None else group.full_avg10_ratio


def _candidates(facts: Facts, limits: CgroupLimits) -> tuple[LimitedCgroup, ...]:
    """Groups at their limit; with one snapshot also those that stalled lately, as after a kill."""
    if interval_activity(facts) is not None:
        return limits.at_limit
    return tuple(g for g in limits.groups if g.is_at_limit or g.full_avg10_ratio)


def capped_group(facts: Facts) -> LimitedCgroup | None:
    """The group at its own limit that explains the host's PSI, while the host itself is not short."""
    limits = facts.get(CgroupLimits)
    if limits is None or host_reclaims(facts):
        return None
    now = stall(facts)
    host = (now.interval_ratio if now.interval_ratio is not None else now.avg10_ratio) or 0.0
    explaining = [
        group
        for group in _candidates(facts, limits)
        if (full := _full_of(group)) is None or full >= CULPRIT_MIN_SHARE_RATIO * host
    ]
    return max(explaining, key=lambda group: _full_of(group) or 0.0, default=None)
