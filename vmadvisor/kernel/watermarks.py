"""Every zone's marks as settings make them, as the kernel printed them, and whether both agree.

    zone   managed     min    low   high      computed from settings and sizes alone (``kernel.marks``)
    DMA32   116165     663    828    993      printed: 662 827 992 -> "stale", set at 115564 pages

``computed`` never looks at a printed mark. ``kernel`` is what zoneinfo printed less the zone's boost,
printed (5.16+) or found by arithmetic (5.0-5.15, ``kernel.boost``).
"""

from vmadvisor.kernel.agreement import DIFFERENT, EQUAL, STALE, UNKNOWN, judged, printed_marks
from vmadvisor.kernel.behaviour import Behaviour, behaviour_of
from vmadvisor.kernel.boost import hidden_boost_rules, less
from vmadvisor.kernel.marks import Marks, MarkSettings, is_capped, marks
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import pages_from_kib

__all__ = [
    "DIFFERENT",
    "EQUAL",
    "STALE",
    "UNKNOWN",
    "Marks",
    "ZoneMarks",
    "in_force",
    "missing",
    "table",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneMarks:
    """``computed`` is ``None`` where a setting or the page size is not known (see ``missing``).

    ``boost_pages`` is ``None`` where the kernel boosts no marks, or hides a boost that cannot be told.
    ``agreement`` is always that of the snapshot's own settings, whatever ``computed`` was asked for;
    ``is_explained`` says that sizes of the past give the kernel's marks, be they called stale or not.
    """

    node_id: int
    zone: str
    managed_pages: int
    free_pages: int
    computed: Marks | None
    kernel: Marks
    boost_pages: int | None
    agreement: str
    is_explained: bool


def table(
    snapshot: Snapshot,
    *,
    min_free_kib: int | None = None,
    scale_factor_permyriad: int | None = None,
) -> tuple[ZoneMarks, ...]:
    """All zones in zoneinfo's order, under the given settings; empty without zoneinfo."""
    zoneinfo = snapshot.get(Zoneinfo)
    if zoneinfo is None:
        return ()
    zones, behaviour = zoneinfo.zones, behaviour_of(snapshot)
    capped = is_capped(zones, behaviour)
    sizes = [zone.managed_pages for zone in zones]
    own = _settings(snapshot, behaviour, None, None)
    verdicts = judged(
        zones,
        capped,
        own,
        has_boost=behaviour.has_boost,
        hidden=hidden_boost_rules(snapshot, behaviour, page_size_bytes(snapshot) or 0),
    )
    asked = own
    if min_free_kib is not None or scale_factor_permyriad is not None:
        asked = _settings(snapshot, behaviour, min_free_kib, scale_factor_permyriad)
    computed = marks(sizes, capped, asked) if asked is not None else None
    return tuple(
        ZoneMarks(
            node_id=zone.node_id,
            zone=zone.name,
            managed_pages=zone.managed_pages,
            free_pages=zone.free_pages,
            computed=computed[position] if computed is not None else None,
            kernel=less(printed_marks(zone), verdict.boost_pages or 0),
            boost_pages=verdict.boost_pages,
            agreement=verdict.agreement,
            is_explained=verdict.is_explained,
        )
        for position, (zone, verdict) in enumerate(zip(zones, verdicts, strict=True))
    )


def missing(snapshot: Snapshot) -> tuple[str, ...]:
    """What keeps the marks from being computed, as paths below the root; empty if nothing does."""
    sysctl, behaviour = snapshot.get(VmSysctl) or VmSysctl(), behaviour_of(snapshot)
    needs = (
        ("proc/zoneinfo", snapshot.get(Zoneinfo) is not None),
        ("page size", page_size_bytes(snapshot) is not None),
        ("proc/sys/vm/min_free_kbytes", sysctl.min_free_kib is not None),
        (
            "proc/sys/vm/watermark_scale_factor",
            not behaviour.has_scale_factor or sysctl.watermark_scale_factor_permyriad is not None,
        ),
        ("proc/version", behaviour.version_base is not None),
    )
    return tuple(name for name, is_there in needs if not is_there)


def in_force(zone: ZoneMarks) -> Marks:
    """The unboosted marks to reckon with: the kernel's own where an earlier size explains them.

    Printed marks that nothing explains are not built upon.
    """
    if zone.agreement == DIFFERENT and not zone.is_explained and zone.computed is not None:
        return zone.computed
    return zone.kernel


def _settings(
    snapshot: Snapshot,
    behaviour: Behaviour,
    min_free_kib: int | None,
    scale_factor_permyriad: int | None,
) -> MarkSettings | None:
    """The snapshot's settings with those given in their place; ``None`` if one is not known."""
    sysctl, page_bytes = snapshot.get(VmSysctl) or VmSysctl(), page_size_bytes(snapshot)
    kib = sysctl.min_free_kib if min_free_kib is None else min_free_kib
    factor = scale_factor_permyriad
    if factor is None:
        factor = sysctl.watermark_scale_factor_permyriad
    if kib is None or page_bytes is None or behaviour.version_base is None:
        return None
    if behaviour.has_scale_factor and factor is None:
        return None
    return MarkSettings(
        min_free_pages=pages_from_kib(kib, page_bytes),
        scale_factor_permyriad=factor if behaviour.has_scale_factor else None,
        has_promo=behaviour.has_promo,
    )
