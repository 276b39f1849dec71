"""What now: who grows, and the ways out, the one that buys most time first.

Where the model foresees a kill or a stall, or memory has run out already, tuning comes too late. Before a kill,
time is the stock that is left (``model.stock``) over the rate at which it goes, as the forecast's quantiles have
it; before a stall, what is had without waiting over the demand. Each way out adds to the one or takes from the
other. Beyond an hour no straight line holds: more is said as that.
"""

from collections.abc import Callable, Iterator

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.recommendation import CGROUP, SWAP, SYSCTL, ZRAM, Effect
from vmadvisor.advise.rules import _relief_words as words
from vmadvisor.advise.rules._forecasts import ALARM_MAX_S
from vmadvisor.advise.rules._oom_order import own_pids
from vmadvisor.advise.rules._stalls import capped_group, host_reclaims
from vmadvisor.model.consumers import Consumers, ProcessSize
from vmadvisor.model.events import MEMORY_STALL, OOM_GLOBAL
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.forecast import Forecast, Outlook
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.model.stock import Stock
from vmadvisor.records import dataclass
from vmadvisor.snapshot import CgroupScan
from vmadvisor.sources.arcstats import Arcstats
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.units import KIB_BYTES

HIGH_RATIO = 0.5
"""An alarm, as the accuracy table has it (README): more likely than not."""

NEAR_S = 10.0
"""A stall passes, a kill does not: the nearest horizon that recordings back."""

