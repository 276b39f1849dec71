"""Were the marks set when the zones were a little smaller?

The kernel computes marks when it boots, when memory is plugged and when a setting is written. Init memory
freed afterwards raises ``managed`` and leaves the marks: they are right, for an earlier size. This module
decides, exactly, whether one earlier size per zone (at most today's, at least a given share of it) gives every
printed mark of all zones.

With S pages of min_free_kbytes and L the sum of the earlier sizes m of all zones that share, a printed
min says ``S * m // L == min`` and a printed gap says ``max(share // 4, m * factor // 10000) == gap``. For
a given L both bound m from below and from above, and both bounds grow with L; any sum between the sums of
the bounds can be had. So L is sought, from where it fits best outwards.
"""

from collections.abc import Sequence

from vmadvisor.kernel.marks import Marks, MarkSettings, agree, marks
from vmadvisor.kernel.size_ranges import EARLIER_MIN_PERMILLE, NO_LIMIT_PAGES, Choice, choices

_TOTALS_MAX_COUNT = 2000
"""How many L are tried around the best. Fewer are possible at all unless gigabytes of min_free_kbytes
are shared by hundreds of gigabytes; then this many, evenly spread, are tried."""


def earlier_managed_pages(
    managed_pages: Sequence[int],
    capped: Sequence[bool],
    printed: Sequence[Marks],
    settings: MarkSettings,
    least_permille: int = EARLIER_MIN_PERMILLE,
) -> tuple[int, ...] | None:
    """A size per zone that gives all of ``printed`` (without boost), or ``None`` if there is none.

    A mark printed as ``None`` (promo) is not compared. The answer has been put through the kernel's
    formula before it is given.

    >>> settings = MarkSettings(min_free_pages=685, scale_factor_permyriad=10, has_promo=False)
    >>> seen = [Marks(min_pages=22, low_pages=27, high_pages=32, promo_pages=None),
    ...         Marks(min_pages=662, low_pages=827, high_pages=992, promo_pages=None)]
    >>> earlier_managed_pages((3840, 116165), (False, False), seen, settings)
    (3724, 112216)
    """
    ways = [
        list(choices(pages, seen, settings, is_capped=cap, least_permille=least_permille))
        for pages, cap, seen in zip(managed_pages, capped, printed, strict=True)
    ]
    if not all(ways):
        return None
    if not settings.min_free_pages:  # every share is 0, whatever the sizes sum to
        found = tuple(way[0].size_max_pages for way in ways)
        return found if _gives(marks(found, capped, settings), printed) else None
    sharing = [way[0] for way, cap in zip(ways, capped, strict=True) if not cap]
    for low_pages, high_pages in _totals(ways, sharing, settings):
        total_pages = _total(sharing, low_pages, high_pages, settings)
        if total_pages is not None:
            found = _sizes(ways, capped, total_pages, settings)
            if _gives(marks(found, capped, settings), printed):
                return found
    return None


def _gives(computed: Sequence[Marks] | None, printed: Sequence[Marks]) -> bool:
    return computed is not None and all(
        agree(one, other) for one, other in zip(computed, printed, strict=True)
    )


def _totals(
    ways: Sequence[Sequence[Choice]], sharing: Sequence[Choice], settings: MarkSettings
) -> list[tuple[int, int]]:
    """Ranges of L in which every zone by itself has a size."""
    least_pages = max(sum(choice.size_min_pages for choice in sharing), settings.min_free_pages)
    most_pages = sum(choice.size_max_pages for choice in sharing)
    ranges = {(least_pages, most_pages)}
    for way in ways:
        own = {_total_range(choice, settings) for choice in way}
        ranges = {
            (max(one[0], other[0]), min(one[1], other[1]))
            for one in ranges
            for other in own
            if max(one[0], other[0]) <= min(one[1], other[1])
        }
    return sorted(ranges)


