"""The screen is as large as it should be, says what matters first, and shows names as names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_frames import HOSTILE, frame
from rich.cells import cell_len

from vmadvisor.records import replace
from vmadvisor.render.live.page import page
from vmadvisor.render.live.rows import width_of
from vmadvisor.render.live.view import View


def text_of(row):
    return "".join(span.text for span in row)


def shown(one=None, **view):
    rows = page([frame() if one is None else one], View(**{"width": 80, "height": 24, **view}))
    return [text_of(row) for row in rows]


def test_the_verdict_comes_first_then_what_is_foreseen():
    screen = shown()

    assert screen[0].startswith(" WARNING   db1: Linux 6.12.9, 2.0 GiB, 1.0 GiB of swap")
    assert screen[0].endswith(" 41.50 s")
    assert screen[1].rstrip() == "Tasks stall  (+1 more)"
    assert screen[2].startswith("likely within              10 s   30 s")
    assert screen[3].startswith("OOM kill of the host       36 %   66 %")
    assert screen[4].startswith("OOM kill, cgroups' too     44 %   81 %")
    assert screen[5].startswith("stall, 5 % of time lost    27 %   33 %")
    assert screen[6].startswith("any direct reclaim         61 %   72 %")
    assert (
        screen[7].rstrip()
        == "time left: 2.3 s to kswapd's wake, 3.4 s to swap or stalls, 8.1 s to OOM"
    )


def test_every_block_is_there_where_there_is_room():
    screen = "\n".join(shown(height=50))

    for words in (
        "free memory of 37 MiB goes at 4.0 MiB/s",
        "1 Normal", "node 0: 1.2 MiB until kswapd wakes, 1.0 MiB more to a stall; kswapd running",
        "scanned                  410           35            5            -           19",
        "freed                    380           22            4            -           11",
        "some ██········ 21 %", "full █········· 8.3 %", "OOM kills: 2",
        "allocstall 7/s", "freed/scanned 90 %", "refaults anon 61/s", "file 203/s",
        "swap in 68 KiB/s", "swap out 284 KiB/s", "major faults 12/s",
        "/db.slice/db.service", "99 MiB   100 MiB    99%   11 %     52 %",
        "   4711 leaky                                   2.5 s    1.5 s    1.0 s        -",
        "could not be told (2)", "/proc/a: permission denied",
    ):  # fmt: skip
        assert words in screen, words


def test_the_zone_nearest_to_its_marks_comes_first():
    screen = shown()
    zones = [row[:8] for row in screen if "Normal" in row]

    assert zones == ["1 Normal", "0 Normal"]


@pytest.mark.parametrize(
    ("sort", "title", "pids"),
    [
        ("points", "next for the OOM killer", ["4711", "812", "99", "1"]),
        ("resident", "largest by resident", ["99", "4711", "812", "1"]),
        ("swap", "largest by swap", ["812", "4711", "99", "1"]),
    ],
)
def test_processes_stand_in_the_order_asked_for_with_the_kernels_rank(sort, title, pids):
    screen = shown(sort=sort, height=50)
    start = next(index for index, row in enumerate(screen) if title in row)
    rows = [row.split() for row in screen[start + 1 : start + 5]]

    assert f"[{sort}]" in screen[start]
    assert [row[1] for row in rows] == pids
    assert {row[1]: row[0] for row in rows} == {"4711": "1", "812": "2", "99": "3", "1": "never"}


def test_a_hostile_name_is_inert_text_and_breaks_no_row():
    rows = page([frame()], View(width=80, height=50))
    text = "\n".join(text_of(row) for row in rows)

    assert "\x1b" not in text
    assert HOSTILE not in text
    assert r"\x1b[31m[red]x[/]\n" in text
    assert len(text.split("\n")) == 50


def test_without_unicode_all_is_ascii():
    odd = frame(groups=(replace(frame().groups[0], path="/été/漢字"),))

    assert all(row.isascii() for row in shown(odd, is_unicode=False, height=50))


@given(
    width=st.integers(1, 200),
    height=st.integers(1, 60),
    comm=st.text(max_size=15),
    path=st.text(max_size=60),
    is_help=st.booleans(),
)
def test_every_page_is_as_large_as_the_terminal_whatever_the_names(
    width, height, comm, path, is_help
):
    base = frame()
    ranked = base.extras.ranked
    named = replace(ranked, victims=(replace(ranked.victims[0], comm=comm), *ranked.victims[1:]))
    odd = replace(
        base,
        extras=replace(base.extras, ranked=named),
        groups=(replace(base.groups[0], path="/" + path),),
        gaps=((path, comm),),
    )
    rows = page([odd], View(width=width, height=height, is_help=is_help))

    assert len(rows) == height
    assert {width_of(row) for row in rows} == {width}
    assert all(cell_len(text_of(row)) == width for row in rows)
    assert not any("\n" in text_of(row) or "\x1b" in text_of(row) for row in rows)


def test_two_columns_stand_side_by_side_on_a_wide_terminal():
    screen = shown(width=160, height=40)
    row = next(row for row in screen if row.startswith("likely within"))

    assert "next for the OOM killer" in row


def test_what_is_missing_is_said_and_not_0():
    nothing = frame(
        headroom=None, activity=None, stall=None, outlook=None, reclaimers=(), groups=(),
        extras=replace(frame().extras, verdict=None, ranked=None, waits=None),
    )  # fmt: skip
    screen = "\n".join(shown(nothing, height=40))

    for words in (
        "no verdict yet", "no forecast: it takes vmstat, zoneinfo and meminfo",
        "zoneinfo could not be read", "scanned                    -            -", "some ·········· -",
        "no rates yet", "no process can be ranked", "none has a limit", "not looked at",
    ):  # fmt: skip
        assert words in screen, words


def test_an_old_verdict_says_how_old_it_is_and_a_note_goes_before_it():
    old = frame(time_s=101.0)
    noted = frame(extras=replace(frame().extras, notes=("the host was suspended for 3 h",)))

    assert shown(old)[1].rstrip() == "Tasks stall  (+1 more)  (judged 1.0 min ago)"
    assert shown(noted)[1].rstrip() == "the host was suspended for 3 h"


def test_the_last_row_says_where_in_time_one_is():
    assert shown()[-1].startswith(" LIVE  q quit")
    assert shown(state="paused", behind_count=3, speed=2.0)[-1].startswith(
        " PAUSED x2, 3 behind  q quit"
    )
    assert "s sort: swap" in shown(sort="swap")[-1]


def test_help_names_every_key_that_the_screen_binds():
    pytest.importorskip("textual")
    from vmadvisor.live.screen import WatchApp

    screen = " ".join(shown(is_help=True))
    for binding in WatchApp.BINDINGS:
        key = binding.key.split(",")[0]
        name = {"plus": "+", "minus": "-", "question_mark": "?", "escape": "?", "shift+left": "left",
                "shift+right": "right"}.get(key, key)  # fmt: skip
        assert name in screen, binding.key
