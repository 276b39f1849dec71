"""What fire.c tells is read as it is meant, and a promise that is not kept is said to be missed."""

import json

import pytest

from lab.errors import LabError
from lab.fire import judged, read, table, told

TEXT = """\
warm-up ended with 0
OK  lab-guest: what the warm-up printed
ps 1 at=60.100 wall=2.000 own=-1.000 exit=0 signal=0 rss=4016 majflt=62 minflt=468 full=51.30 available=8784 adj=0 pid=179 said=USER partial=0
check 1 at=63.500 wall=3.500 own=2.250 exit=2 signal=0 rss=13384 majflt=15 minflt=3975 full=55.36 available=9000 adj=0 pid=181 said=CRITICAL partial=1
killed 1 at=66.000 pid=178 by=kernel
ps 2 at=70.000 wall=1.000 own=-1.000 exit=0 signal=0 rss=4020 majflt=60 minflt=470 full=57.00 available=8700 adj=0 pid=183 said=USER partial=0
check 2 at=75.250 wall=8.000 own=5.500 exit=0 signal=0 rss=13380 majflt=17 minflt=3958 full=52.91 available=9100 adj=0 pid=185 said=OK partial=0
killed 2 at=79.000 pid=182 by=kernel
check 3 at=90.000 wall=4.000 own=-1.000 exit=-1 signal=9 rss=9 majf
"""
LOST = "check 4 at=91.000 wall=4.000 own=-1.000 exit=-1 signal=9 rss=43008 majflt=3 minflt=4 full=60.00 available=5 adj=7 pid=190 said=nothing partial=0\n"


def lines(text, victims=()):
    return "\n".join(judged(read(text), list(victims)))


def test_whole_lines_are_read_and_torn_ones_are_not():
    fire = read(TEXT)
    check = fire.of("check")[0]

    assert [run.number for run in fire.of("check")] == [1, 2]
    assert (check.at_s, check.wall_s, check.own_s, check.rss_kib, check.major_faults) == (
        63.5, 3.5, 2.25, 13384, 15,
    )  # fmt: skip
    assert (check.full_avg10_pct, check.pid, check.said, check.is_partial) == (
        55.36, 181, "CRITICAL", True,
    )  # fmt: skip
    assert fire.of("ps")[0].own_s is None
    assert fire.before_kill_s() == [2.5, 3.75]


def test_the_table_has_median_least_and_most():
    assert "5.75 (3.50 to 8.00)" in list(table(read(TEXT)))[-1]


def test_kept_promises_are_met_and_others_are_not():
    said = lines(TEXT)

    assert "met     a verdict (1 whole, 1 partial): 2 of 2" in said
    assert "MISSED  told within 5 s of the first own instruction: 1 of 2" in said
    assert "MISSED  within 2 x the ps aux of its own round: 4.88 (1.75 to 8.00) x: 1 of 2" in said
    assert "met     peak RSS 13.1 MiB, at most 40" in said
    assert "met     oom_score_adj changed in 0" in said


def test_a_check_that_was_killed_gave_no_verdict_and_was_a_victim():
    said = lines(TEXT + LOST, [(66.0, 178), (94.5, 190)])

    assert "MISSED  a verdict (1 whole, 1 partial): 2 of 3" in said
    assert "MISSED  1 of them fell to the OOM killer, of 2 kills" in said
    assert "MISSED  peak RSS 42.0 MiB" in said
    assert "MISSED  oom_score_adj changed in 1" in said


def test_a_pid_that_is_used_again_is_no_victim():
    assert "met     0 of them fell to the OOM killer" in lines(TEXT, [(20.0, 181), (400.0, 185)])


def test_the_account_names_kernel_and_pressure(tmp_path):
    (tmp_path / "x.output").write_text(TEXT)
    truth = {"kernel_release": "6.1.0", "oom_kills": [{"time_s": 66.0, "pid": 178}]}
    (tmp_path / "x.truth.json").write_text(json.dumps(truth))

    account = list(told(tmp_path / "x.output"))

    assert account[0] == "x: Linux 6.1.0"
    assert "54.13 (52.91 to 55.36) %" in account[1]
    assert "3.1 (2.5 to 3.8) s before a kill" in account[2]


def test_without_its_truth_nothing_is_told(tmp_path):
    (tmp_path / "x.output").write_text(TEXT)

    with pytest.raises(LabError, match="truth"):
        list(told(tmp_path / "x.output"))
