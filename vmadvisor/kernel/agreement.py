"""Whether the marks a kernel printed are those its rules give, zone by zone.

- ``equal``: settings and today's sizes give exactly these marks.
- ``stale``: they were set at earlier sizes, at least 97 % of today's, that give all zones' marks.
- ``different``: neither. Sizes further below today's may still explain them (``is_explained``); else the
  model does not describe this kernel, or the file does not.
- ``unknown``: a setting, the page size or the kernel's version is missing.

5.0 to 5.15 add a boost to the marks without printing it (``kernel.boost``).
"""

from collections.abc import Iterator, Sequence

from vmadvisor.kernel.boost import BoostRules, assignments, hidden_in, less
from vmadvisor.kernel.marks import (
    CAPPED_MIN_MAX_PAGES,
    SWAP_CLUSTER_MAX_PAGES,
    Marks,
    MarkSettings,
    agree,
    marks,
)
from vmadvisor.kernel.size_ranges import (
    EARLIER_MIN_PERMILLE,
    EXPLAINED_MIN_PERMILLE,
    PERMILLE,
    earliest_pages,
)
from vmadvisor.kernel.stale import earlier_managed_pages
from vmadvisor.records import dataclass
from vmadvisor.sources.zoneinfo import Zone

EQUAL, STALE, DIFFERENT, UNKNOWN = "equal", "stale", "different", "unknown"

_ASSIGNMENTS_MAX_COUNT = 64
"""Hidden boosts beside stale marks: how many combinations are looked into, fewest boosts first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``boost_pages`` is ``None`` where the kernel has no boost, or one that cannot be told.

    ``is_explained``: sizes of the past or today's give the printed marks, whatever the agreement.
    """

    agreement: str
    boost_pages: int | None
    is_explained: bool


def printed_marks(zone: Zone) -> Marks:
    """A zone's marks as the file has them, boost included."""
    return Marks(
        min_pages=zone.min_pages,
        low_pages=zone.low_pages,
        high_pages=zone.high_pages,
        promo_pages=zone.promo_pages,
    )


def judged(
    zones: Sequence[Zone],
    capped: Sequence[bool],
    settings: MarkSettings | None,
    *,
    has_boost: bool,
    hidden: BoostRules | None,
) -> tuple[Verdict, ...]:
    """One verdict per zone; ``hidden`` are the rules of a boost that the kernel does not print."""
    computed = (
        marks([zone.managed_pages for zone in zones], capped, settings)
        if settings is not None
        else None
    )
    if computed is None or settings is None:
        return tuple(
            Verdict(agreement=UNKNOWN, boost_pages=zone.boost_pages, is_explained=False)
            for zone in zones
        )
    boosts = tuple(
        _boost_if_equal(zone, own, hidden) for zone, own in zip(zones, computed, strict=True)
    )
    if None not in boosts:
        return _verdicts(zones, boosts, boosts, STALE, has_boost=has_boost)
    for word, least_permille in (
        (STALE, EARLIER_MIN_PERMILLE),
        (DIFFERENT, EXPLAINED_MIN_PERMILLE),
    ):
        earlier = _boosts_if_stale(zones, capped, settings, hidden, least_permille)
        if earlier is not None:
            return _verdicts(zones, boosts, earlier, word, has_boost=has_boost)
    return _verdicts(zones, boosts, None, DIFFERENT, has_boost=has_boost)


def _verdicts(
    zones: Sequence[Zone],
    if_equal: Sequence[int | None],
    if_earlier: Sequence[int | None] | None,
    word: str,
    *,
    has_boost: bool,
) -> tuple[Verdict, ...]:
    """``word`` is the agreement of zones that are not equal."""
    found = []
    for position, zone in enumerate(zones):
        boost_pages, agreement = if_equal[position], EQUAL
        if boost_pages is None:
            boost_pages = zone.boost_pages if if_earlier is None else if_earlier[position]
            agreement = word
        found.append(
            Verdict(
                agreement=agreement,
                boost_pages=boost_pages if has_boost else zone.boost_pages,
                is_explained=agreement == EQUAL or if_earlier is not None,
            )
        )
    return tuple(found)


def _boost_if_equal(zone: Zone, computed: Marks, hidden: BoostRules | None) -> int | None:
    """The boost with which the printed marks are the computed ones; ``None`` if there is none."""
    printed = printed_marks(zone)
    if hidden is not None:
        return hidden_in(printed, computed, hidden, zone.managed_pages)
    boost_pages = zone.boost_pages or 0
    return boost_pages if agree(computed, less(printed, boost_pages)) else None


def _boosts_if_stale(
    zones: Sequence[Zone],
    capped: Sequence[bool],
    settings: MarkSettings,
    hidden: BoostRules | None,
    least_permille: int,
) -> tuple[int, ...] | None:
    """Boosts without which all marks come from earlier sizes; ``None`` if no such sizes exist."""
    sizes = [zone.managed_pages for zone in zones]
    lowmem_pages = sum(pages for pages, cap in zip(sizes, capped, strict=True) if not cap)
    possible = [
        (zone.boost_pages or 0,)
        if hidden is None
        else tuple(_plausible(zone, lowmem_pages, settings, hidden, least_permille, is_capped=cap))
        for zone, cap in zip(zones, capped, strict=True)
    ]
    for boosts in assignments(possible, limit_count=_ASSIGNMENTS_MAX_COUNT):
        unboosted = [
            less(printed_marks(zone), boost) for zone, boost in zip(zones, boosts, strict=True)
        ]
        if earlier_managed_pages(sizes, capped, unboosted, settings, least_permille) is not None:
            return boosts
    return None


def _plausible(
    zone: Zone,
    lowmem_pages: int,
    settings: MarkSettings,
    hidden: BoostRules,
    least_permille: int,
    *,
    is_capped: bool,
) -> Iterator[int]:
    """Boosts that leave a min which some earlier size could give."""
    least_pages = earliest_pages(zone.managed_pages, least_permille)
    least_pages = settings.min_free_pages * least_pages // lowmem_pages
    most_pages = settings.min_free_pages * zone.managed_pages * PERMILLE
    most_pages //= lowmem_pages * least_permille
    if is_capped:
        least_pages, most_pages = SWAP_CLUSTER_MAX_PAGES, CAPPED_MIN_MAX_PAGES
    boosts = range(max(zone.min_pages - most_pages, 0), zone.min_pages - least_pages + 1)
    return hidden.standing(printed_marks(zone), zone.managed_pages, boosts)
