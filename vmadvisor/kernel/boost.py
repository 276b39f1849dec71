"""What kernels 5.0 to 5.15 add to a zone's marks without saying so (``mm/page_alloc.c:boost_watermark``).

Every fallback that steals a pageblock adds one, up to a maximum; kswapd, woken by it, takes back what it
found when it began. What stands in a zone is therefore k pageblocks, or the maximum less k pageblocks:

    min 1075  low 1215  high 1355        563, 703, 843 and a boost of one block of 512 pages
"""

from collections.abc import Iterator, Sequence

from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.kernel.marks import SCALE_ONE_PERMYRIAD, Marks, agree
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.transparent_hugepage import TransparentHugepage

_PAGEBLOCK_PAGES = {4096: 512, 8192: 512, 16384: 2048, 65536: 8192}
"""By page size, as huge pages make it on x86-64 and arm64 (``include/linux/pageblock-flags.h``)."""

_SMALL_ZONE_BLOCKS_COUNT = 4
_STANDING_MAX_COUNT = 64
"""How many boosts of either kind are looked into: real marks leave room for a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostRules:
    """``factor_permyriad`` is vm.watermark_boost_factor; ``is_refused_to_small_zones`` since 5.7."""

    pageblock_pages: int
    factor_permyriad: int
    is_refused_to_small_zones: bool

    def max_pages(self, high_pages: int, managed_pages: int) -> int:
        """The most that a zone with this unboosted high can be boosted by.

        >>> rules = BoostRules(pageblock_pages=512, factor_permyriad=15000,
        ...                    is_refused_to_small_zones=True)
        >>> rules.max_pages(843, 85485), rules.max_pages(38, 3977), rules.max_pages(38, 2000)
        (1264, 512, 0)
        """
        if self.is_refused_to_small_zones and (
            _SMALL_ZONE_BLOCKS_COUNT * self.pageblock_pages > managed_pages
        ):
            return 0
        wanted_pages = high_pages * self.factor_permyriad // SCALE_ONE_PERMYRIAD
        return max(wanted_pages, self.pageblock_pages) if wanted_pages else 0

    def can_stand(self, boost_pages: int, high_pages: int, managed_pages: int) -> bool:
        """Whether adding and taking back blocks can leave this much in a zone.

        >>> rules = BoostRules(pageblock_pages=512, factor_permyriad=15000,
        ...                    is_refused_to_small_zones=True)
        >>> [pages for pages in range(1, 1300) if rules.can_stand(pages, 843, 85485)]
        [240, 512, 752, 1024, 1264]
        """
        most_pages = self.max_pages(high_pages, managed_pages)
        return 0 < boost_pages <= most_pages and (
            boost_pages % self.pageblock_pages == 0
            or (most_pages - boost_pages) % self.pageblock_pages == 0
        )

    def standing(self, printed: Marks, managed_pages: int, boosts: range) -> Iterator[int]:
        """Boosts of this range that can be in these printed marks, smallest first, 0 among them.

        >>> rules = BoostRules(pageblock_pages=512, factor_permyriad=15000,
        ...                    is_refused_to_small_zones=True)
        >>> seen = Marks(min_pages=1827, low_pages=1967, high_pages=2107, promo_pages=None)
        >>> list(rules.standing(seen, 85485, range(1200, 1300)))
        [1264]
        """
        if 0 in boosts:
            yield 0
        block_pages = self.pageblock_pages
        first_pages = -(-max(boosts.start, 1) // block_pages) * block_pages
        found = set(range(first_pages, boosts.stop, block_pages)[:_STANDING_MAX_COUNT])
        # The maximum falls as the boost taken off ``high`` grows: at most one fits each block count.
        most = [
            (self.max_pages(printed.high_pages - boost, managed_pages) - boost) // block_pages
            for boost in (boosts.start, boosts.stop)
        ]
        for blocks_count in range(max(most[1], 0), most[0] + 1)[:_STANDING_MAX_COUNT]:
            found.add(self._below_maximum(printed, managed_pages, blocks_count * block_pages))
        for boost_pages in sorted(found):
            high_pages = printed.high_pages - boost_pages
            if boost_pages in boosts and self.can_stand(boost_pages, high_pages, managed_pages):
                yield boost_pages

    def _below_maximum(self, printed: Marks, managed_pages: int, taken_pages: int) -> int:
        """The boost that is ``taken_pages`` less than its own maximum, by bisection."""
        low_pages, high_pages = 0, printed.high_pages
        while low_pages < high_pages:
            middle_pages = (low_pages + high_pages) // 2
            most_pages = self.max_pages(printed.high_pages - middle_pages, managed_pages)
            if middle_pages + taken_pages < most_pages:
                low_pages = middle_pages + 1
            else:
                high_pages = middle_pages
        return low_pages


def pageblock_pages(snapshot: Snapshot, page_size_bytes: int) -> int | None:
    """A pageblock is as large as the huge page that a PMD maps; ``None`` if nothing says how large."""
    huge = snapshot.get(TransparentHugepage)
    if huge is not None and huge.hpage_pmd_size_bytes and page_size_bytes:
        return huge.hpage_pmd_size_bytes // page_size_bytes
    return _PAGEBLOCK_PAGES.get(page_size_bytes)


def hidden_boost_rules(
    snapshot: Snapshot, behaviour: Behaviour, page_size_bytes: int
) -> BoostRules | None:
    """``None`` where boosts are printed, off, not there, or ruled by a factor that is not known."""
    sysctl = snapshot.get(VmSysctl)
    block_pages = pageblock_pages(snapshot, page_size_bytes)
    if not behaviour.has_boost or behaviour.prints_boost or not block_pages:
        return None
    if sysctl is None or not sysctl.watermark_boost_factor_permyriad:
        return None
    return BoostRules(
        pageblock_pages=block_pages,
        factor_permyriad=sysctl.watermark_boost_factor_permyriad,
        is_refused_to_small_zones=behaviour.is_boost_refused_to_small_zones,
    )


def less(printed: Marks, boost_pages: int) -> Marks:
    """The marks without the boost that all of them include."""
    promo_pages = printed.promo_pages
    return Marks(
        min_pages=printed.min_pages - boost_pages,
        low_pages=printed.low_pages - boost_pages,
        high_pages=printed.high_pages - boost_pages,
        promo_pages=None if promo_pages is None else promo_pages - boost_pages,
    )


def hidden_in(printed: Marks, computed: Marks, rules: BoostRules, managed_pages: int) -> int | None:
    """The boost by which all marks exceed what they should be; ``None`` if it cannot be one.

    >>> rules = BoostRules(pageblock_pages=512, factor_permyriad=15000, is_refused_to_small_zones=True)
    >>> right = Marks(min_pages=563, low_pages=703, high_pages=843, promo_pages=None)
    >>> hidden_in(less(right, -512), right, rules, 85485), hidden_in(less(right, -7), right, rules, 85485)
    (512, None)
    """
    boost_pages = printed.min_pages - computed.min_pages
    if not agree(computed, less(printed, boost_pages)):
        return None
    if boost_pages == 0 or rules.can_stand(boost_pages, computed.high_pages, managed_pages):
        return boost_pages
    return None


def assignments(zones: Sequence[Sequence[int]], *, limit_count: int) -> Iterator[tuple[int, ...]]:
    """One boost per zone, fewest boosted zones first; at most ``limit_count`` of them.

    >>> list(assignments([(0, 512), (0, 512)], limit_count=3))
    [(0, 0), (0, 512), (512, 0)]
    """
    chosen: list[tuple[int, ...]] = [()]
    for choices in zones:
        chosen = [(*one, boost) for one in chosen for boost in choices]
        chosen.sort(key=lambda one: sum(boost > 0 for boost in one))
        del chosen[limit_count:]
    yield from chosen
