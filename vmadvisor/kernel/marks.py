"""A zone's marks from settings and sizes (``mm/page_alloc.c:__setup_per_zone_wmarks``).

``min`` is the zone's share of min_free_kbytes by its managed pages; ``low``, ``high`` and ``promo`` lie
one, two and three gaps above it. The gap is a quarter of the share, or (4.6+) watermark_scale_factor
ten-thousandths of the zone if that is more. Until 4.5 ``high`` was min + share // 2.
"""

from collections.abc import Sequence

from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.records import dataclass
from vmadvisor.sources.zoneinfo import Zone

SWAP_CLUSTER_MAX_PAGES = 32
CAPPED_MIN_MAX_PAGES = 128
CAPPED_MIN_DIVISOR = 1024
SCALE_ONE_PERMYRIAD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """One zone's marks, without boost; ``promo_pages`` is ``None`` where the kernel has no such mark."""

    min_pages: int
    low_pages: int
    high_pages: int
    promo_pages: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSettings:
    """What marks depend on beside sizes; no scale factor before 4.6."""

    min_free_pages: int
    scale_factor_permyriad: int | None
    has_promo: bool


def is_capped(zones: Sequence[Zone], behaviour: Behaviour) -> tuple[bool, ...]:
    """Per zone: whether ``min`` is its size / 1024 within [32, 128] instead of a share.

    So it is for HighMem, for Movable since 6.6, and for Movable where HighMem is the zone that movable
    pages would come from (``is_highmem_idx()``).
    """
    has_highmem = any(zone.name == "HighMem" and zone.managed_pages for zone in zones)
    is_movable_capped = behaviour.is_movable_outside_share or has_highmem
    return tuple(
        zone.name == "HighMem" or (zone.name == "Movable" and is_movable_capped) for zone in zones
    )


def capped_min_pages(managed_pages: int) -> int:
    """``min`` of a zone that takes no share.

    >>> capped_min_pages(0), capped_min_pages(60_000), capped_min_pages(900_000)
    (32, 58, 128)
    """
    wanted_pages = managed_pages // CAPPED_MIN_DIVISOR
    return min(max(wanted_pages, SWAP_CLUSTER_MAX_PAGES), CAPPED_MIN_MAX_PAGES)


def marks(
    managed_pages: Sequence[int], capped: Sequence[bool], settings: MarkSettings
) -> tuple[Marks, ...] | None:
    """Every zone's marks, in order; ``None`` without any page to share among.

    >>> settings = MarkSettings(min_free_pages=16896, scale_factor_permyriad=10, has_promo=True)
    >>> for zone in marks((3840, 772918, 360448, 0), (False, False, False, True), settings):
    ...     print(zone.min_pages, zone.low_pages, zone.high_pages, zone.promo_pages)
    57 71 85 99
    11483 14353 17223 20093
    5355 6693 8031 9369
    32 32 32 32
    """
    lowmem_pages = sum(pages for pages, cap in zip(managed_pages, capped, strict=True) if not cap)
    if not lowmem_pages:
        return None
    return tuple(
        _marks(pages, settings.min_free_pages * pages // lowmem_pages, settings, is_capped=cap)
        for pages, cap in zip(managed_pages, capped, strict=True)
    )


def _marks(
    managed_pages: int, share_pages: int, settings: MarkSettings, *, is_capped: bool
) -> Marks:
    min_pages = capped_min_pages(managed_pages) if is_capped else share_pages
    factor = settings.scale_factor_permyriad
    if factor is None:
        low_gap_pages, high_gap_pages = share_pages >> 2, share_pages >> 1
    else:
        low_gap_pages = max(share_pages >> 2, managed_pages * factor // SCALE_ONE_PERMYRIAD)
        high_gap_pages = 2 * low_gap_pages
    return Marks(
        min_pages=min_pages,
        low_pages=min_pages + low_gap_pages,
        high_pages=min_pages + high_gap_pages,
        promo_pages=min_pages + 3 * low_gap_pages if settings.has_promo else None,
    )


def agree(computed: Marks, printed: Marks) -> bool:
    """Whether all printed marks are the computed ones; a mark the kernel does not print is not judged.

    >>> one = Marks(min_pages=57, low_pages=71, high_pages=85, promo_pages=99)
    >>> agree(one, Marks(min_pages=57, low_pages=71, high_pages=85, promo_pages=None))
    True
    """
    return (
        computed.min_pages == printed.min_pages
        and computed.low_pages == printed.low_pages
        and computed.high_pages == printed.high_pages
        and printed.promo_pages in {None, computed.promo_pages}
    )
