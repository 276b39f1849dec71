"""80 columns, no colour unless asked, ASCII where asked, and no name does more than stand there."""

import unicodedata
from dataclasses import replace

import pytest
from rich.cells import cell_len

from vmadvisor.advise.finding import Severity
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.style import Style
from vmadvisor.render.text_report import render

PLAIN = Style()
ASCII = Style(is_unicode=False)


def body(text):
    return "\n".join(line.rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("style", [PLAIN, ASCII, Style(width_columns=120), Style(width_columns=60)])
def test_no_line_is_wider_than_the_style(report, style):
    lines = render(report, style).split("\n")

    assert max(map(cell_len, lines)) <= style.width_columns


def test_nothing_escapes_without_colour(report):
    assert "\x1b" not in render(report, PLAIN)


def test_colour_changes_no_word(report):
    import re

    coloured = render(report, Style(has_color=True))

    assert "\x1b[" in coloured
    assert body(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == render(report, PLAIN)


def test_without_unicode_all_is_ascii(report):
    text = render(report, ASCII)

    assert text.isascii()
    assert "--------" in text
    assert "#####m" in text


def test_the_verdict_comes_first_then_why_then_what_to_do(report):
    text = render(report, PLAIN)
    order = ["WARNING  db1: Linux", "WARNING  Tasks stall", "VMA-RECLAIM-001", "do:   echo -500",
             "undo: echo 0", "node zone", "where the memory is", "could not be told"]  # fmt: skip

    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_title_that_wraps_stays_beside_its_severity(report):
    lines = render(report, PLAIN).split("\n")
    start = next(i for i, line in enumerate(lines) if "Tasks stall" in line)

    assert lines[start + 1].startswith(" " * 9)


def test_unknown_numbers_are_question_marks(report):
    compaction = next(line for line in render(report, PLAIN).split("\n") if "compaction" in line)

    assert compaction.endswith("?")


def test_a_quiet_host_needs_no_change(report):
    quiet = replace(report.judgement, status=Severity.OK, findings=())
    text = render(replace(report, judgement=quiet), PLAIN)

    assert text.startswith("OK  db1")
    assert "No change needed." in text


def test_a_report_of_nothing_is_a_headline(report):
    empty = replace(
        report, headroom=None, activity=None, stall=None, availability=None, memory_use=None,
        arithmetic=None, fragmentation=None, lru=(), consumers=None, victims=None, gaps=(),
        outlook=None, judgement=replace(report.judgement, status=Severity.OK, findings=()),
        host=replace(report.host, hostname=None, kernel_release=None, mem_total_kib=None,
                     swap_total_kib=0),
    )  # fmt: skip

    assert render(empty, PLAIN) == (
        "OK  this host: kernel unknown, ? of memory, no swap\nNo change needed.\n"
    )


@pytest.mark.parametrize("style", [PLAIN, ASCII, Style(has_color=True)])
def test_hostile_names_are_inert(named_by_an_enemy, hostile_name, style):
    text = render(named_by_an_enemy(hostile_name), style)
    lines = text.split("\n")

    assert text.encode("utf-8")
    assert style.is_unicode or text.isascii()
    if not style.has_color:
        assert max(map(cell_len, lines)) <= style.width_columns
        assert "\x1b" not in text
        assert not {unicodedata.category(char) for char in text if char != "\n"} & {"Cc", "Cf"}


@pytest.mark.parametrize("name", ["[bold]x[/bold]", ":smile:", "[link=http://x]y[/link]"])
def test_markup_and_emoji_codes_are_text(named_by_an_enemy, name):
    text = render(named_by_an_enemy(name), Style(has_color=True))

    assert name in text


def test_a_number_for_which_there_is_no_room_is_visibly_cut():
    wide = table("name", "number", numbers=(1,))
    row(wide, "x" * 30, "1,234,567,890,123,456,789")
    text = printed([wide], Style(width_columns=20, is_unicode=False))

    assert "~" in text
    assert "789" not in text
    assert text.isascii()


def test_a_line_is_wrapped_not_cut():
    words = "free " * 40

    assert printed([words], PLAIN).split() == words.split()


def test_block_sizes_are_shown_when_asked_for_in_depth(report):
    movable = replace(report.fragmentation.by_zone[0], migrate_type="Movable", is_at_least=True)
    deep = replace(report, fragmentation=replace(report.fragmentation, by_type=(movable,)))

    assert "Movable" not in render(report, Style())
    assert "Movable" in render(deep, Style())
    assert "at least 1.1 MiB" in render(deep, Style())


def test_what_each_order_has_left_is_shown_where_a_small_one_is_out(report):
    without = replace(report.fragmentation.by_order[1], kernel_requests_left_count=0)
    orders = (report.fragmentation.by_order[0], without)
    starved = replace(report, fragmentation=replace(report.fragmentation, by_order=orders))
    lines = [line.split() for line in render(starved, Style()).splitlines()]

    assert "before a stall" not in render(report, Style())
    assert ["1", "8.0", "KiB", "19", "-3.5/s", "0", "0/s"] in lines
    assert ["0", "4.0", "KiB", "287", "42/s", "251", "?"] in lines


def test_advice_stands_between_the_findings_and_the_tables(report, advice):
    advised = replace(report, judgement=replace(report.judgement, recommendations=(advice,)))
    text = render(advised, PLAIN)
    order = ["VMA-RECLAIM-001", "ADVICE   kswapd is woken too late", "vm.watermark_scale_factor: 10 -> 65",
             "foretold: full_stall 41 (33 to 52) -> 0.7 (0.1 to 1.9) s/h", "do:   sysctl -w",
             "keep: /etc/sysctl.d/99-vmadvisor.conf", "node zone"]  # fmt: skip

    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_where_there_is_something_to_gain_the_last_line_says_how_to_read_on(report):
    live = replace(report, host=replace(report.host, is_live=True))

    assert render(live, PLAIN).splitlines()[-1] == (
        "What a change would do: vmadvisor advise; to try one: sudo vmadvisor trial"
    )


def test_of_a_captured_host_nothing_can_be_tried(report):
    captured = replace(report, host=replace(report.host, is_live=False))

    assert render(captured, PLAIN).splitlines()[-1] == (
        "What a change would do: vmadvisor advise --root, and this root"
    )


def test_a_host_with_nothing_to_gain_is_sent_nowhere(report):
    calm = replace(report.judgement, findings=(), recommendations=(), status=Severity.OK)

    assert "vmadvisor advise" not in render(replace(report, judgement=calm), PLAIN)
