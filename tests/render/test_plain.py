"""What is laid out without rich looks as rich would have it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.render import coloured, plain
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.parts import Entry, Headline
from vmadvisor.render.style import Style
from vmadvisor.render.text_report import render

WORDS = st.text(st.sampled_from("ab/-.█≥ "), max_size=70)
STYLES = st.builds(Style, width_columns=st.integers(20, 120), is_unicode=st.booleans())


@st.composite
def grids(draw):
    count = draw(st.integers(1, 6))
    numbers = draw(st.sets(st.integers(0, count - 1)))
    grid = table(*draw(st.lists(WORDS, min_size=count, max_size=count)), numbers=numbers)
    for _ in range(draw(st.integers(0, 4))):
        row(grid, *draw(st.lists(WORDS, min_size=count, max_size=count)))
    return grid


PARTS = st.one_of(
    WORDS,
    grids(),
    st.builds(Headline, st.sampled_from(["OK", "CRITICAL"]), WORDS, st.just("bold")),
    st.builds(
        Entry,
        st.sampled_from(["INFO", "CRITICAL"]),
        WORDS,
        st.lists(WORDS, min_size=1, max_size=3).map(tuple),
        st.just("bold"),
    ),
)


@given(part=PARTS, style=STYLES)
def test_every_page_is_the_one_that_rich_makes(part, style):
    found = plain.lines([part], style)
    expected = [line.rstrip() for line in coloured.lines([part], style)]

    assert found is None or [line.rstrip() for line in found] == expected


@pytest.mark.parametrize("width_columns", [72, 80, 120])
def test_a_report_needs_no_rich(report, width_columns, monkeypatch):
    monkeypatch.setattr(coloured, "lines", None)

    assert "recomputed against" in render(report, Style(width_columns=width_columns))


@pytest.mark.parametrize("name", ["数据库", "e\u0301", "🔥"])
def test_characters_of_unknown_width_are_left_to_rich(name):
    assert plain.lines([name], Style()) is None
    assert name in printed([name], Style())


def test_the_widest_columns_of_words_give_way_and_numbers_do_not():
    grid = table("path", "pages", "why", numbers=(1,))
    row(grid, "/proc/pressure/memory", "1,234,567", "not supported by this kernel")

    assert printed([grid], Style(width_columns=44, is_unicode=False)) == (
        "path                 pages  why\n"
        "--------------------------------------------\n"
        "/proc/pressure/  1,234,567  not supported by\n"
        "memory                      this kernel\n"
    )
