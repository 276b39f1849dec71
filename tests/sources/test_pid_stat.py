import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import pid_stat
from vmadvisor.sources.pid_stat import PidStat

TAIL = "S 11 12 13 14 -1 4194560 15 16 17 18 19 20 21 22 23 24 25 26 27 28 321 30"


def test_every_field_has_its_own_value():
    assert pid_stat.parse(f"7 (mysqld) {TAIL}\n") == PidStat(
        comm="mysqld",
        state="S",
        ppid_id=11,
        flags_mode=4194560,
        majflt_total=17,
        utime_ticks_total=19,
        stime_ticks_total=20,
        starttime_ticks=27,
        rss_pages=321,
    )


@pytest.mark.parametrize("comm", ["a b", "a) S 1 (b", "a\nb", ")", "(", "", "ab\\n", "é\ufffd"])
def test_a_name_may_hold_anything(comm):
    record = pid_stat.parse(f"7 ({comm}) {TAIL}\n")

    assert (record.comm, record.rss_pages) == (comm, 321)


@pytest.mark.parametrize(("flags", "is_kernel_thread"), [(2129984, True), (4194560, False)])
def test_a_kernel_thread_is_told_by_its_flag(flags, is_kernel_thread):
    record = pid_stat.parse(f"7 (x) {TAIL}".replace("4194560", str(flags)))

    assert record.is_kernel_thread is is_kernel_thread


def test_a_counter_below_zero_is_no_memory():
    """The kernel prints the raw per-CPU counter, which may be a little negative."""
    assert pid_stat.parse(f"7 (x) {TAIL}".replace("321", "-3")).rss_pages == 0


@pytest.mark.parametrize(
    "text",
    ["", "7 x S 1", f"7 )x( {TAIL}", "7 (x) S 1 2 3", f"7 (x) {TAIL}".replace(" 19 ", " x ")],
    ids=["empty", "no name", "swapped", "short", "word"],
)
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        pid_stat.parse(text)
