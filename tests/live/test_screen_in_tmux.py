"""The full screen as a person sees it: in tmux, of a recording, paused; keys change what they say they change."""

import os
import re
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_a_replay_paused_at_a_moment_is_the_screen_that_is_expected(in_tmux, leak, columns, rows):
    terminal = in_tmux(["--root", str(leak), "--at", "50"], columns, rows)

    screen = terminal.wait_for("PAUSED")

    path = GOLDEN / f"leak-{columns}x{rows}.txt"
    if os.environ.get("VMADVISOR_WRITE_GOLDEN"):  # as in tests/render/test_golden.py
        path.write_text(screen, encoding="utf-8")
    assert screen == path.read_text(encoding="utf-8")


def test_keys_scrub_sort_help_resume_and_quit(in_tmux, leak):
    terminal = in_tmux(["--root", str(leak), "--at", "50"], 80, 24)
    terminal.wait_for("PAUSED")

    terminal.press("Left")
    assert "48.07 s" in terminal.wait_for("PAUSED x1, 1 behind").split("\n")[0]
    terminal.press("Left", "Left")
    assert "46.07 s" in terminal.wait_for("PAUSED x1, 3 behind").split("\n")[0]
    terminal.press("Right")
    assert "47.07 s" in terminal.wait_for("PAUSED x1, 2 behind").split("\n")[0]
    terminal.press("Home")
    screen = terminal.wait_for("27.07 s")
    assert "no verdict yet: it takes two readings" in screen

    terminal.press("s")
    assert "[resident]" in terminal.wait_for("largest by resident")
    terminal.press("s")
    assert "[swap]" in terminal.wait_for("s sort: swap")
    terminal.press("?")
    screen = terminal.wait_for("this help, and away with it")
    assert "likely within" not in screen
    terminal.press("Escape")
    terminal.wait_for("likely within")

    terminal.press("+", "+", "+", "+", "r")
    screen = terminal.wait_for(" END x16 ")
    assert "57.07 s" in screen.split("\n")[0]
    terminal.press("q")
    assert terminal.wait_for("exit status 0")


def test_space_pauses_and_goes_on(in_tmux, leak):
    terminal = in_tmux(["--root", str(leak), "--at", "30", "--speed", "2"], 80, 24)
    terminal.wait_for("PAUSED")
    terminal.press("Space")
    terminal.wait_for("REPLAY x2")
    terminal.press("Space")
    first = terminal.wait_for("PAUSED")

    assert terminal.screen() == first


def test_without_colour_no_colour_is_set_and_the_words_are_the_same(in_tmux, leak):
    arguments = ["--root", str(leak), "--at", "50"]
    coloured, plain = in_tmux(arguments, 80, 24), in_tmux(arguments, 80, 24, NO_COLOR="1")
    with_colour, without = coloured.wait_for("PAUSED"), plain.wait_for("PAUSED")

    assert with_colour == without
    colour = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|38|4[0-7]|48|9[0-7])(?:;[0-9;]*)?m")
    assert colour.search(coloured.screen(escapes=True))
    assert not colour.search(plain.screen(escapes=True))


def test_only_the_terminals_own_sixteen_colours_are_used(in_tmux, leak):
    """So that light and dark terminals both stay what they are."""
    terminal = in_tmux(["--root", str(leak), "--at", "50"], 80, 24, COLORTERM="truecolor")
    terminal.wait_for("PAUSED")

    assert not re.search(r"\x1b\[(?:[0-9;]*;)?[34]8[;:][25]", terminal.screen(escapes=True))


def test_a_terminal_that_is_too_small_is_told_so(in_tmux, leak):
    terminal = in_tmux(["--root", str(leak), "--at", "30"], 40, 10)

    assert terminal.wait_for("too small")


def test_this_host_is_watched_until_ctrl_c(in_tmux):
    terminal = in_tmux([], 80, 24)
    terminal.wait_for("LIVE")
    terminal.wait_for("node 0")
    terminal.press("C-c")

    assert terminal.wait_for("exit status 0")


def test_what_is_no_recording_is_said_and_is_an_error(in_tmux, tmp_path):
    terminal = in_tmux(["--root", str(tmp_path)], 80, 24)

    screen = terminal.wait_for("exit status 3")
    assert "it is no recording" in " ".join(screen.split())
