"""What now: who grows, and the ways out, the one that buys most time first.

Where the model foresees a kill or a stall, or memory has run out already, tuning comes too late. Time is the
stock that is left (``model.stock``) over the rate at which it goes, as the forecast's quantiles have it; each
way out adds to the stock or takes from the rate. Beyond an hour no straight line holds: more is said as that.
"""

from collections.abc import Callable, Iterator

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.recommendation import CGROUP, SWAP, SYSCTL, ZRAM, Effect
from vmadvisor.advise.rules import _relief_words as words
from vmadvisor.advise.rules._oom_order import own_pids
from vmadvisor.advise.rules._stalls import capped_group, host_reclaims
from vmadvisor.model.consumers import Consumers, ProcessSize
from vmadvisor.model.events import MEMORY_STALL, OOM_GLOBAL
from vmadvisor.model.facts import Availability, Facts
from vmadvisor.model.forecast import Forecast, Outlook
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
    """One way out. ``key`` and ``value`` where it is a setting; ``effect`` is the time until nothing is left."""

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
    """The likeliest bad event of the host that is more likely than not; the nearest of equals.

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
            one.event == OOM_GLOBAL
            or (one.event == MEMORY_STALL and one.horizon_s <= NEAR_S and is_own)
        )
        and one.probability_ratio is not None
        and one.probability_ratio >= HIGH_RATIO
    ]
    return max(
        high,
        key=lambda one: (one.probability_ratio or 0.0, one.event == OOM_GLOBAL, -one.horizon_s),
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
    left = _Left(facts[Outlook], stock, page)
    found = sorted(_ways(facts, grower, left), key=lambda way: (-way.effect.after, way.action))
    event = {MEMORY_STALL: "a memory stall"}.get(alarm.event, "an OOM kill")
    return Relief(
        because=f"{event} within {alarm.horizon_s:g} s",
        probability_ratio=alarm.probability_ratio,
        grower=grower,
        ways=tuple(way for way in found if way.effect.is_change),
    )


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


class _Left:
    """Bytes that are left and how fast they go: at the forecast's tenth, middle and ninetieth per cent."""

    def __init__(self, told: Outlook, stock: Stock, page: int) -> None:
        self.stock_bytes = max(0, stock.stock_pages * page)
        oom = next((one for one in told.times if one.what == "oom"), None)
        seconds = (None, None, None) if oom is None else (oom.p10_s, oom.p50_s, oom.p90_s)
        self.losses = [0.0 if not s else self.stock_bytes / s for s in seconds]

    def effect(self, *, more_bytes: float = 0.0, less_per_s: float = 0.0) -> Effect:
        """Time until nothing is left, before and after."""

        def time_s(loss: float, *, is_then: bool) -> float:
            stock = self.stock_bytes + (more_bytes if is_then else 0.0)
            rate = max(0.0, loss - (less_per_s if is_then else 0.0))
            return min(TIME_MAX_S, stock / rate) if rate > 0 else TIME_MAX_S

        low, middle, high = self.losses
        return Effect(
            name="time_until_nothing_is_left",
            unit="s",
            before=time_s(middle, is_then=False),
            before_low=time_s(low, is_then=False),
            before_high=time_s(high, is_then=False),
            after=time_s(middle, is_then=True),
            after_low=time_s(low, is_then=True),
            after_high=time_s(high, is_then=True),
        )


def _ways(facts: Facts, grower: Grower | None, left: _Left) -> Iterator[Way]:
    if grower is not None:
        yield from _about(facts, grower, left)
    info = facts.get(Meminfo)
    if info is not None:
        yield from _swap(info, left)
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
