"""No swap, or a full one, and idle memory of processes that nothing else can move out of the way.

Without free swap anonymous memory cannot be reclaimed, so the page cache in use pays for it, and at last the
OOM killer. Swap on a disk, or compressed in memory (zram), is simulated in a few sizes on the load that was
watched; the smallest that comes near the best is advised, if it halves the stall or what is read again, or
spares kills. What swap gains is room for idle pages, once they have moved there: where the watch was too short for
that, the load is taken to go on (``model.simulate.going_on``). Against a leak it only buys time, and where nothing
was killed and no file read again there is nothing to gain.
"""

from collections.abc import Iterable, Iterator

from vmadvisor.advise.finding import HOST, Quantity, Rule
from vmadvisor.advise.recommendation import SWAP, ZRAM, Effect, Recommendation
from vmadvisor.advise.targets import Targets
from vmadvisor.advise.tuning._findings import told_by
from vmadvisor.advise.tuning._foretold import (
    FEW_PAGES_PER_S,
    confidence,
    effects,
    full_s_per_h,
    harms,
    is_enough,
    refaults_per_s,
    settling,
    views,
)
from vmadvisor.model.facts import Facts
from vmadvisor.model.simulate.machine import NO_SWAP
from vmadvisor.model.simulate.settings import ADDED_ZRAM
from vmadvisor.model.simulate.settings import SWAP as ADDED_SWAP
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.model.simulate.whatif import Setting
from vmadvisor.units import KIB_BYTES

ID = "VMA-SWAP-002"
FULL_FREE_MAX_RATIO = 0.02
HALVED_RATIO = 0.5
NEAR_BEST_RATIO = 1.25
KILLS_MIN_COUNT = 0.5
BAD_MIN = {
    "full_stall": 36.0,
    "stalls": 0.5,
    "refaults_anon": FEW_PAGES_PER_S,
    "refaults_file": FEW_PAGES_PER_S,
    "swapin": FEW_PAGES_PER_S,
    "oom_kills_simulated": KILLS_MIN_COUNT,
}
"""Effects worth the room, by name, in their units: a hundredth of the time, a stall in two seconds."""

PARTS = (8, 4, 2, 1)
"""Sizes tried: an eighth of memory and on, in whole MiB."""

MIB_KIB = 1024
SWAP_FILE = "/swapfile.vmadvisor"