TIME_MAX_S = 3600.0
NOTHING_LEFT = "time_until_nothing_is_left"
TASKS_WAIT = "time_until_tasks_wait"
ZRAM_RATIO = 2.5
"""Original to stored size where nothing tells it: lzo and zstd on anonymous memory give 2 to 4."""

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Grower:
    """Who grows fastest, else who holds most; ``growth_bytes_per_s`` is 0 where it was not seen to grow."""

    name: str
    pid_id: int
    cgroup_path: str | None
    size_bytes: int
    growth_bytes_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out. ``key`` and ``value`` where it is a setting; ``effect`` is the time until nothing is left, or tasks wait."""

    action: str
    command: str
    undo: str
    persist: str
    risk: str
    effect: Effect
    key: str | None = None
    current: int | str | None = None
    value: int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """``ways`` by the time they buy; ``because`` says what is foreseen, or what is there already."""

    because: str
    probability_ratio: float | None
    grower: Grower | None
    ways: tuple[Way, ...]


def alarm_of(facts: Facts) -> Forecast | None:
    """A bad event of the host that is more likely than not: a kill before a stall, else the likeliest.

    A stall counts where it is near and the host's own; a kill at a cgroup's limit is that cgroup's matter.
    """
    told = facts.get(Outlook)
    if told is None:
        return None
    is_own = host_reclaims(facts) and capped_group(facts) is None
    high = [
        one
        for one in told.forecasts
        if one.scope == HOST
        and (
            (one.event == OOM_GLOBAL and one.horizon_s <= ALARM_MAX_S)
            or (one.event == MEMORY_STALL and one.horizon_s <= NEAR_S and is_own)
        )
        and one.probability_ratio is not None
        and one.probability_ratio >= HIGH_RATIO
    ]
    return max(
        high,
        key=lambda one: (one.event == OOM_GLOBAL, one.probability_ratio or 0.0, -one.horizon_s),
        default=None,
    )


def relief_of(facts: Facts) -> Relief | None:
    """``None`` where nothing is about to happen, or nobody can be named."""
    alarm, now = alarm_of(facts), facts.get(Availability)
    stock = facts.get(Stock)
    if alarm is None or now is None or stock is None:
        return None
    page = now.page_size_bytes
    grower = _grower(facts.get(Consumers), page, own_pids(facts))
    left: _Left | None
    if alarm.event == MEMORY_STALL:
        stolen = _stolen_pages_per_s(facts)
        left = None if stolen is None else _until_tasks_wait(facts[Outlook], stock, stolen, page)
    else:
        left = _until_nothing_is_left(facts[Outlook], stock, page)
    ways = () if left is None else _ways(facts, grower, left)
    found = sorted(ways, key=lambda way: _bought(way.effect))
    event = {MEMORY_STALL: "a memory stall"}.get(alarm.event, "an OOM kill")
    return Relief(
        because=f"{event} within {alarm.horizon_s:g} s",
        probability_ratio=alarm.probability_ratio,
        grower=grower,
        ways=tuple(way for way in found if way.effect.is_change),
    )


def _stolen_pages_per_s(facts: Facts) -> float | None:
    """What reclaim frees; ``None`` where nobody counts it: then no demand is known, and no time."""
    activity = facts.get(ReclaimActivity)
    return None if activity is None else activity.steal_pages_per_s


def _bought(effect: Effect) -> tuple[float, float, float]:
    """What buys most comes first: in the middle, then at worst, then at best."""
    return (-effect.after, -effect.after_low, -effect.after_high)


def _grower(consumers: Consumers | None, page: int, own: frozenset[int]) -> Grower | None:
    if consumers is None:
        return None
    growing: list[ProcessSize] = [
        one for one in (*consumers.growing, *consumers.largest) if one.pid_id not in own
    ]
    if not growing:
        return None
    one = growing[0]
    return Grower(
        name=one.comm,
        pid_id=one.pid_id,
        cgroup_path=one.cgroup_path,
        size_bytes=(one.rss_pages + (one.swap_pages or 0)) * page,
        growth_bytes_per_s=max(0.0, one.growth_pages_per_s or 0.0) * page,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """What is left, and how fast it goes at the low, middle and high end of what is known.

    ``takes_swap``: swap adds to it.
    """

    name: str
    left_bytes: int
    losses_bytes_per_s: tuple[float, float, float]
    takes_swap: bool

    def effect(self, *, more_bytes: float = 0.0, less_per_s: float = 0.0) -> Effect:
        """Time until it is gone, before and after."""

        def time_s(loss: float, *, is_then: bool) -> float:
            left = self.left_bytes + (more_bytes if is_then else 0.0)
            rate = max(0.0, loss - (less_per_s if is_then else 0.0))
            return min(TIME_MAX_S, left / rate) if rate > 0 else TIME_MAX_S

        low, middle, high = self.losses_bytes_per_s
        return Effect(
            name=self.name,
            unit="s",
            before=time_s(middle, is_then=False),
            before_low=time_s(low, is_then=False),
            before_high=time_s(high, is_then=False),
            after=time_s(middle, is_then=True),
            after_low=time_s(low, is_then=True),
            after_high=time_s(high, is_then=True),
        )


def _losses_bytes_per_s(told: Outlook, what: str, left_bytes: int) -> tuple[float, float, float]:
    """As the forecast's quantiles have it: at the tenth, the middle and the ninetieth per cent."""
    found = next((one for one in told.times if one.what == what), None)
    seconds = (None, None, None) if found is None else (found.p10_s, found.p50_s, found.p90_s)
    fast, middle, slow = (left_bytes / s if s else 0.0 for s in seconds)
    return fast, middle, slow


def _until_nothing_is_left(told: Outlook, stock: Stock, page: int) -> _Left:
    """Before a kill: everything that can still be reclaimed or swapped, at the rate at which it goes."""
    left = max(0, stock.stock_pages * page)
    losses = _losses_bytes_per_s(told, "oom", left)
    return _Left(name=NOTHING_LEFT, left_bytes=left, losses_bytes_per_s=losses, takes_swap=True)


def _until_tasks_wait(told: Outlook, stock: Stock, stolen_pages_per_s: float, page: int) -> _Left:
    """Before a stall: what is had without waiting, at the present demand.

    Demand is what reclaim frees, since it is taken again, and what slack goes beside. Room in swap does not
    add to what is had at once: getting there is the wait.
    """
    stolen = stolen_pages_per_s * page
    slack = _losses_bytes_per_s(told, "low mark", max(0, stock.slack_pages * page))
    low, middle, high = (stolen + max(0.0, loss) for loss in slack)
    return _Left(
        name=TASKS_WAIT,
        left_bytes=max(0, stock.easy_pages * page),
        losses_bytes_per_s=(low, middle, high),
        takes_swap=False,
    )


