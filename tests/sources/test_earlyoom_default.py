"""earlyoom's defaults file is a shell assignment; regular expressions that Python would misread are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources.earlyoom_default import EarlyoomArgs, parse


def test_the_shipped_file_and_none_at_all_choose_nothing():
    assert parse('# x\nEARLYOOM_ARGS="-r 3600"\n# EARLYOOM_ARGS="--avoid x"\n') == EarlyoomArgs()
    assert parse("") == EarlyoomArgs()


def test_all_that_chooses_a_victim_is_kept():
    text = (
        "EARLYOOM_ARGS=\"-m 4 -s 9 --avoid '(^|/)(init|X|sshd)$' --prefer='^(Web Content|java)$' "
        "--ignore '^q' --sort-by-rss --ignore-root-user -n\"  # mine\n"
    )

    assert parse(text) == EarlyoomArgs(
        avoid="(^|/)(init|X|sshd)$", prefer="^(Web Content|java)$", ignore="^q",
        sorts_by_rss=True, ignores_root=True,
    )  # fmt: skip


def test_the_last_assignment_counts():
    assert parse("EARLYOOM_ARGS='--prefer a'\nexport EARLYOOM_ARGS='--prefer b'\n").prefer == "b"


@pytest.mark.parametrize(
    "text",
    [
        "EARLYOOM_ARGS='--prefer [[:alpha:]]'",
        "EARLYOOM_ARGS='--prefer (a'",
        f"EARLYOOM_ARGS='--prefer {'a' * 2000}'",
        "EARLYOOM_ARGS='unfinished",
    ],
)
def test_what_would_be_misread_is_refused(text):
    with pytest.raises(ParseError):
        parse(text)


@given(st.text(max_size=200))
def test_any_text_gives_a_record_or_a_parse_error(text):
    try:
        parse(f"EARLYOOM_ARGS={text}")
    except ParseError:
        return
