"""The marks keep back more of a node than they are worth: memory that no task will ever use.

vm.min_free_kbytes beyond a twentieth of a node, or high marks beyond three twentieths, starve the page cache
and bring the OOM killer near while memory is free. Advice goes down to the largest setting within those
shares, or to the kernel's own choice (``calculate_min_free_kbytes()``, khugepaged's raise) where that is
smaller and stalls no more; only where the load wants memory now, and the model foretells that it gains. A
min_free_kbytes set by hand to twice the kernel's choice and more is asked about within the shares as well (HighMem
hides it: the reserve is Normal's alone), and goes only where that halves what is lost.
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
    reclaim_stall_s_per_h,
    refaults_per_s,
)
from vmadvisor.advise.tuning._sysctl import sysctl_advice
from vmadvisor.kernel.min_free import AUTOMATIC, KHUGEPAGED, MinFree, min_free
from vmadvisor.model.facts import Facts
from vmadvisor.model.reserve_share import NodeShare, node_shares
from vmadvisor.model.simulate.settings import MIN_FREE, SCALE_FACTOR
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.model.simulate.whatif import Setting
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl

ID = "VMA-MARKS-002"
GAIN_MIN_RATIO = 0.1
"""A gain smaller than this is within what runs with other chances differ by."""

HALVED_RATIO = 0.5
"""Within the shares: a reserve that somebody chose is left alone for less."""

RAISED_MIN_RATIO = 2.0

SCALE_FACTOR_DEFAULT_PERMYRIAD = 10


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """min_free_kbytes if that is what keeps so much back, else the scale factor; or nothing."""
    watched = facts[Watched]
    shares = node_shares(watched.snapshot, has_all=True)
    present = watched.present
    if present is None or shares is None:
        return
    fits = all(share.is_within for share in shares)
    if fits and not _is_raised(watched.snapshot):
        return
    gain_ratio = HALVED_RATIO if fits else GAIN_MIN_RATIO
    target = (facts.get(Targets) or Targets()).full_stall_s_per_h
    if not is_enough(watched, present):
        return
    if full_s_per_h(present) <= target and refaults_per_s(present) < FEW_PAGES_PER_S:
        return
    for name, now, values in _candidates(watched.snapshot):
        for value, setting in zip(
            values, watched.under([as_pairs(name, value) for value in values]), strict=True
        ):
            if setting is not None and _gains(watched, present, setting, target, gain_ratio):
                yield _advice(watched, present, setting, shares, name, now, value)
                return


def _candidates(snapshot: Snapshot) -> list[tuple[str, int, list[int]]]:
    """(setting, present value, smaller ones that fit, the one to prefer first)."""
    sysctl, own = snapshot.get(VmSysctl) or VmSysctl(), min_free(snapshot)
    found: list[tuple[str, int, list[int]]] = []
    kib, factor = sysctl.min_free_kib, sysctl.watermark_scale_factor_permyriad
    if kib is not None:
        fits = [v for v in (_chosen_kib(own), _largest_kib(snapshot, kib)) if v is not None]
        values = [v for v in dict.fromkeys(fits) if v < kib and _is_within(snapshot, v, None)]
        found.append((MIN_FREE, kib, values))
    if factor is not None and factor > SCALE_FACTOR_DEFAULT_PERMYRIAD:
        wanted = (SCALE_FACTOR_DEFAULT_PERMYRIAD * 4, SCALE_FACTOR_DEFAULT_PERMYRIAD)
        values = [v for v in wanted if v < factor and _is_within(snapshot, None, v)]
        found.append((SCALE_FACTOR, factor, values))
    return found


def _chosen_kib(own: MinFree) -> int | None:
    """What the kernel would have set; khugepaged's raise is left alone where it is what stands."""
    if own.origin == KHUGEPAGED:
        return None
    return own.khugepaged_kib or own.automatic_kib


def _is_within(snapshot: Snapshot, kib: int | None, factor: int | None) -> bool:
    found = node_shares(snapshot, min_free_kib=kib, scale_factor_permyriad=factor)
    return found is not None and all(share.is_within for share in found)


def _largest_kib(snapshot: Snapshot, kib: int) -> int | None:
    """The largest min_free_kbytes within the shares, in steps of an eighth of the present one."""
    for eighths in range(7, 0, -1):
        if _is_within(snapshot, kib * eighths // 8, None):
            return kib * eighths // 8
    return kib // 16 if _is_within(snapshot, kib // 16, None) else None


def _is_raised(snapshot: Snapshot) -> bool:
    """By hand, to a multiple of what the kernel would choose."""
    own = min_free(snapshot)
    choice = own.khugepaged_kib or own.automatic_kib
    is_own = own.origin in {AUTOMATIC, KHUGEPAGED}
    return not is_own and bool(own.kib and choice and own.kib >= RAISED_MIN_RATIO * choice)


def _gains(
    watched: Watched, present: Setting, setting: Setting, target: float, gain_ratio: float
) -> bool:
    stall_now, stall_then = reclaim_stall_s_per_h(present), reclaim_stall_s_per_h(setting)
    if stall_now is not None and stall_then is not None and stall_then > max(stall_now, target):
        return False
    if harms(watched, setting):
        return False
    left = 1 - gain_ratio
    return full_s_per_h(setting) <= left * full_s_per_h(present) or refaults_per_s(
        setting
    ) <= left * refaults_per_s(present)


def _advice(
    watched: Watched,
    present: Setting,
    setting: Setting,
    shares: tuple[NodeShare, ...],
    name: str,
    now: int,
    value: int,
) -> Recommendation:
    worst = max(shares, key=lambda share: share.high_pages / max(share.usable_pages, 1))
    return sysctl_advice(
        name,
        now,
        value,
        rule_id=ID,
        claim="The marks keep back more memory than they are worth, and the load wants it",
        evidence=(
            Quantity(
                name="reserved_below_min",
                value=worst.min_pages / max(worst.usable_pages, 1),
                unit="ratio",
                source=f"computed: __setup_per_zone_wmarks(), node {worst.node_id}",
            ),
            Quantity(
                name="reserved_below_high",
                value=worst.high_pages / max(worst.usable_pages, 1),
                unit="ratio",
                source=f"computed: __setup_per_zone_wmarks(), node {worst.node_id}",
            ),
        ),
        predicted=effects(watched, setting),
        confidence=confidence(
            watched, present.figures.refaults_file_per_s, setting.figures.refaults_file_per_s
        ),
        would_change=(
            "requests that may not wait (network, RDMA) failing for want of this reserve",
        ),
        risk="atomic requests have a smaller reserve; with huge pages on, khugepaged may raise it again",
        references=(
            "mm/page_alloc.c:calculate_min_free_kbytes",
            "mm/khugepaged.c:set_recommended_min_free_kbytes",
            "Documentation/admin-guide/sysctl/vm.rst#min-free-kbytes",
        ),
    )


def _fires() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.starved()


def _quiet() -> Facts:
    from vmadvisor.advise.tuning import _examples

    return _examples.calm()


RULE = Rule(
    id=ID,
    title="The marks keep back more memory than they are worth",
    needs=(Watched, VmSysctl),
    check=told_by(recommend),
    recommend=recommend,
    references=(
        "mm/page_alloc.c:calculate_min_free_kbytes",
        "mm/khugepaged.c:set_recommended_min_free_kbytes",
        "Documentation/admin-guide/sysctl/vm.rst#min-free-kbytes",
    ),
    fires_on=_fires,
    quiet_on=_quiet,
)
