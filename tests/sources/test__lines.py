"""Numbers are read strictly: what the kernel cannot have printed is a ParseError."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import _lines

HOSTILE_NUMBERS = [
    "", " ", "x", "1.5", "1_000", "+1", "--1", "0x10", "1e3", "nan", "inf",
    "²", "٣", "１", "1\0", "9" * 100_000, "18446744073709551616",
]  # fmt: skip


@pytest.mark.parametrize("text", [*HOSTILE_NUMBERS, "-1"], ids=lambda text: repr(text[:24]))
def test_what_is_no_unsigned_number_is_a_parse_error(text):
    with pytest.raises(ParseError):
        _lines.unsigned(text)


@pytest.mark.parametrize("text", HOSTILE_NUMBERS, ids=lambda text: repr(text[:24]))
def test_what_is_no_number_is_a_parse_error(text):
    with pytest.raises(ParseError):
        _lines.signed(text)


def test_the_widest_counter_is_a_number():
    assert _lines.unsigned("18446744073709551615") == 18446744073709551615


@given(st.integers(-(2**63), 2**64 - 1))
def test_every_number_the_kernel_prints_comes_back(number):
    assert _lines.single(f"{number}\n") == number


def test_the_error_names_the_line():
    with pytest.raises(ParseError, match="line 7: expected a number, found 'x'") as caught:
        _lines.unsigned("x", line_number=7)
    assert caught.value.line_number == 7


def test_a_file_of_one_unsigned_number_refuses_a_minus():
    assert _lines.single("-3\n") == -3
    with pytest.raises(ParseError):
        _lines.single_unsigned("-3\n")


def test_a_line_without_its_newline_is_left_out():
    assert list(_lines.whole_lines("a 12\nb 34")) == [(1, "a 12")]
    assert list(_lines.whole_lines("")) == []


def test_counters_leave_out_lines_of_another_shape_but_not_bad_numbers():
    assert _lines.counters("low 3\n\nlonger line 4\nhigh 5\n") == {"low": 3, "high": 5}
    with pytest.raises(ParseError, match="line 2"):
        _lines.counters("low 3\nhigh x\n")


@pytest.mark.parametrize("text", ["", "always never", "[", "[]", "]word[", "a [b"])
def test_a_choice_without_a_chosen_word_is_a_parse_error(text):
    with pytest.raises(ParseError):
        _lines.bracketed(text)


def test_a_file_of_a_directory_is_none_when_absent_and_named_when_malformed():
    assert _lines.from_file({}, "swappiness", _lines.single) is None
    with pytest.raises(ParseError, match="swappiness: expected a number"):
        _lines.from_file({"swappiness": "x"}, "swappiness", _lines.single)
