"""Settings of the marks worth a simulation: legal on this kernel, within the shares, and with other marks."""

from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.watermarks import table
from vmadvisor.model.reserve_share import NodeShare, node_shares
from vmadvisor.model.simulate.watched import Pairs
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl

SCALE_LADDER_PERMYRIAD = (
    15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 480, 640, 960, 1280, 1920, 2560,
)  # fmt: skip
"""Steps of 4/3 and 3/2 in turn: half a step is less than what a simulation tells apart."""

MIN_FREE_STEPS = ((5, 4), (3, 2), (2, 1), (3, 1), (4, 1), (6, 1), (8, 1))
"""Multiples of the present value, as fractions."""

CANDIDATES_MAX_COUNT = 6


def _fits(shares: tuple[NodeShare, ...] | None) -> bool:
    return shares is not None and all(share.is_within for share in shares)


def scale_candidates(snapshot: Snapshot) -> list[int]:
    """Scale factors above the present one; empty before 4.6, or where it is not known."""
    rules, sysctl = behaviour_of(snapshot), snapshot.get(VmSysctl) or VmSysctl()
    now = sysctl.watermark_scale_factor_permyriad
    if not rules.has_scale_factor or now is None:
        return []
    found: list[int] = []
    last = _gaps(snapshot, now)
    for factor in SCALE_LADDER_PERMYRIAD:
        if not now < factor <= rules.scale_factor_max_permyriad:
            continue
        gaps = _gaps(snapshot, factor)
        if gaps is None or gaps == last:
            continue
        last = gaps
        if not _fits(node_shares(snapshot, scale_factor_permyriad=factor)):
            break
        found.append(factor)
    return _thinned(found)


def _gaps(snapshot: Snapshot, factor: int) -> tuple[int, ...] | None:
    """Every zone's gap from min to low."""
    rows = table(snapshot, scale_factor_permyriad=factor)
    marks = [row.computed for row in rows if row.computed is not None]
    if len(marks) != len(rows):
        return None
    return tuple(mark.low_pages - mark.min_pages for mark in marks)


def min_free_candidates(snapshot: Snapshot) -> list[int]:
    """Multiples of the present min_free_kbytes that fit."""
    now = (snapshot.get(VmSysctl) or VmSysctl()).min_free_kib
    if not now:
        return []
    found = []
    for times, parts in MIN_FREE_STEPS:
        kib = now * times // parts
        if not _fits(node_shares(snapshot, min_free_kib=kib)):
            break
        found.append(kib)
    return found


def _thinned(found: list[int]) -> list[int]:
    """At most so many, the last among them, evenly spread."""
    count = len(found)
    if count <= CANDIDATES_MAX_COUNT:
        return found
    step = (count - 1) / (CANDIDATES_MAX_COUNT - 1)
    return [found[round(step * place)] for place in range(CANDIDATES_MAX_COUNT)]


def as_pairs(name: str, value: int) -> Pairs:
    """One setting, as a simulation is asked for it.

    >>> as_pairs("vm.min_free_kbytes", 4096)
    (('vm.min_free_kbytes', '4096'),)
    """
    return ((name, str(value)),)
