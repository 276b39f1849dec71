"""Who waited as text and JSON; no name does harm, and what is left out is said."""

import json
from dataclasses import replace

import pytest
from rich.cells import cell_len

from vmadvisor.model.delay_accounting import Accounting
from vmadvisor.model.delays import Delays, GroupLoss, Loss, ProcessLoss, Stall
from vmadvisor.render.delays import FORMATS
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap

LOSS = Loss(reclaim_ns=2_300_000_000, swapin_ns=41_000_000, thrashing_ns=None, compact_ns=7_000_000)
FOUND = Delays(
    interval_s=10.25,
    version=10,
    seen_count=150,
    ended_count=4,
    uncounted_count=0,
    unsure_count=0,
    processes=(
        ProcessLoss(
            pid_id=4711, comm="postgres", cgroup_path="/system.slice/db.service", loss=LOSS
        ),
        ProcessLoss(pid_id=12, comm="batch", cgroup_path=None, loss=Loss(reclaim_ns=900_000)),
    ),
    units=(GroupLoss(name="db.service", processes_count=3, loss=LOSS),),
    cgroups=(GroupLoss(name="/system.slice/db.service", processes_count=3, loss=LOSS),),
    host=Stall(path="host", some_us=5_125_000, full_us=1_025_000),
    stalls=(Stall(path="/system.slice", some_us=4_100_000, full_us=None),),
)
ON, OFF = Accounting(is_on=True, counts_all=True), Accounting(is_on=False)
GAP = Gap(path="taskstats", reason="permission denied", cost="who waited cannot be told")


def text(found=FOUND, accounting=ON, gaps=(), style=None, top_count=10):
    return FORMATS["text"](found, accounting, gaps, style or Style(), top_count=top_count)


def test_text_has_processes_units_cgroups_and_pressure():
    lines = text().split("\n")
    postgres = next(line for line in lines if "postgres" in line)

    assert lines[0] == "time lost waiting for memory within 10.2 s, by process"
    assert postgres.split()[:10] == [
        "4711", "postgres", "2.3", "s", "2.3", "s", "41", "ms", "?", "7",
    ]  # fmt: skip
    assert next(line for line in lines if "batch" in line).split()[:5] == [
        "12", "batch", "<1", "ms", "<1",
    ]  # fmt: skip
    assert next(line for line in lines if line.startswith("db.service")).split()[1] == "3"
    assert next(line for line in lines if line.startswith("host")).split()[1:] == [
        "5.1", "s", "(50%)", "1.0", "s", "(10%)",
    ]  # fmt: skip
    assert next(line for line in lines if line.startswith("/system.slice ")).split()[-1] == "?"
    assert "4 processes ended meanwhile: what they lost is not known" in lines


def test_text_says_how_many_rows_are_left_out():
    assert "1 more (--top)" in text(top_count=1)
    assert "batch" not in text(top_count=1)


def test_text_with_the_switch_off_shows_no_zeros_but_how_to_turn_it_on():
    shown = text(replace(FOUND, processes=(), units=(), cgroups=()), OFF)

    assert "kernel.task_delayacct is off" in shown
    assert "--enable-delayacct" in shown
    assert "no wait was counted" not in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"uncounted_count": 140}, "140 of 150 processes were started before"),
        ({"unsure_count": 139}, "139 of 150 processes never waited, or were started before"),
    ],
)
def test_text_says_whose_waits_are_not_known(change, said):
    assert said in text(replace(FOUND, **change)).replace("\n", " ")


def test_json_has_nanoseconds_and_none_for_what_is_not_counted():
    document = json.loads(FORMATS["json"](FOUND, ON, (GAP,), Style(), top_count=1))

    assert document["processes"][0] == {
        "pid": 4711, "comm": "postgres", "cgroup": "/system.slice/db.service",
        "lost_ns": 2_348_000_000, "reclaim_ns": 2_300_000_000, "swapin_ns": 41_000_000,
        "thrashing_ns": None, "compact_ns": 7_000_000,
    }  # fmt: skip
    assert len(document["processes"]) == 2
    assert document["units"][0]["unit"] == "db.service"
    assert document["cgroups"][0]["processes_count"] == 3
    assert document["pressure"]["host"]["full_us"] == 1_025_000
    assert document["accounting"] == {"is_on": True, "counts_all": True, "on_since_s": None}
    assert (document["taskstats_version"], document["interval_s"]) == (10, 10.25)
    assert document["gaps"][0]["path"] == "taskstats"


def test_without_taskstats_there_is_pressure_and_the_gap():
    bare = replace(FOUND, version=None, processes=(), units=(), cgroups=())
    shown = text(bare, Accounting(is_on=None), (GAP,))

    assert shown.startswith("pressure stall (PSI memory) within 10.2 s")
    assert "gap taskstats: permission denied; who waited cannot be told" in shown


def test_that_the_switch_is_off_is_said_to_those_too_who_may_not_ask():
    bare = replace(FOUND, version=None, processes=(), units=(), cgroups=())

    assert "kernel.task_delayacct is off" in text(bare, OFF, (GAP,))


@pytest.mark.parametrize("style", [Style(), Style(is_unicode=False)])
def test_hostile_names_are_inert(hostile_name, style):
    found = replace(
        FOUND,
        processes=tuple(
            replace(one, comm=hostile_name, cgroup_path="/" + hostile_name)
            for one in FOUND.processes
        ),
        units=(replace(FOUND.units[0], name=hostile_name),),
        cgroups=(replace(FOUND.cgroups[0], name="/" + hostile_name),),
        stalls=(replace(FOUND.stalls[0], path="/" + hostile_name),),
    )
    shown = text(found, style=style)

    assert max(map(cell_len, shown.split("\n"))) <= 80
    assert "\x1b" not in shown
    assert style.is_unicode or shown.isascii()
    assert FORMATS["json"](found, ON, (), style, top_count=3).isascii()
