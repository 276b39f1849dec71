"""kswapd is woken too late: bursts cross the gap between the low and min marks before it has freed a page.

A wider gap (vm.watermark_scale_factor, 4.6+) wakes it earlier and costs twice its size in page cache; raising
vm.min_free_kbytes lifts the threshold of the stalls with it, and only a quarter of what it takes becomes gap.
So the scale factor is tried first: the smallest whose foretold stalls meet the target, else the smallest that
comes near the best if that halves them. Never beyond what the kernel takes, a twentieth of a node below min or
three twentieths below high; never where the model foretells more OOM kills, more refaults or a longer stall.

Not where kswapd is already on its CPU all the time (a gap only delays), nor where there is hardly any page
cache and no swap: then nothing can be reclaimed, early or late. Nor while other advice stands that changes the
stalls: one change at a time, measured anew.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import Quantity, Rule
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.targets import Targets
from vmadvisor.advise.tuning import reserve, swap_size, swappiness
from vmadvisor.advise.tuning._candidates import as_pairs, min_free_candidates, scale_candidates
from vmadvisor.advise.tuning._findings import told_by
from vmadvisor.advise.tuning._foretold import (
    confidence,
    effects,
    harms,
    is_enough,
    reclaim_stall_s_per_h,
)
from vmadvisor.advise.tuning._sysctl import sysctl_advice
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.reserve_share import node_shares
from vmadvisor.model.simulate.settings import MIN_FREE, SCALE_FACTOR
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.model.simulate.whatif import Setting
from vmadvisor.sources.sysctl_vm import VmSysctl

ID = "VMA-MARKS-001"
FEW_STALLS_COUNT = 3.0
"""So many in all that was watched are chance."""

NEAR_BEST_RATIO = 1.25
HALVED_RATIO = 0.5
"""Who settles within a quarter of the best must leave nothing that would still be halved: no second advice."""

OTHERS = (reserve.recommend, swappiness.recommend, swap_size.recommend)
"""Advice that changes the very stalls which this would be judged by: one change at a time."""

FALLEN_MIN_STALL_S_PER_H = 0.05


def is_out_of_reach(facts: Facts) -> str | None:
    """Why wider marks cannot help; ``None`` where they may."""
    headroom, watched = facts.get(Headroom), facts[Watched]
    if headroom is not None and any(n.kswapd_state == "saturated" for n in headroom.nodes):
        return "kswapd is saturated"
    last = watched.moments[-1]
    file_pages = sum(node.file_pages for node in last.nodes)
    high_pages = sum(node.high_pages for node in last.sample.nodes)
    if file_pages <= high_pages and not last.sample.swap_free_pages:
        return "hardly anything can be reclaimed"
    return None


def _best(watched: Watched, name: str, values: list[int], now: float, target: float) -> int | None:
    """The smallest that meets the target, else the smallest near the best if that is half or less."""
    left: list[tuple[int, float]] = []
    for value in values:
        (setting,) = watched.under([as_pairs(name, value)])
        stall = None if setting is None else reclaim_stall_s_per_h(setting)
        if setting is None or stall is None or harms(watched, setting):
            continue
        if stall <= target:
            return value
        left.append((value, stall))
    if not left:
        return None
    least = max(min(stall for _, stall in left), FALLEN_MIN_STALL_S_PER_H)
    if least > HALVED_RATIO * now:
        return None
    return next(
        (
            value
            for value, stall in left
            if stall <= NEAR_BEST_RATIO * least and stall <= HALVED_RATIO * now
        ),
        None,
    )


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """One change of one setting, or nothing."""
    watched = facts[Watched]
    target = (facts.get(Targets) or Targets()).full_stall_s_per_h
    present = watched.present
    now = None if present is None else reclaim_stall_s_per_h(present)
    if present is None or now is None or now <= target or is_out_of_reach(facts) is not None:
        return
    stalls = present.figures.stalls_per_s
    if (
        not is_enough(watched, present)
        or stalls is None
        or stalls.value * watched.seconds_s <= FEW_STALLS_COUNT
    ):
        return
    if any(True for other in OTHERS for _ in other(facts)):
        return
    chosen = _chosen(watched, now, target)
    if chosen is None:
        return
    name, value = chosen
    setting = watched.under([as_pairs(name, value)])[0]
    if setting is not None:
        yield _advice(watched, present, setting, name, value)


def _chosen(watched: Watched, now: float, target: float) -> tuple[str, int] | None:
    snapshot = watched.snapshot
    scale = _best(watched, SCALE_FACTOR, scale_candidates(snapshot), now, target)
    if scale is not None:
        return SCALE_FACTOR, scale
    kib = _best(watched, MIN_FREE, min_free_candidates(snapshot), now, target)
    return None if kib is None else (MIN_FREE, kib)


def _advice(
    watched: Watched, present: Setting, setting: Setting, name: str, value: int
) -> Recommendation:
    sysctl = watched.snapshot.get(VmSysctl) or VmSysctl()
    is_scale = name == SCALE_FACTOR
    now = sysctl.watermark_scale_factor_permyriad if is_scale else sysctl.min_free_kib
    counted = present.figures.stalls_per_s
    return sysctl_advice(
        name,
        now or 0,
        value,
        rule_id=ID,
        claim="Tasks reclaim for themselves because kswapd is woken too late for these bursts",
        evidence=(
            Quantity(
                name="allocstall",
                value=None if counted is None else counted.value,
                unit="per_s",
                source="/proc/vmstat allocstall*",
            ),
            *_gap_evidence(watched, name, value),
        ),
        counter_evidence=(
            Quantity(
                name="kswapd_cpu",
                value=None
                if watched.counted is None or watched.counted.kswapd_cpu is None
                else watched.counted.kswapd_cpu.value,
                unit="ratio",
                source="/proc/PID/stat of kswapd",
            ),
        ),
        predicted=effects(watched, setting),
        confidence=confidence(watched, counted, setting.figures.stalls_per_s),
        would_change=(
            "a load whose bursts are smaller, or further apart",
            "kswapd on its CPU all the time",
        ),
        risk=_risk(watched, name, value),
        references=(
            "mm/page_alloc.c:__setup_per_zone_wmarks",
            "Documentation/admin-guide/sysctl/vm.rst#watermark-scale-factor",
        ),
        finding_ids=("VMA-RECLAIM-001",),
    )


def _gap_evidence(watched: Watched, name: str, value: int) -> tuple[Quantity, ...]:
    before, after = _nodes(watched, None, None), _nodes(watched, name, value)
    return tuple(
        Quantity(
            name=word,
            value=sum(node[1] - node[0] for node in nodes),
            unit="pages",
            source="computed: __setup_per_zone_wmarks()",
        )
        for word, nodes in (("gap_now", before), ("gap_then", after))
    )


def _nodes(watched: Watched, name: str | None, value: int | None) -> list[tuple[int, int, int]]:
    """(min, low, high) of every node under a setting."""
    shares = node_shares(
        watched.snapshot,
        min_free_kib=value if name == MIN_FREE else None,
        scale_factor_permyriad=value if name == SCALE_FACTOR else None,
    )
    return [(share.min_pages, share.low_pages, share.high_pages) for share in shares or ()]


def _risk(watched: Watched, name: str, value: int) -> str:
    before = sum(node[2] for node in _nodes(watched, None, None))
    after = sum(node[2] for node in _nodes(watched, name, value))
    said = f"up to {after - before} pages more are kept free instead of page cache"
    if name == MIN_FREE:
        return f"{said}; most of it is reserve that only atomic requests may use"
    return said


def _fires() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.bursts()


def _quiet() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.calm()


RULE = Rule(
    id=ID,
    title="The gap between the marks is too small for the bursts",
    needs=(Watched, VmSysctl),
    check=told_by(recommend),
    recommend=recommend,
    references=(
        "mm/page_alloc.c:__setup_per_zone_wmarks",
        "mm/vmscan.c:balance_pgdat",
        "Documentation/admin-guide/sysctl/vm.rst#watermark-scale-factor",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)