def _total_range(choice: Choice, settings: MarkSettings) -> tuple[int, int]:
    """L for which some size fits: ``least <= size_max`` and ``most >= size_min``, for L >= S.

    L below S (more reserve than memory) is left out: then a share could fall between two sizes.
    """
    free_pages = settings.min_free_pages
    most_pages = (
        choice.size_max_pages * free_pages // choice.share_min_pages
        if choice.share_min_pages
        else NO_LIMIT_PAGES
    )
    least_pages = choice.size_min_pages * free_pages // (choice.share_max_pages + 1) + 1
    return (least_pages if choice.size_min_pages else 0), most_pages


def _total(
    sharing: Sequence[Choice], low_pages: int, high_pages: int, settings: MarkSettings
) -> int | None:
    """An L in the range with ``sum(least) <= L <= sum(most)``.

    Without rounding both distances would be concave in L, so where they are largest is found by
    bisection and L is looked for from there outwards, as far as rounding could be made up for.
    """
    peak_pages = _peak(sharing, low_pages, high_pages, settings)
    if _slack(sharing, peak_pages, settings) < 0:
        return None
    first_pages = _edge(sharing, low_pages, peak_pages, settings)
    last_pages = _edge(sharing, high_pages, peak_pages, settings)
    stride_pages = (last_pages - first_pages) // _TOTALS_MAX_COUNT + 1
    for distance_pages in range(0, last_pages - first_pages + 1, stride_pages):
        for total_pages in {peak_pages + distance_pages, peak_pages - distance_pages}:
            if first_pages <= total_pages <= last_pages and (
                sum(choice.least_pages(total_pages, settings) for choice in sharing)
                <= total_pages
                <= sum(choice.most_pages(total_pages, settings) for choice in sharing)
            ):
                return total_pages
    return None


def _slack(sharing: Sequence[Choice], total_pages: int, settings: MarkSettings) -> int:
    """S times the lesser distance of L to the sums of unrounded bounds; negative: L cannot be."""
    free_pages = settings.min_free_pages
    least = sum(
        max(choice.size_min_pages * free_pages, choice.share_min_pages * total_pages)
        for choice in sharing
    )
    most = sum(
        min(choice.size_max_pages * free_pages, (choice.share_max_pages + 1) * total_pages - 1)
        for choice in sharing
    )
    return min(total_pages * free_pages - least, most - total_pages * free_pages)


def _peak(
    sharing: Sequence[Choice], low_pages: int, high_pages: int, settings: MarkSettings
) -> int:
    """The L of the greatest slack."""
    while low_pages < high_pages:
        middle_pages = (low_pages + high_pages) // 2
        if _slack(sharing, middle_pages, settings) < _slack(sharing, middle_pages + 1, settings):
            low_pages = middle_pages + 1
        else:
            high_pages = middle_pages
    return low_pages


def _edge(
    sharing: Sequence[Choice], outer_pages: int, inner_pages: int, settings: MarkSettings
) -> int:
    """The L nearest to ``outer`` that still has slack; ``inner`` has."""
    if _slack(sharing, outer_pages, settings) >= 0:
        return outer_pages
    while abs(outer_pages - inner_pages) > 1:
        middle_pages = (outer_pages + inner_pages) // 2
        if _slack(sharing, middle_pages, settings) < 0:
            outer_pages = middle_pages
        else:
            inner_pages = middle_pages
    return inner_pages


def _sizes(
    ways: Sequence[Sequence[Choice]],
    capped: Sequence[bool],
    total_pages: int,
    settings: MarkSettings,
) -> tuple[int, ...]:
    """Each zone's largest size, taken back from the first zones on until the sum is L."""
    over_pages = -total_pages + sum(
        way[0].most_pages(total_pages, settings)
        for way, cap in zip(ways, capped, strict=True)
        if not cap
    )
    sizes = []
    for way, cap in zip(ways, capped, strict=True):
        fitting = next(
            (
                c
                for c in way
                if c.least_pages(total_pages, settings) <= c.most_pages(total_pages, settings)
            ),
            way[0],
        )
        size_pages = fitting.most_pages(total_pages, settings)
        if not cap:
            back_pages = min(over_pages, size_pages - fitting.least_pages(total_pages, settings))
            over_pages -= back_pages
            size_pages -= back_pages
        sizes.append(size_pages)
    return tuple(sizes)
