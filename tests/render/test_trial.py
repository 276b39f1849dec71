"""A trial's plan and report: what a person reads, and what a program does."""

import json

import pytest

from vmadvisor.advise.trial_outcome import Line, Outcome, TrialReport
from vmadvisor.model.simulate.figures import Figure
from vmadvisor.model.trial_harm import Harm
from vmadvisor.records import replace
from vmadvisor.render.style import Style
from vmadvisor.render.trial import as_json, as_text, plan_text

OUTCOME = Outcome(
    before_s=60.0,
    after_s=600.0,
    lines=(
        Line(
            name="full_stall", unit="s_per_h", before=Figure(value=90.0, low=70.0, high=120.0),
            predicted=Figure(value=9.0, low=3.0, high=27.0), after=Figure(value=31.0, low=28.0, high=34.0),
        ),
        Line(
            name="refaults_file", unit="pages_per_s", before=Figure(value=512.0, low=400.0, high=700.0),
            predicted=Figure(value=256.0, low=128.0, high=640.0), after=Figure(value=300.0, low=200.0, high=400.0),
        ),
        Line(name="rank", unit="count", before=None, predicted=Figure(value=7, low=7, high=7), after=None),
    ),
    demand_before_pages_per_s=1024.0,
    demand_after_pages_per_s=1536.0,
)  # fmt: skip
REPORT = TrialReport(
    key="sysctl:vm.swappiness", rule_id="VMA-SWAPPINESS-001", path="/proc/sys/vm/swappiness",
    previous="60", value="10", written="10", seconds_s=600.0, ended="over", harm=None,
    taken_back="restored", stands="60", no_timer=None, outcome=OUTCOME, remark=None,
)  # fmt: skip


def text(report):
    return as_text(report, 4096, Style(is_unicode=False))


def test_a_row_for_every_figure_says_whether_it_is_inside():
    rows = {line.split()[0]: line.split() for line in text(REPORT).splitlines() if line}

    assert rows["full_stall"][1:] == ["90", "s/h", "31", "s/h", "3", "s/h..27", "s/h", "NO"]
    assert rows["refaults_file"][-1] == "yes"
    assert rows["rank"][1:] == ["-", "-", "7", "-"]
    assert "measured over 60 s before and 600 s after the write" in text(REPORT).replace("\n", " ")
    assert "comparable: tasks asked for 4.0 MiB/s before, 6.0 MiB/s since" in text(REPORT)


def test_halves_that_do_not_compare_are_said_loudly():
    other = replace(OUTCOME, demand_after_pages_per_s=4096.0)

    assert "NOT COMPARABLE: the load itself changed more than 2-fold" in text(
        replace(REPORT, outcome=other)
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "taken back: /proc/sys/vm/swappiness is 60 again"),
        ({"taken_back": "foreign", "stands": "35"}, "somebody else set /proc/sys/vm/swappiness to 35"),
        ({"taken_back": "failed", "stands": "permission denied"}, "NOT taken back"),
        ({"taken_back": "vanished"}, "/proc/sys/vm/swappiness is gone"),
        ({"taken_back": None, "written": None, "ended": "SIGINT"}, "nothing was written"),
    ],
)  # fmt: skip
def test_what_came_of_the_undo_is_said(change, said):
    assert said in text(replace(REPORT, **change))


def test_harm_is_said_with_its_limit():
    harm = Harm(why="full_stall", value=2.4, limit=2.0, unit="s")

    assert "it did harm: seconds of PSI full" in text(replace(REPORT, ended="harm", harm=harm))
    assert "2.4 s, more than 2" in text(replace(REPORT, ended="harm", harm=harm)).replace("\n", " ")


def test_json_carries_every_number_unrounded():
    told = json.loads(as_json(REPORT, 4096, Style()))

    assert told["figures"][0] == {
        "name": "full_stall", "unit": "s_per_h", "before": {"value": 90.0, "low": 70.0, "high": 120.0},
        "predicted": {"value": 9.0, "low": 3.0, "high": 27.0},
        "after": {"value": 31.0, "low": 28.0, "high": 34.0}, "is_inside": False,
    }  # fmt: skip
    assert (told["is_comparable"], told["is_whole"], told["harm"]) == (True, True, None)


@pytest.mark.parametrize(
    "change", [{"ended": "harm"}, {"taken_back": "foreign"}, {"taken_back": None}]
)
def test_only_a_trial_that_stood_and_is_taken_back_is_whole(change):
    assert REPORT.is_whole
    assert not replace(REPORT, **change).is_whole


def test_a_plan_escapes_the_names_in_it():
    told = plan_text(
        key="cgroup:/a\x1b[31m:memory.high", path="/sys/fs/cgroup/a\x1b[31m/memory.high", previous="max",
        value="4096", claim="c", risk="r", predicted=(), page_size_bytes=4096, baseline_s=60.0,
        seconds_s=600.0, undo="echo max > x", remark="stays so",
    )  # fmt: skip

    assert "\x1b" not in told
    assert "write:   4096 to /sys/fs/cgroup/a\\x1b[31m/memory.high (now max)" in told
    assert "foretold: nothing; the model does not know this setting" in told
    assert "note:    stays so" in told
