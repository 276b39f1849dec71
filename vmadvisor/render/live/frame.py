"""One moment of the live view: all that its lines, its JSON and its screen can show, and nothing more.

A frame is small: a ring of them is the past that can be looked at again. What is not known is ``None``.
"""

from collections.abc import Mapping, Sequence

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import Host, Report, host_of
from vmadvisor.kernel.oom import Victim
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.forecast import HOST, Forecast, Outlook
from vmadvisor.model.headroom import Headroom, headroom
from vmadvisor.model.limits import LimitedCgroup, cgroup_limits
from vmadvisor.model.rates import ReclaimActivity, StallTime, reclaim_activity, stall_time
from vmadvisor.model.reclaimers import Reclaimer, reclaimers
from vmadvisor.model.sample import Sample
from vmadvisor.model.stock import stock_of
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

GROUPS_MAX_COUNT = 20
GAPS_MAX_COUNT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What ``check`` said at ``time_s``; ``titles`` are those of the findings that made it, worst first."""

    time_s: float
    status: Severity
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Processes in the kernel's own order, of the scan at ``time_s``; ``seen_count`` were there in all."""

    time_s: float
    seen_count: int
    victims: tuple[Victim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """A process and what it lost within the interval, by kind; ``None`` where the kernel does not count it."""

    pid_id: int
    comm: str
    lost_s: float
    reclaim_s: float
    swapin_s: float
    thrashing_s: float | None
    compact_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Who waited for memory. ``reason`` says why nobody can be named, where so."""

    interval_s: float | None = None
    waiters: tuple[Waiter, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What is looked at less often than the counters, as it last was, and what the clock says.

    ``because`` says what drives the forecasts.
    """

    verdict: Verdict | None = None
    because: str | None = None
    ranked: Ranked | None = None
    waits: Waits | None = None
    time_utc_s: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One moment, and the interval that ends with it. ``time_s`` is the host's CLOCK_MONOTONIC.

    ``slack_pages`` = free above the low marks, ``gap_pages`` from there to the first stall.
    ``gaps`` are (path, reason) of the first few of ``gaps_count``.
    """

    time_s: float
    interval_s: float | None
    host: Host
    slack_pages: int | None
    gap_pages: int | None
    available_pages: int | None
    swap_free_pages: int | None
    headroom: Headroom | None
    activity: ReclaimActivity | None
    stall: StallTime | None
    reclaimers: tuple[Reclaimer, ...]
    groups: tuple[LimitedCgroup, ...]
    outlook: Outlook | None
    extras: Extras
    gaps_count: int
    gaps: tuple[tuple[str, str], ...]

    def forecast(self, event: str, horizon_s: float, scope: str = HOST) -> Forecast | None:
        """The forecast of one event, where there is a probability."""
        for one in () if self.outlook is None else self.outlook.forecasts:
            if (one.event, one.horizon_s, one.scope) == (event, horizon_s, scope):
                return one if one.probability_ratio is not None else None
        return None

    def probability_ratio(self, event: str, horizon_s: float, scope: str = HOST) -> float | None:
        """Its probability; ``None`` where it is not said."""
        found = self.forecast(event, horizon_s, scope)
        return None if found is None else found.probability_ratio


def verdict_of(report: Report) -> Verdict:
    """As much of a report as a line holds."""
    return Verdict(
        time_s=report.snapshot_time_s,
        status=report.status,
        titles=tuple(finding.title for finding in report.loud),
    )


def ranked_of(
    order: Mapping[str, Sequence[Victim]], snapshot: Snapshot, most_count: int
) -> Ranked | None:
    """The first of the host's order; ``None`` where nobody can be ranked."""
    scan, victims = snapshot.processes, order.get(HOST)
    if scan is None or not victims:
        return None
    return Ranked(
        time_s=scan.time_s, seen_count=scan.seen_count, victims=tuple(victims[:most_count])
    )


def frame_of(
    before: Snapshot | None,
    after: Snapshot,
    samples: tuple[Sample | None, Sample | None],
    outlook: Outlook | None,
    extras: Extras,
) -> Frame:
    """The moment ``after``; ``samples`` are those of the two snapshots."""
    earlier, now = samples
    stock = None if now is None else stock_of(now)
    activity = reclaim_activity(before, after)
    if activity is not None and activity.is_since_boot:
        activity = None
    limits = cgroup_limits(before, after)
    return Frame(
        time_s=after.time_s,
        interval_s=None if before is None else after.time_s - before.time_s,
        host=host_of(after, page_size_bytes(after)),
        slack_pages=None if stock is None else stock.slack_pages,
        gap_pages=None if stock is None else stock.gap_pages,
        available_pages=None if now is None else now.available_pages,
        swap_free_pages=None if now is None else now.swap_free_pages,
        headroom=headroom(before, after),
        activity=activity,
        stall=stall_time(before, after),
        reclaimers=() if now is None else reclaimers(earlier, now),
        groups=() if limits is None else limits.groups[:GROUPS_MAX_COUNT],
        outlook=outlook,
        extras=extras,
        gaps_count=len(after.gaps),
        gaps=tuple((gap.path, gap.reason) for gap in after.gaps[:GAPS_MAX_COUNT]),
    )
