from dataclasses import replace
from itertools import product
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from vmadvisor.kernel.marks import Marks, MarkSettings, agree, marks
from vmadvisor.kernel.stale import earlier_managed_pages

LEAST_PERMILLE = 965


@st.composite
def grown_hosts(draw, largest: int = 2**26):
    """(today's sizes, which take no share, settings, earlier sizes up to 3 % smaller)."""
    count = draw(st.integers(1, 6))
    managed = draw(st.lists(st.integers(0, largest), min_size=count, max_size=count))
    capped = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    lowmem = sum(pages for pages, cap in zip(managed, capped, strict=True) if not cap)
    assume(lowmem >= 100)
    earlier = [draw(st.integers(-(-pages * 97 // 100), pages)) for pages in managed]
    settings = MarkSettings(
        min_free_pages=draw(st.integers(0, lowmem // 12)),
        scale_factor_permyriad=draw(st.one_of(st.none(), st.integers(1, 3000))),
        has_promo=False,
    )
    return managed, capped, settings, earlier


@given(grown_hosts())
@budget(max_examples=300)
def test_marks_set_at_smaller_sizes_are_found_to_be(host):
    managed, capped, settings, earlier = host
    printed = marks(earlier, capped, settings)
    found = earlier_managed_pages(managed, capped, printed, settings)
    assert found is not None
    assert all(agree(*pair) for pair in zip(marks(found, capped, settings), printed, strict=True))
    assert all(one <= today for one, today in zip(found, managed, strict=True))
    assert all(
        one * 1000 >= today * LEAST_PERMILLE for one, today in zip(found, managed, strict=True)
    )


@given(grown_hosts(largest=160), st.data())
@budget(max_examples=200, deadline=None)
def test_it_never_says_yes_or_no_against_trying_every_size(host, data):
    managed, capped, settings, earlier = (
        part if i == 2 else part[:2] for i, part in enumerate(host)
    )
    assume(any(pages and not cap for pages, cap in zip(managed, capped, strict=True)))
    printed = list(marks(earlier, capped, settings) or ())
    assume(printed)
    lowmem = sum(pages for pages, cap in zip(managed, capped, strict=True) if not cap)
    assume(settings.min_free_pages * 2 < lowmem)
    victim = data.draw(st.integers(0, len(printed) - 1))
    name = data.draw(st.sampled_from(("min_pages", "low_pages", "high_pages")))
    step = data.draw(st.integers(-1, 1))
    printed[victim] = replace(printed[victim], **{name: getattr(printed[victim], name) + step})
    ranges = [range(-(-pages * LEAST_PERMILLE // 1000), pages + 1) for pages in managed]
    can_be = any(
        computed is not None and all(agree(*pair) for pair in zip(computed, printed, strict=True))
        for computed in (marks(one, capped, settings) for one in product(*ranges))
    )
    assert (earlier_managed_pages(managed, capped, printed, settings) is not None) == can_be


@given(grown_hosts(), st.data())
def test_one_mark_moved_alone_is_not_explained(host, data):
    """low or high alone: the distance between the marks is then no gap any size gives."""
    managed, capped, settings, earlier = host
    printed = list(marks(earlier, capped, settings))
    victim = data.draw(st.integers(0, len(printed) - 1))
    moved = replace(printed[victim], high_pages=printed[victim].high_pages + 3)
    printed[victim] = moved
    assert earlier_managed_pages(managed, capped, printed, settings) is None


def test_marks_of_a_host_a_tenth_smaller_are_not_explained():
    settings = MarkSettings(min_free_pages=16_896, scale_factor_permyriad=10, has_promo=False)
    printed = marks((3840, 16_000_000), (False, False), settings)
    assert earlier_managed_pages((3840, 17_800_000), (False, False), printed, settings) is None


def test_a_real_two_node_guest():
    """Linux 7.2, min_free_kbytes 35640: init memory of node 1 was freed after the marks were set."""
    settings = MarkSettings(min_free_pages=8910, scale_factor_permyriad=10, has_promo=True)
    printed = [
        Marks(min_pages=190, low_pages=237, high_pages=284, promo_pages=331),
        Marks(min_pages=4595, low_pages=5743, high_pages=6891, promo_pages=8039),
        Marks(min_pages=4124, low_pages=5155, high_pages=6186, promo_pages=7217),
    ]
    capped = (False, False, False)
    found = earlier_managed_pages((3840, 92_562, 85_977), capped, printed, settings)
    assert found is not None
    assert marks(found, capped, settings) == tuple(printed)
    printed[2] = replace(printed[2], min_pages=4123)
    assert earlier_managed_pages((3840, 92_562, 85_977), capped, printed, settings) is None


@pytest.mark.parametrize("step", [0, 1, -1, 40])
def test_a_terabyte_on_eight_nodes_is_decided_at_once(step):
    managed = [3840, 400_000, *[33_000_000 + 1_000 * node for node in range(8)], *[0] * 8]
    capped = [False] * 10 + [True] * 8
    settings = MarkSettings(min_free_pages=56_320, scale_factor_permyriad=10, has_promo=True)
    printed = list(marks([pages - pages // 90 for pages in managed], capped, settings))
    one = printed[4]
    printed[4] = replace(one, min_pages=one.min_pages + step, low_pages=one.low_pages + step,
                         high_pages=one.high_pages + step, promo_pages=one.promo_pages + step)  # fmt: skip
    start = process_time()
    found = earlier_managed_pages(managed, capped, printed, settings)
    assert process_time() - start < 0.5
    assert (found is not None) == (step in {0, 1})
