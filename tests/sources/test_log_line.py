"""Whatever a logger puts before a line goes, and what it tells is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.sources.log_line import LineReader, parts

SAID = "leaky invoked oom-killer: order=0"


@pytest.mark.parametrize(
    ("head", "stamp_s", "when", "utc", "host", "caller"),
    [
        ("[   41.049123] ", 41.049123, None, None, "", ""),
        ("[15180322.675582] ", 15180322.675582, None, None, "", ""),
        ("[  246.610518][ T1778] ", 246.610518, None, None, "", "T1778"),
        ("[  246.610518][   C12] ", 246.610518, None, None, "", "C12"),
        ("<4>[   41.049123] ", 41.049123, None, None, "", ""),
        ("kern  :warn  : [   41.049123] ", 41.049123, None, None, "", ""),
        ("4,1234,41049123,-;", 41.049123, None, None, "", ""),
        ("> > [   41.049123] ", 41.049123, None, None, "", ""),
        ("\x1b[32m[   41.049123] \x1b[0m", 41.049123, None, None, "", ""),
        ("Creating journal (26 blocks): [   41.049123] ", 41.049123, None, None, "", ""),
        ("[   41.049123 <    0.000005>] ", 41.049123, None, None, "", ""),
        ("[Wed Mar 13 11:16:48 2024 <    0.000005>] ", None, "Wed Mar 13 11:16:48 2024", None, "", ""),
        ("[Mar13 11:16] ", None, "Mar13 11:16", None, "", ""),
        ("[  +0.000005] ", None, "  +0.000005", None, "", ""),
        ("[   41.049123] db1 kernel: ", 41.049123, None, None, "", ""),
        ("[Wed Mar 13 11:16:48 2024] ", None, "Wed Mar 13 11:16:48 2024", None, "", ""),
        ("[Di Aug 12 03:54:03 2025] ", None, "Di Aug 12 03:54:03 2025", None, "", ""),
        ("Jun  2 12:47:43 db1 kernel: ", None, "Jun  2 12:47:43", None, "db1", ""),
        ("Jun 20 12:47:43 db1 kernel: [  322.675582] ", 322.675582, "Jun 20 12:47:43", None, "db1", ""),
        ("Jun 20 12:47:43 db1 kern.warn kernel: ", None, "Jun 20 12:47:43", None, "db1", ""),
        ("2024-03-13T11:16:48+0100 db1 kernel: ", None, "2024-03-13T11:16:48+0100", "2024-03-13T10:16:48Z", "db1", ""),
        ("2024-03-13T11:16:48,5+01:00 ", None, "2024-03-13T11:16:48,5+01:00", "2024-03-13T10:16:48.500000Z", "", ""),
        ("Wed 2024-03-13 11:16:48 UTC db1 kernel: ", None, "2024-03-13 11:16:48 UTC", "2024-03-13T11:16:48Z", "db1", ""),
        ("1710328608.123456 db1 kernel: ", None, "1710328608.123456", "2024-03-13T11:16:48.123456Z", "db1", ""),
    ],
)  # fmt: skip
def test_each_loggers_head_is_taken_off_and_told(head, stamp_s, when, utc, host, caller):
    line = LineReader().read(head + SAID)

    assert line.text == SAID
    assert (line.stamp_s, line.when, line.utc) == (stamp_s, when, utc)
    assert (line.host, line.caller) == (host, caller)
    assert line.is_kernel
    assert line.is_stamped


@pytest.mark.parametrize(
    "line",
    [
        f"Jun 20 12:47:43 db1 evil[12]: {SAID}",
        f"Jun 20 12:47:43 db1 sudo: {SAID}",
        f"2024-03-13T11:16:48+0100 db1 evil[7]: {SAID}",
        f"14,1234,41049000,-;{SAID}",
    ],
)
def test_what_another_program_says_is_not_the_kernels(line):
    assert not LineReader().read(line).is_kernel


def test_a_plain_line_and_a_row_have_no_head():
    for text in (
        SAID,
        "[  333]     0   333     8835      611      20        0             0 systemd-journal",
    ):
        line = LineReader().read(text)

        assert (line.text, line.stamp_s, line.is_stamped) == (text, None, False)


def test_lines_of_one_burst_share_their_head():
    reader = LineReader()
    first = reader.read("Jun 20 12:47:43 db1 kernel: [    7.100000] one")
    second = reader.read("Jun 20 12:47:43 db1 kernel: [    7.200000] two")

    assert (first.text, first.stamp_s, second.text, second.stamp_s) == ("one", 7.1, "two", 7.2)
    assert second.host == "db1"


@pytest.mark.parametrize("newline", ["#012", "\\x0a", "\\n"])
def test_a_message_that_a_logger_made_one_line_is_several_again(newline):
    line = LineReader().read(f"[    7.100000] active_anon:9 isolated_anon:0{newline} free:631")

    assert [part.text for part in parts(line)] == ["active_anon:9 isolated_anon:0", " free:631"]
    assert {part.stamp_s for part in parts(line)} == {7.1}


def test_a_name_that_holds_such_an_escape_stays_whole():
    line = LineReader().read(
        "[    7.100000] [  333]     0   333     8835      611      20        0             0 a#012b"
    )

    assert len(parts(line)) == 1


@given(st.text())
def test_any_text_is_a_line(text):
    line = LineReader().read(text)

    assert len(line.text) <= len(text)
