"""No name reaches a terminal or a monitoring system as anything but text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.render.escape import decoded, nagios, terminal

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # surrogates included


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("sshd", "sshd"),
        ("a b", "a b"),
        ("line\nbreak", "line\\nbreak"),
        ("clear\x1b[2J", "clear\\x1b[2J"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u200b", "\\u200b"),
        ("\x9b31m", "\\x9b31m"),
        ("cut\udcc3", "cut\\xc3"),
        ("lone\ud800", "lone\\ud800"),
        ("café", "café"),
        ("[bold]", "[bold]"),
        ("\ue000", "\\ue000"),
    ],
)
def test_what_a_terminal_would_obey_becomes_visible(name, shown):
    assert terminal(name) == shown


def test_a_terminal_without_unicode_gets_ascii():
    assert terminal("café 漢", is_unicode=False) == "caf\\xe9 \\u6f22"


@given(name=ANY_TEXT)
def test_any_name_is_printable_text_of_one_line_that_every_encoder_takes(name):
    shown = terminal(name)

    assert shown.encode("utf-8").decode() == shown
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert terminal(name, is_unicode=False).isascii()


@given(name=ANY_TEXT)
def test_decoding_leaves_no_surrogate_and_touches_nothing_else(name):
    shown = decoded(name)

    assert shown.encode("utf-8").decode() == shown
    if not any("\ud800" <= char <= "\udfff" for char in name):
        assert shown == name


@given(name=ANY_TEXT)
def test_no_name_begins_performance_data(name):
    assert "|" not in nagios(name)


def test_the_bar_is_replaced_and_the_rest_kept():
    assert nagios("a|b\n'c'=1") == "a/b\\n'c'=1"
