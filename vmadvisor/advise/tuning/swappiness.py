"""What comes back from reclaim costs more than it must: vm.swappiness takes from the wrong list.

A cost ratio, 0 to 200 since 5.8 (100 before), often bypassed: without free swap it has no effect. What pays is
a question of what comes back, page cache or swapped pages, and what reading it again costs on this device:
zram and zswap cost CPU only, a disk costs a seek. So each value worth trying is simulated on the load that was
watched, under the kernel's own balance (classic LRU or MGLRU); the nearest to the present one that comes near
the best is advised, where it saves a third of the stall or halves what comes back. Only what the watch itself
shows counts: taken to go on (``model.simulate.going_on``), the simulation foretold less to be read again where
guests then read three times as much.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import Quantity, Rule
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.targets import Targets
from vmadvisor.advise.tuning._candidates import as_pairs
from vmadvisor.advise.tuning._findings import told_by
from vmadvisor.advise.tuning._foretold import (
    FEW_PAGES_PER_S,
    confidence,
    effects,
    full_s_per_h,
    harms,
    is_enough,
    refaults_per_s,
)
from vmadvisor.advise.tuning._sysctl import sysctl_advice
from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.model.facts import Facts
from vmadvisor.model.simulate.machine import DISK, ZRAM
from vmadvisor.model.simulate.settings import SWAPPINESS
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.model.simulate.whatif import Setting
from vmadvisor.model.swap_medium import swap_medium
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zswap import Zswap

ID = "VMA-SWAPPINESS-001"
ZSWAP = "zswap"
TRIED = {DISK: (1, 10, 60, 100), ZSWAP: (60, 100, 133, 180), ZRAM: (60, 100, 133, 180)}
"""By device: 1 keeps swap for the last resort, 100 takes it to be as dear as files, 133 and 180 for memory
that is compressed (kernel-doc of swappiness: 200 r / (1 + r) for a swap r times as fast)."""

FREE_MIN_RATIO = 0.02
NEAR_BEST_RATIO = 1.15
SAVED_RATIO, RETURNS_HALVED_RATIO = 0.7, 0.5


def device_of(snapshot: Snapshot, kind: str) -> str:
    """zram, zswap in front of a disk, or a disk."""
    zswap = snapshot.get(Zswap)
    return ZSWAP if kind == DISK and zswap is not None and zswap.enabled else kind


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """One value, or nothing."""
    watched, sysctl = facts[Watched], facts[VmSysctl]
    present, machine, now = watched.present, watched.machine, sysctl.swappiness_count
    if present is None or machine is None or now is None or not machine.swap_total_pages:
        return
    free = watched.moments[-1].sample.swap_free_pages or 0
    if free < FREE_MIN_RATIO * machine.swap_total_pages:
        return
    target = (facts.get(Targets) or Targets()).full_stall_s_per_h
    if not is_enough(watched, present):
        return
    if full_s_per_h(present) <= target or refaults_per_s(present) < FEW_PAGES_PER_S:
        return
    chosen = _chosen(watched, machine.swap_kind, now, present)
    if chosen is not None:
        yield _advice(watched, present, chosen[1], now, chosen[0])


def _chosen(watched: Watched, kind: str, now: int, present: Setting) -> tuple[int, Setting] | None:
    most = behaviour_of(watched.snapshot).swappiness_max_count
    tried = TRIED[device_of(watched.snapshot, kind)]
    values = [value for value in tried if value <= most and value != now]
    settings = watched.under([as_pairs(SWAPPINESS, value) for value in values])
    left = [
        (value, setting)
        for value, setting in zip(values, settings, strict=True)
        if setting is not None and not harms(watched, setting)
    ]
    if not left:
        return None
    least = min(full_s_per_h(setting) for _, setting in left)
    returned = min(refaults_per_s(setting) for _, setting in left)
    for value, setting in sorted(left, key=lambda one: (abs(one[0] - now), one[0])):
        full, back = full_s_per_h(setting), refaults_per_s(setting)
        saves = full <= SAVED_RATIO * full_s_per_h(present)
        halves = back <= RETURNS_HALVED_RATIO * refaults_per_s(present)
        settles = back <= max(returned / RETURNS_HALVED_RATIO, FEW_PAGES_PER_S)
        if full <= NEAR_BEST_RATIO * max(least, 1.0) and settles and (saves or halves):
            return value, setting
    return None


def _advice(
    watched: Watched, present: Setting, setting: Setting, now: int, value: int
) -> Recommendation:
    anon, file = present.figures.refaults_anon_per_s, present.figures.refaults_file_per_s
    kind = "" if watched.machine is None else watched.machine.swap_kind
    copies = _v1_copies(watched.snapshot, value)
    risk = (
        "idle memory of processes goes to swap sooner" if value > now else "page cache goes sooner"
    )
    if copies:
        risk += f"; {copies} control groups (v1) keep their own memory.swappiness"
    return sysctl_advice(
        SWAPPINESS,
        now,
        value,
        rule_id=ID,
        claim="Less would have to be read again if reclaim took more from the other list",
        evidence=(
            Quantity(
                name="refault_file",
                value=None if file is None else file.value,
                unit="pages_per_s",
                source="/proc/vmstat workingset_refault_file",
            ),
            Quantity(
                name="refault_anon",
                value=None if anon is None else anon.value,
                unit="pages_per_s",
                source="/proc/vmstat workingset_refault_anon",
            ),
            Quantity(
                name="swap_device",
                value=device_of(watched.snapshot, kind),
                unit="kind",
                source="/proc/swaps",
            ),
            *_medium(watched.snapshot),
        ),
        counter_evidence=(),
        predicted=effects(watched, setting),
        confidence=confidence(
            watched, present.figures.full_stall_ratio, setting.figures.full_stall_ratio
        ),
        would_change=(
            "a swap device that is slower than what reclaim asks of it",
            "swap filling up",
            "a disk that says it seeks and does not, as virtual ones do, or the other way round",
        ),
        risk=risk,
        references=(
            "mm/vmscan.c:get_scan_count",
            "Documentation/admin-guide/sysctl/vm.rst#swappiness",
        ),
        finding_ids=("VMA-SWAP-001",),
    )


def _medium(snapshot: Snapshot) -> tuple[Quantity, ...]:
    """What the device is made of; where that cannot be told, why."""
    found = swap_medium(snapshot)
    if found is None or found.kind == ZRAM:
        return ()
    told = found.kind or f"cannot be told ({found.why_not})"
    return (Quantity(name="swap_medium", value=told, unit="kind", source=found.source),)


def _v1_copies(snapshot: Snapshot, value: int) -> int:
    """Control groups (v1) that a write of vm.swappiness does not reach."""
    groups = {} if snapshot.cgroups is None else snapshot.cgroups.groups
    return sum(
        group.swappiness_count not in {None, value} for path, group in groups.items() if path != "/"
    )


def _fires() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.unswapped()


def _quiet() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.calm()


RULE = Rule(
    id=ID,
    title="Reclaim takes from the list that comes back",
    needs=(Watched, VmSysctl),
    check=told_by(recommend),
    recommend=recommend,
    references=(
        "mm/vmscan.c:get_scan_count",
        "mm/workingset.c",
        "Documentation/admin-guide/sysctl/vm.rst#swappiness",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)
