from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.boost import BoostRules, assignments, hidden_in, less, pageblock_pages
from vmadvisor.kernel.marks import Marks
from vmadvisor.sources import transparent_hugepage

RULES = BoostRules(pageblock_pages=512, factor_permyriad=15_000, is_refused_to_small_zones=True)
RIGHT = Marks(min_pages=6_227, low_pages=7_783, high_pages=9_339, promo_pages=None)


def marks(low: int, gap: int) -> Marks:
    return Marks(min_pages=low, low_pages=low + gap, high_pages=low + 2 * gap, promo_pages=None)


def test_the_maximum_is_one_and_a_half_times_high():
    assert RULES.max_pages(9_339, 742_806) == 14_008


def test_a_boost_factor_of_zero_boosts_nothing():
    off = BoostRules(pageblock_pages=512, factor_permyriad=0, is_refused_to_small_zones=True)
    assert off.max_pages(9_339, 742_806) == 0


def test_zones_below_four_pageblocks_are_refused_since_5_7():
    before = BoostRules(
        pageblock_pages=512, factor_permyriad=15_000, is_refused_to_small_zones=False
    )
    assert (before.max_pages(38, 2_000), RULES.max_pages(38, 2_000)) == (512, 0)


def test_a_hidden_boost_is_the_amount_all_marks_exceed_theirs():
    assert hidden_in(less(RIGHT, -13_312), RIGHT, RULES, 742_806) == 13_312
    assert hidden_in(RIGHT, RIGHT, RULES, 742_806) == 0


def test_no_boost_is_seen_in_marks_that_moved_by_anything_else():
    assert hidden_in(less(RIGHT, -13_000), RIGHT, RULES, 742_806) is None
    assert hidden_in(less(RIGHT, 512), RIGHT, RULES, 742_806) is None
    assert hidden_in(less(RIGHT, -14_336), RIGHT, RULES, 742_806) is None
    one_moved = Marks(min_pages=6_739, low_pages=8_295, high_pages=9_339, promo_pages=None)
    assert hidden_in(one_moved, RIGHT, RULES, 742_806) is None


@given(st.integers(0, 40_000), st.integers(1, 30_000), st.data())
def test_every_boost_that_can_stand_is_found_in_the_marks_it_makes(low, gap, data):
    right = marks(low, gap)
    most = RULES.max_pages(right.high_pages, 10**7)
    blocks = st.integers(1, most // 512)
    boost = data.draw(
        st.one_of(blocks.map(lambda n: n * 512), blocks.map(lambda n: most - n * 512))
    )
    if RULES.can_stand(boost, right.high_pages, 10**7):
        around = range(max(boost - 900, 0), boost + 900)
        assert boost in set(RULES.standing(less(right, -boost), 10**7, around))


def test_the_pageblock_is_the_pmd_sized_huge_page(make_snapshot):
    huge = transparent_hugepage.parse({"hpage_pmd_size": "536870912\n"})
    assert pageblock_pages(make_snapshot(huge), 65_536) == 8_192
    assert pageblock_pages(make_snapshot(), 4_096) == 512
    assert pageblock_pages(make_snapshot(), 262_144) is None


def test_assignments_try_fewest_boosts_first_and_end():
    found = list(assignments([(0, 512, 1024), (0,), (0, 512)], limit_count=4))
    assert found == [(0, 0, 0), (0, 0, 512), (512, 0, 0), (1024, 0, 0)]


def test_hostile_marks_have_few_boosts_to_try():
    far = marks(2**62, 2**61)
    assert len(list(RULES.standing(far, 2**63, range(2**62)))) < 200


def test_without_a_page_size_no_pageblock_is_told(make_snapshot):
    huge = transparent_hugepage.parse({"hpage_pmd_size": "2097152\n"})

    assert pageblock_pages(make_snapshot(huge, release="5.10.0"), 0) is None
    assert pageblock_pages(make_snapshot(huge, release="5.10.0"), 4096) == 512
