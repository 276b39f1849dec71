"""Which sizes and shares can have given a zone the marks it shows.

A printed min of a zone that shares is its share; the printed gap is ``max(share // 4, size * factor //
10000)``: one of the two gives it and the other is no more. HighMem and Movable print a min that says
little, so either may have given their gap: two ways.
"""

from collections.abc import Iterator

from vmadvisor.kernel.marks import (
    CAPPED_MIN_DIVISOR,
    CAPPED_MIN_MAX_PAGES,
    SCALE_ONE_PERMYRIAD,
    SWAP_CLUSTER_MAX_PAGES,
    Marks,
    MarkSettings,
)
from vmadvisor.records import dataclass

EARLIER_MIN_PERMILLE = 965
"""97 %, to the nearest percent: what freed init memory can explain. It is some 11 MB whatever the size,
3.36 % of the one zone it lay in where a guest of 768 MB had two nodes."""

EXPLAINED_MIN_PERMILLE = 800
"""How far below today's an earlier size still explains marks that are not called stale: guests of 256 MB
set theirs at 94 %, before the initramfs was given back; an initrd of 40 MB on 512 MB would be 92 %."""

PERMILLE = 1000

NO_LIMIT_PAGES = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way for a zone to get its marks: its share and its size lie in these closed ranges."""

    share_min_pages: int
    share_max_pages: int
    size_min_pages: int
    size_max_pages: int

    def least_pages(self, total_pages: int, settings: MarkSettings) -> int:
        """The smallest size whose share of S is large enough when all sizes sum to the total."""
        by_share_pages = -(-self.share_min_pages * total_pages // settings.min_free_pages)
        return max(self.size_min_pages, by_share_pages)

    def most_pages(self, total_pages: int, settings: MarkSettings) -> int:
        """The largest size whose share of S is small enough."""
        over_pages = -(-(self.share_max_pages + 1) * total_pages // settings.min_free_pages)
        return min(self.size_max_pages, over_pages - 1)


def earliest_pages(managed_pages: int, least_permille: int = EARLIER_MIN_PERMILLE) -> int:
    """The smallest earlier size of a zone.

    >>> earliest_pages(85_977)
    82968
    """
    return -(-managed_pages * least_permille // PERMILLE)


def choices(
    managed_pages: int,
    seen: Marks,
    settings: MarkSettings,
    *,
    is_capped: bool,
    least_permille: int = EARLIER_MIN_PERMILLE,
) -> Iterator[Choice]:
    """The ways to these marks: one for a zone that shares, up to two for one that does not."""
    least_pages = earliest_pages(managed_pages, least_permille)
    most_pages = managed_pages
    share_min_pages, share_max_pages = seen.min_pages, seen.min_pages
    if is_capped:
        share_min_pages, share_max_pages = 0, NO_LIMIT_PAGES  # more than S where it is the bulk
        least_pages, most_pages = _capped_sizes(seen.min_pages, least_pages, most_pages)
    for way in _by_gap(seen, settings):
        choice = Choice(
            share_min_pages=max(share_min_pages, way.share_min_pages),
            share_max_pages=min(share_max_pages, way.share_max_pages),
            size_min_pages=max(least_pages, way.size_min_pages),
            size_max_pages=min(most_pages, way.size_max_pages),
        )
        if (
            choice.share_min_pages <= choice.share_max_pages
            and choice.size_min_pages <= choice.size_max_pages
        ):
            yield choice
            if not is_capped:
                return  # its share is one number: the second way could only narrow the sizes


def _capped_sizes(min_pages: int, least_pages: int, most_pages: int) -> tuple[int, int]:
    """Sizes whose 1024th, held within [32, 128], is ``min_pages``; an empty range if none."""
    if not SWAP_CLUSTER_MAX_PAGES <= min_pages <= CAPPED_MIN_MAX_PAGES:
        return 1, 0
    if min_pages > SWAP_CLUSTER_MAX_PAGES:
        least_pages = max(least_pages, min_pages * CAPPED_MIN_DIVISOR)
    if min_pages < CAPPED_MIN_MAX_PAGES:
        most_pages = min(most_pages, (min_pages + 1) * CAPPED_MIN_DIVISOR - 1)
    return least_pages, most_pages


def _by_gap(seen: Marks, settings: MarkSettings) -> Iterator[Choice]:
    """Shares and sizes that the distances between the marks allow."""
    gap_pages, high_gap_pages = seen.low_pages - seen.min_pages, seen.high_pages - seen.min_pages
    factor = settings.scale_factor_permyriad
    if factor is None:
        if high_gap_pages >> 1 == gap_pages:
            yield Choice(
                share_min_pages=2 * high_gap_pages,
                share_max_pages=2 * high_gap_pages + 1,
                size_min_pages=0,
                size_max_pages=NO_LIMIT_PAGES,
            )
        return
    is_even = high_gap_pages == 2 * gap_pages and (
        seen.promo_pages is None or seen.promo_pages - seen.min_pages == 3 * gap_pages
    )
    if not is_even or gap_pages < 0:
        return
    most_pages = ((gap_pages + 1) * SCALE_ONE_PERMYRIAD - 1) // factor if factor else NO_LIMIT_PAGES
    yield Choice(  # the share's quarter gives the gap, the scale factor no more
        share_min_pages=4 * gap_pages,
        share_max_pages=4 * gap_pages + 3,
        size_min_pages=0,
        size_max_pages=most_pages,
    )
    if factor or not gap_pages:
        yield Choice(  # the scale factor gives the gap, the share's quarter no more
            share_min_pages=0,
            share_max_pages=4 * gap_pages + 3,
            size_min_pages=-(-gap_pages * SCALE_ONE_PERMYRIAD // factor) if factor else 0,
            size_max_pages=most_pages,
        )
