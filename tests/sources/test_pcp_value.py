"""PCP's numbers and names, and what cannot be one."""

from collections import Counter

import pytest

from vmadvisor.sources.pcp_value import NOT_A_NUMBER, value_of


def read(found, metric="mem.util.free"):
    gaps = Counter()
    return value_of(found, metric, gaps), dict(gaps)


@pytest.mark.parametrize(
    ("found", "value"),
    [("20085220", 20_085_220), (7, 7), ("0", 0), ("12.500", 12.5), (0.25, 0.25), (2**63 - 1, 2**63 - 1)],
)  # fmt: skip
def test_numbers_are_taken_as_numbers_or_as_their_text(found, value):
    assert read(found) == (value, {})


@pytest.mark.parametrize(
    "found",
    [-1, "-1", "18446744073709551615", 2**64 - 1, float("nan"), float("inf"), "NaN", "inf", "1e3", "٣",
     "", " 7", True, None, [7], {"value": 7}, "7" * 5000],
    ids=lambda found: repr(found)[:20],
)  # fmt: skip
def test_what_is_no_count_is_absent_and_said(found):
    assert read(found) == (None, {NOT_A_NUMBER: 1})


def test_names_are_texts_of_a_sane_length():
    assert read("d" * 300, "kernel.uname.nodename") == ("d" * 255, {})
    assert read(7, "kernel.uname.release") == (None, {})
    assert read("", "kernel.uname.machine") == (None, {})
