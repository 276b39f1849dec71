"""The picture shows the order of free pages and marks, at every size and edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.render.picture import bar


@pytest.mark.parametrize(
    ("free", "picture"),
    [
        (0, ".....m.lh............."),
        (11, "####.m.lh............."),
        (14, "#####m.lh............."),
        (19, "#####m#lh............."),
        (50, "#####m#lh###########.."),
        (54, "#####m#lh############."),
        (55, "#####m#lh#############"),
        (56, "#####m#lh############>"),
        (10**12, "#####m#lh############>"),
    ],
)
def test_free_pages_against_marks_of_14_18_and_22(free, picture):
    assert bar(free, (14, 18, 22), 22, is_unicode=False) == picture


def test_unicode_draws_the_same_with_other_characters():
    plain = bar(19, (14, 18, 22), 22, is_unicode=False)
    drawn = bar(19, (14, 18, 22), 22)

    assert drawn == plain.translate(str.maketrans("#.>", "█·▸"))


@pytest.mark.parametrize("marks", [(0, 0, 0), (32, 32, 32), (0, 0, 1), (1, 10**9, 10**9)])
def test_marks_that_fall_together_are_drawn_apart(marks):
    picture = bar(5, marks, 22, is_unicode=False)

    assert picture.index("m") < picture.index("l") < picture.index("h")


@given(
    free=st.integers(0, 2**50),
    marks=st.lists(st.integers(0, 2**50), min_size=3, max_size=3).map(sorted).map(tuple),
    width=st.integers(3, 60),
)
def test_any_zone_has_a_picture_of_the_width_asked_for_with_its_marks_in_order(free, marks, width):
    picture = bar(free, marks, width, is_unicode=False)

    assert len(picture) == width
    assert "".join(char for char in picture if char in "mlh") == "mlh"
    assert set(picture) <= set("mlh#.>")


@given(
    pair=st.lists(st.integers(0, 10**6), min_size=2, max_size=2).map(sorted),
    marks=st.lists(st.integers(0, 10**5), min_size=3, max_size=3).map(sorted).map(tuple),
)
def test_more_free_pages_never_fill_less(pair, marks):
    less, more = (bar(free, marks, 30, is_unicode=False) for free in pair)

    assert less.count("#") + less.count(">") <= more.count("#") + more.count(">")


@given(
    free=st.integers(0, 10**6),
    marks=st.lists(st.integers(0, 10**6), min_size=3, max_size=3).map(sorted).map(tuple),
)
def test_nothing_is_drawn_beyond_a_mark_that_free_pages_do_not_pass(free, marks):
    picture = bar(free, marks, 30, is_unicode=False)

    for letter, mark in zip("mlh", marks, strict=True):
        if free <= mark:
            assert set(picture[picture.index(letter) + 1 :]) <= set("mlh.")
