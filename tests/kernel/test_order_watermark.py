"""The allocator's own check, request after request, held against the closed form."""

from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.order_watermark import requests_left_count


def kernel_says(blocks, order, free, mark, reserve, *, looks_at_lists):
    """``__zone_watermark_ok()`` as it is written."""
    free -= (1 << order) - 1
    if free <= mark + reserve:
        return False
    if order == 0:
        return True
    if looks_at_lists:
        return any(blocks[order:])
    low = mark
    for lower in range(order):
        free -= blocks[lower] << lower
        low >>= 1
        if free <= low:
            return False
    return True


def taken(blocks, order):
    """One block of the order taken, split from a larger one where it must be (``expand()``)."""
    blocks = list(blocks)
    power = next(p for p in range(order, len(blocks)) if blocks[p])
    blocks[power] -= 1
    for lower in range(order, power):
        blocks[lower] += 1
    return blocks


def one_after_the_other(blocks, order, free, mark, reserve, *, looks_at_lists):
    count = 0
    while any(blocks[order:]) and kernel_says(
        blocks, order, free, mark, reserve, looks_at_lists=looks_at_lists
    ):
        blocks, free, count = taken(blocks, order), free - (1 << order), count + 1
    return count


@given(
    blocks=st.lists(st.integers(0, 9), min_size=5, max_size=5),
    order=st.integers(1, 4),
    barred=st.integers(0, 12),
    mark=st.integers(0, 60),
    reserve=st.integers(0, 40),
    looks_at_lists=st.booleans(),
)
def test_it_is_what_the_kernel_would_say_request_after_request(
    blocks, order, barred, mark, reserve, looks_at_lists
):
    free = sum(count << power for power, count in enumerate(blocks)) - barred
    asked = {"looks_at_lists": looks_at_lists}

    assert requests_left_count(
        blocks, order, free_pages=free, mark_pages=mark, reserve_pages=reserve, **asked
    ) == one_after_the_other(blocks, order, free, mark, reserve, **asked)


def test_single_pages_need_no_list():
    assert requests_left_count((), 0, free_pages=500, mark_pages=120, reserve_pages=71) == 309


def test_an_order_beyond_the_lists_has_nothing():
    assert requests_left_count((9, 9), 7, free_pages=5000, mark_pages=2, reserve_pages=0) == 0