def lacks_room(watched: Watched) -> bool:
    """No swap at all, or hardly any left."""
    last = watched.moments[-1].sample
    total, free = last.swap_total_pages, last.swap_free_pages
    return total is not None and free is not None and free <= FULL_FREE_MAX_RATIO * total


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """Swap, or zram where that does better; or nothing."""
    watched = facts[Watched]
    present, machine = watched.present, watched.machine
    if present is None or machine is None or not lacks_room(watched):
        return
    target = (facts.get(Targets) or Targets()).full_stall_s_per_h
    if not is_enough(watched, present):
        return
    returns = refaults_per_s(present) >= FEW_PAGES_PER_S
    if not present.kills_count and (full_s_per_h(present) <= target or not returns):
        return
    last = watched.moments[-1].sample
    sizes = [max(last.total_pages // part * last.page_size_bytes >> 20, 1) for part in PARTS]
    kinds = (ADDED_SWAP,) if machine.swap_kind != NO_SWAP else (ADDED_SWAP, ADDED_ZRAM)
    for view in views(watched):
        best = [found for key in kinds if (found := _smallest(view, key, sizes)) is not None]
        if best:
            key, mib, setting = min(
                best, key=lambda one: round(full_s_per_h(one[2]) / NEAR_BEST_RATIO)
            )
            yield _advice(view, key, mib, setting)
            return


def _smallest(watched: Watched, key: str, sizes: list[int]) -> tuple[str, int, Setting] | None:
    present, base = watched.present, watched.base
    if present is None or base is None:
        return None
    (most,) = watched.under([((key, f"{sizes[-1]}M"),)])
    if most is None or harms(watched, most):
        return None  # what as much as there is memory does not better, less of it does not either
    settings = watched.under([((key, f"{mib}M"),) for mib in sizes])
    left = [
        (mib, setting)
        for mib, setting in zip(sizes, settings, strict=True)
        if setting is not None and not harms(watched, setting)
    ]
    if not left:
        return None
    least = min(full_s_per_h(setting) for _, setting in left)
    fewest = min(setting.kills_count for _, setting in left)
    for mib, setting in left:
        full, kills = full_s_per_h(setting), setting.kills_count
        if full > NEAR_BEST_RATIO * max(least, 1.0) or kills > fewest:
            continue
        spares = base.kills_count - kills >= KILLS_MIN_COUNT
        halves = full <= HALVED_RATIO * full_s_per_h(present) or refaults_per_s(
            setting
        ) <= HALVED_RATIO * refaults_per_s(present)
        if (spares or halves) and _is_told(effects(watched, setting)):
            return key, mib, setting
    return None


def _is_told(predicted: Iterable[Effect]) -> bool:
    """Whether what is foretold shows it: something that was bad comes to half of it, or less."""
    return any(
        one.before >= BAD_MIN[one.name] and one.after <= HALVED_RATIO * one.before
        for one in predicted
        if one.name in BAD_MIN
    )


def _advice(watched: Watched, key: str, mib: int, setting: Setting) -> Recommendation:
    last = watched.moments[-1].sample
    present = watched.present
    is_zram = key == ADDED_ZRAM
    total = last.swap_total_pages or 0
    now_mib = total * last.page_size_bytes // KIB_BYTES // MIB_KIB
    command, undo, persist = _zram(mib) if is_zram else _swap_file(mib)
    return Recommendation(
        id=ID,
        key=ZRAM if is_zram else SWAP,
        scope=HOST,
        claim="Idle memory of processes has nowhere to go; with swap the page cache in use would stay",
        current=f"{now_mib}M" if now_mib else None,
        recommended=f"{now_mib + mib}M",
        evidence=(
            Quantity(
                name="swap_total", value=total, unit="pages", source="/proc/meminfo SwapTotal"
            ),
            Quantity(
                name="swap_free",
                value=last.swap_free_pages,
                unit="pages",
                source="/proc/meminfo SwapFree",
            ),
            Quantity(
                name="anonymous",
                value=last.anon_pages,
                unit="pages",
                source="/proc/meminfo Active(anon), Inactive(anon)",
            ),
        ),
        counter_evidence=settling(watched, setting),
        predicted=effects(watched, setting),
        confidence=confidence(
            watched,
            None if present is None else present.figures.full_stall_ratio,
            setting.figures.full_stall_ratio,
        ),
        would_change=("memory that is all in use, or leaks: swap then only buys time",),
        risk="; ".join(
            (
                "what is in use may be swapped out and wait for its return",
                "takes CPU and, of what it holds, a part of memory"
                if is_zram
                else "takes room on /; not for a file system that refuses swap files",
                *setting.notes[:1],
            )
        ),
        command=command,
        undo=undo,
        persist=persist,
        references=(
            "mm/vmscan.c:get_scan_count",
            "Documentation/admin-guide/blockdev/zram.rst"
            if is_zram
            else "Documentation/admin-guide/mm/concepts.rst",
        ),
        finding_ids=(ID, "VMA-SWAP-001"),
    )


def _swap_file(mib: int) -> tuple[str, str, str]:
    return (
        f"fallocate -l {mib}M {SWAP_FILE} && chmod 600 {SWAP_FILE} && mkswap {SWAP_FILE} && swapon {SWAP_FILE}",
        f"swapoff {SWAP_FILE} && rm {SWAP_FILE}",
        f"/etc/fstab: {SWAP_FILE} none swap sw 0 0",
    )


def _zram(mib: int) -> tuple[str, str, str]:
    return (
        f'modprobe zram && d=$(zramctl --find --size {mib}M) && mkswap "$d" && swapon -p 100 "$d"',
        'for d in /dev/zram*; do swapoff "$d" && zramctl --reset "$d"; done',
        f"/etc/systemd/zram-generator.conf: [zram0] zram-size = {mib}",
    )


def _fires() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.swapless()


def _quiet() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.calm()


RULE = Rule(
    id=ID,
    title="Idle memory has nowhere to go",
    needs=(Watched,),
    check=told_by(recommend),
    recommend=recommend,
    references=("mm/vmscan.c:get_scan_count", "mm/vmscan.c:can_reclaim_anon_pages"),
    fires_on=_fires,
    quiet_on=_quiet,
)
