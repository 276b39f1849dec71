import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import proc_stat
from vmadvisor.sources.proc_stat import ProcStat

TEXT = """\
cpu  1001 1002 1003 1004 1005 1006 1007 1008 77 78
cpu0 501 502 503 504 505 506 507 508 31 32
cpu10 500 500 500 500 500 500 500 500 46 46
intr 1462898 100 0 0
ctxt 115315
btime 1690000000
processes 2345
procs_running 6
procs_blocked 2
softirq 99 1 2
"""


def test_every_field_has_its_own_value():
    assert proc_stat.parse(TEXT) == ProcStat(
        cpus_count=2,
        btime_s=1690000000,
        procs_running_count=6,
        procs_blocked_count=2,
        user_ticks_total=1001,
        nice_ticks_total=1002,
        system_ticks_total=1003,
        idle_ticks_total=1004,
        iowait_ticks_total=1005,
        irq_ticks_total=1006,
        softirq_ticks_total=1007,
        steal_ticks_total=1008,
    )


def test_the_sum_of_all_times_counts_guests_once():
    assert proc_stat.parse(TEXT).ticks_total == 8036


def test_columns_of_old_kernels_are_none():
    stat = proc_stat.parse("cpu 11 12 13 14\n")

    assert (stat.idle_ticks_total, stat.iowait_ticks_total, stat.btime_s) == (14, None, None)
    assert stat.ticks_total == 50


@pytest.mark.parametrize(
    "text",
    [
        "",
        "btime 5\n",
        "cpu 1 2 3\n",
        "cpu 1 2 3 x\n",
        "cpu 1 2 3 -4\n",
        "cpu 1 2 3 4\nbtime ²\n",
        "cpu 1 2 3 4",
    ],
)
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        proc_stat.parse(text)
