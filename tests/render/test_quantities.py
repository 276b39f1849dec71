"""Rounding for people: unknown is "?", never 0, and no digit of an identifier is lost."""

import pytest

from vmadvisor.advise.finding import Quantity
from vmadvisor.render import quantities as q


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (512, "pages", "2.0 MiB"),
        (None, "pages", "?"),
        (25.0, "pages_per_s", "100 KiB/s"),
        (3 * 2**30, "bytes", "3.0 GiB"),
        (67_584, "kib", "66 MiB"),
        (0.04, "per_s", "0.04/s"),
        (0.0512, "ratio", "5.1 %"),
        (4_194_303, "id", "4194303"),
        (-1_000, "adj", "-1000"),
        (12_345_678, "count", "12345678"),
        (2.5, "s", "2.5 s"),
        ("madvise", "setting", "madvise"),
        (None, "setting", "?"),
        (0, "count", "0"),
    ],
)
def test_a_quantity_is_shown_by_its_unit(value, unit, shown):
    item = Quantity(name="x", value=value, unit=unit, source="/proc/x")

    assert q.quantity(item, 4096) == shown


def test_pages_of_unknown_size_stay_pages():
    assert q.quantity(Quantity(name="x", value=512, unit="pages", source="s"), None) == "512 pages"
    assert q.pages(7.6, None) == "8 pages"


@pytest.mark.parametrize("show", [q.size, q.rate, q.ratio, q.count])
def test_unknown_is_never_a_number(show):
    assert show(None) == "?"
    assert show(0) != "?"


def test_a_page_of_64_kib_counts_as_such():
    assert q.pages(16, 65_536) == "1.0 MiB"
