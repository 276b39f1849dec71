from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.agreement import judged
from vmadvisor.kernel.boost import BoostRules, less
from vmadvisor.kernel.marks import MarkSettings, marks

HIDDEN = BoostRules(pageblock_pages=512, factor_permyriad=15_000, is_refused_to_small_zones=True)


def printed(make_zone, managed, found, boosts):
    zones = []
    for name, pages, mark, boost in zip(
        ("DMA", "DMA32", "Normal"), managed, found, boosts, strict=True
    ):
        seen = less(mark, -boost)
        zones.append(make_zone(name, pages, (seen.min_pages, seen.low_pages, seen.high_pages)))
    return zones


@given(st.data())
def test_hidden_boosts_of_blocks_are_told_apart_from_stale_sizes(make_zone, data):
    """Whatever is said, taking it off leaves marks of today's or of one earlier size."""
    managed = [
        3_977,
        data.draw(st.integers(100_000, 900_000)),
        data.draw(st.integers(100_000, 2_000_000)),
    ]
    earlier = [
        3_977,
        *(data.draw(st.integers(-(-pages * 97 // 100), pages)) for pages in managed[1:]),
    ]
    free = data.draw(st.integers(2_000, 40_000))
    settings = MarkSettings(min_free_pages=free, scale_factor_permyriad=10, has_promo=False)
    found = marks(earlier, (False,) * 3, settings)
    boosts = [0, data.draw(st.sampled_from((0, 512))), data.draw(st.sampled_from((0, 512, 1024)))]
    boosts = [
        min(boost, HIDDEN.max_pages(mark.high_pages, 10**6))
        for boost, mark in zip(boosts, found, strict=True)
    ]
    zones = printed(make_zone, managed, found, boosts)
    verdicts = judged(zones, (False,) * 3, settings, has_boost=True, hidden=HIDDEN)
    assert {verdict.agreement for verdict in verdicts} <= {"equal", "stale"}


def test_without_rules_of_a_hidden_boost_a_boost_is_a_difference(make_zone):
    settings = MarkSettings(min_free_pages=5_900, scale_factor_permyriad=10, has_promo=False)
    managed = [3_977, 85_485, 200_000]
    zones = printed(make_zone, managed, marks(managed, (False,) * 3, settings), [0, 512, 0])
    verdicts = judged(zones, (False,) * 3, settings, has_boost=False, hidden=None)
    assert [(one.agreement, one.boost_pages) for one in verdicts] == [
        ("equal", None),
        ("different", None),
        ("equal", None),
    ]


def test_no_settings_no_verdict(make_zone):
    (verdict,) = judged(
        [make_zone("DMA", 9, (1, 2, 3), boost=4)], (False,), None, has_boost=True, hidden=None
    )
    assert (verdict.agreement, verdict.boost_pages) == ("unknown", 4)
