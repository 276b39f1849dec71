"""What the allocation that failed asked for: zones, nodes, whether it could use CMA (``include/linux/gfp_types.h``).

The low four bits of ``gfp_mask`` have named the zones since 2.6.24: DMA 1, HIGHMEM 2, DMA32 4, MOVABLE 8.
"""

from vmadvisor.kernel.zone_types import ORDERED_NAMES, reserve_against_pages
from vmadvisor.records import dataclass
from vmadvisor.sources.oom_report import OomReport, OomZone

_DMA, _HIGHMEM, _DMA32, _MOVABLE = 1, 2, 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OomRequest:
    """``highest_zone`` is the last zone type it may use; ``nodes`` is ``None`` where all are allowed."""

    order: int
    highest_zone: str
    is_movable: bool
    nodes: frozenset[int] | None


def oom_request(report: OomReport) -> OomRequest:
    """Read from the report's first lines; a lost mask counts as an ordinary user page."""
    mask = int(report.gfp_mask, 16) if report.gfp_mask is not None else _HIGHMEM | _MOVABLE
    return OomRequest(
        order=max(report.order or 0, 0),
        highest_zone=_highest_zone(mask),
        is_movable=bool(mask & _MOVABLE),
        nodes=_nodes(report),
    )


def _highest_zone(mask: int) -> str:
    """``gfp_zone()``."""
    if mask & _DMA:
        return "DMA"
    if mask & _DMA32:
        return "DMA32"
    if mask & _HIGHMEM:
        return "Movable" if mask & _MOVABLE else "HighMem"
    return "Normal"


def _nodes(report: OomReport) -> frozenset[int] | None:
    """Until 4.20 the header names them; later only the line ``oom-kill:``, which is not asked here."""
    for text in (report.nodemask, report.mems_allowed):
        nodes = node_list(text)
        if nodes:
            return nodes
    return None


def node_list(text: str | None) -> frozenset[int] | None:
    """Nodes of a list; ``None`` where none is given.

    >>> sorted(node_list("0,2-4")), node_list("(null)"), node_list("")
    ([0, 2, 3, 4], None, None)
    """
    if text is None:
        return None
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not _is_node(first) or (dash and not _is_node(last)):
            return None
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _is_node(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4  # noqa: PLR2004 - 1024 nodes at most


def may_use(zone: OomZone, request: OomRequest) -> bool:
    """Whether the request's zones and nodes include this one."""
    if request.nodes is not None and zone.node_id not in request.nodes:
        return False
    if zone.name not in ORDERED_NAMES:
        return True
    return ORDERED_NAMES.index(zone.name) <= ORDERED_NAMES.index(request.highest_zone)


def reserve_pages(zone: OomZone, names: frozenset[str], request: OomRequest) -> int:
    """What this zone keeps from requests like this one, that could use higher zones.

    ``names`` are of all zones that were printed.
    """
    return reserve_against_pages(zone.lowmem_reserve_pages, names, request.highest_zone)