def _ways(facts: Facts, grower: Grower | None, left: _Left) -> Iterator[Way]:
    if grower is not None:
        yield from _about(facts, grower, left)
    info = facts.get(Meminfo)
    if info is not None:
        yield from _swap(info, left) if left.takes_swap else ()
        yield from _pool(info, left)
    yield from _arc(facts.get(Arcstats), left)


def _way(action: str, steps: words.Steps, risk: str, effect: Effect) -> Way:
    return Way(
        action=action,
        command=steps.command,
        undo=steps.undo,
        persist=steps.persist,
        risk=risk,
        effect=effect,
    )


def _about(facts: Facts, grower: Grower, left: _Left) -> Iterator[Way]:
    growth, size, path = grower.growth_bytes_per_s, grower.size_bytes, grower.cgroup_path
    yield _way(
        "stop it",
        words.stopped(path, grower.pid_id),
        "what it serves stops",
        left.effect(more_bytes=size, less_per_s=growth),
    )
    again = words.restarted(path)
    if again is not None:
        yield _way(
            "restart it",
            again,
            "a break in what it serves; it grows again if nothing else changes",
            left.effect(more_bytes=size),
        )
    scan = facts.get(CgroupScan)
    group = None if scan is None or path in {None, "/"} else scan.groups.get(path or "")
    if group is None or path is None or group.version != 2 or not group.current_bytes or not growth:  # noqa: PLR2004 - v1 has no memory.high
        return
    value = group.current_bytes // _MIB * _MIB or group.current_bytes
    if group.high_bytes is not None and group.high_bytes <= value:
        return
    steps = words.limited(path, value, group.high_bytes)
    plain = _way(
        "hold it with memory.high",
        steps,
        "it is throttled, and reclaims its own pages, from here on",
        left.effect(less_per_s=growth),
    )
    yield _keyed(plain, f"{CGROUP}{path}:memory.high", group.high_bytes, value)


def _keyed(way: Way, key: str, current: int | str | None, value: int | str) -> Way:
    from vmadvisor.records import replace

    return replace(way, key=key, current=current, value=value)


def _swap(info: Meminfo, left: _Left) -> Iterator[Way]:
    total_kib = info.swap_total_kib
    if total_kib is None:
        return
    mib = max(64, info.mem_total_kib // 1024 // 4)
    anon_kib = (info.active_anon_kib or 0) + (info.inactive_anon_kib or 0)
    movable = min(mib * _MIB, anon_kib * KIB_BYTES)
    makers: tuple[tuple[str, str, Callable[[int], words.Steps], float, str], ...] = (
        (SWAP, "add swap", words.swap_file, movable,
         "takes room on /; what is in use may wait for its return; only buys time against a leak"),
        (ZRAM, "add zram", words.zram, movable * (1 - 1 / ZRAM_RATIO),
         "takes CPU and memory of its own; only buys time against a leak"),
    )  # fmt: skip
    now = f"{total_kib // 1024}M" if total_kib else None
    for key, action, maker, more, risk in makers:
        way = _way(f"{action}, {mib} MiB", maker(mib), risk, left.effect(more_bytes=more))
        yield _keyed(way, key, now, f"{total_kib // 1024 + mib}M")


def _pool(info: Meminfo, left: _Left) -> Iterator[Way]:
    total, free = info.huge_pages_total_count, info.huge_pages_free_count
    size_kib = info.huge_page_size_kib
    if not total or not free or not size_kib:
        return
    spare = free - (info.huge_pages_rsvd_count or 0)
    if spare <= 0:
        return
    way = _way(
        f"give back {spare} unused huge pages",
        words.huge_pages(total - spare, total),
        "who wants huge pages later may not get them",
        left.effect(more_bytes=spare * size_kib * KIB_BYTES),
    )
    yield _keyed(way, f"{SYSCTL}vm.nr_hugepages", total, total - spare)


def _arc(arc: Arcstats | None, left: _Left) -> Iterator[Way]:
    """A cache that its owner has to drop: the kernel cannot."""
    if arc is None or arc.c_min_bytes is None or arc.c_max_bytes is None:
        return
    more = arc.size_bytes - arc.c_min_bytes
    if more > 0:
        yield _way(
            "let ZFS drop its cache",
            words.arc(arc.c_min_bytes, arc.c_max_bytes),
            "reads from ZFS go to the disk",
            left.effect(more_bytes=more),
        )
