"""GitHub's Markdown takes none of what a stranger wrote for markup, a link or a mention."""

import re

import pytest

from vmadvisor.render import markdown

HOSTILE = (
    "<script>alert(1)</script>",
    "](javascript:alert(1))",
    "![x](http://evil/x.png)",
    "**bold** _em_ ~~no~~",
    "`tick` ``two``",
    "@root please",
    "fix #12 and GH-3",
    "https://evil.example/x www.evil.example",
    "a|b|c",
    "<!-- hidden",
    "&lt;img&gt;",
    ":rocket:",
    "\\[x\\](y)",
    "user@evil.example",
)
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")


def outside_code(text):
    return CODE.sub("", text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("in_table", [False, True])
def test_what_could_be_markup_stands_in_code_spans(text, in_table):
    plain = outside_code(markdown.inline(text, in_table=in_table))

    assert not re.search(r"[<>\[\]*_~@#|&!\\]|://|www\.|:\w+:|GH-", plain)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_ends_no_table_row_and_no_fence(text):
    cell = markdown.inline(text, in_table=True)
    fence = markdown.block(text)

    assert not re.search(r"(?<!\\)\|", cell)
    first, *body, last = fence.split("\n")
    assert first == last
    assert len(body) == 1
    assert not re.search(rf"`{{{len(first)},}}", body[0])


def test_line_ends_and_terminal_sequences_are_made_visible():
    assert markdown.inline("a\n# b\x1b[2J") == "`a\\n#` `b\\x1b[2J`"
    assert "\n" not in markdown.inline("x\r\ny\u2028z")
    assert "\u202e" not in markdown.inline("\u202egnp")


@pytest.mark.parametrize(
    "text",
    [
        "12 MiB of memory",
        "/sys/fs/cgroup/a.slice",
        "57 % (0-4), 3.5 s -> 0.2 s",
        "vm.swappiness=10",
    ],
)
def test_plain_words_stay_plain(text):
    assert markdown.inline(text) == text


def test_a_sentence_does_not_become_a_list():
    assert markdown.inline("- one") == "\\- one"
    assert markdown.inline("1. one") in {"\\1. one", "1\\. one", "`1.` one"}
