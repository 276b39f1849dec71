"""The kill order as the fixed interface has it, and as a table in which no name does harm."""

import json
from dataclasses import replace

import pytest
from rich.cells import cell_len

from vmadvisor.advise.rules import _examples
from vmadvisor.model.daemon_choice import DaemonChoices, EarlyoomChoice, OomdChoice
from vmadvisor.render.style import Style
from vmadvisor.render.victims import FORMATS
from vmadvisor.snapshot import Gap, HostFacts, Snapshot


@pytest.fixture
def snapshot():
    host = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=4096, clock_hz=None,
                     is_live=False)  # fmt: skip
    gap = Gap(path="/proc/7/stat", reason="permission denied", cost="its place is not known")
    return Snapshot(time_s=1.0, host=host, gaps=(gap,))


ORDERS = {
    "host": (
        replace(_examples.VICTIM, pid_id=4_194_303, comm="worker", kernel_oom_score=771),
        replace(_examples.VICTIM, pid_id=9, comm="sshd", killable=False, oom_score_adj=-1_000,
                oom_score=0, kernel_oom_score=None, points_pages=0),
    ),
    "/jobs": (replace(_examples.VICTIM, pid_id=31, comm="batch", scope="/jobs"),),
}  # fmt: skip


def test_json_has_the_fixed_interface_with_the_host_first(snapshot):
    document = json.loads(FORMATS["json"](ORDERS, snapshot, Style()))

    assert [(one["scope"], one["pid"]) for one in document["victims"]] == [
        ("host", 4_194_303), ("host", 9), ("/jobs", 31),
    ]  # fmt: skip
    assert document["victims"][0] == {
        "pid": 4_194_303, "comm": "worker", "scope": "host", "points_pages": 400_000,
        "oom_score": 770, "kernel_oom_score": 771, "oom_score_adj": 0, "killable": True,
        "rss_pages": 390_000, "swap_pages": 9_000, "page_table_pages": 1_000,
    }  # fmt: skip
    assert document["victims"][1]["kernel_oom_score"] is None
    assert document["gaps"][0]["path"] == "/proc/7/stat"


def test_text_ranks_each_scope_and_shows_the_kernels_score_where_it_differs(snapshot):
    lines = FORMATS["text"](ORDERS, snapshot, Style()).split("\n")

    assert lines[0] == "OOM of host: who goes first"
    assert "OOM of /jobs: who goes first" in lines
    worker = next(line for line in lines if "worker" in line)
    assert worker.split()[:3] == ["1", "4194303", "worker"]
    assert "770 (771)" in worker
    assert any(line.startswith("score in parentheses") for line in lines)
    never = next(line for line in lines if "sshd" in line)
    assert never.split()[:4] == ["never", "9", "sshd", "-"]
    assert any(line.startswith("gap /proc/7/stat: permission denied") for line in lines)


DAEMONS = DaemonChoices(
    earlyoom=EarlyoomChoice(pid_id=4_711, comm="java", score=970, is_rss=False),
    oomd=(
        OomdChoice(kind="swap", watched_path="/", path="/db", number=3 * 2**30),
        OomdChoice(kind="pressure", watched_path="/u", path="/u/a", number=1_234),
    ),
)


def test_killers_in_userspace_stand_below_the_kernels_order(snapshot):
    shown = FORMATS["text"](ORDERS, snapshot, Style(width_columns=120), DAEMONS)

    assert "earlyoom would take 4711 java (oom_score 970, as it counts)" in shown
    assert "systemd-oomd would kill, with swap nearly full: /db (3.0 GiB of swap)" in shown
    assert "with pressure in /u: /u/a (1,234 pages scanned within a second)" in shown
    document = json.loads(FORMATS["json"](ORDERS, snapshot, Style(), DAEMONS))
    assert document["earlyoom"] == {"pid": 4_711, "comm": "java", "score": 970, "is_rss": False}
    assert document["systemd_oomd"][1]["path"] == "/u/a"


def test_their_names_are_inert(snapshot, hostile_name):
    daemons = DaemonChoices(
        earlyoom=replace(DAEMONS.earlyoom, comm=hostile_name),
        oomd=tuple(replace(one, path="/" + hostile_name) for one in DAEMONS.oomd),
    )
    shown = FORMATS["text"](ORDERS, snapshot, Style(), daemons)

    assert max(map(cell_len, shown.split("\n"))) <= 80
    assert "\x1b" not in shown


@pytest.mark.parametrize("style", [Style(), Style(is_unicode=False)])
def test_hostile_names_are_inert(snapshot, hostile_name, style):
    orders = {
        "host": tuple(replace(one, comm=hostile_name) for one in ORDERS["host"]),
        "/" + hostile_name: ORDERS["/jobs"],
    }
    shown = FORMATS["text"](orders, snapshot, style)

    assert max(map(cell_len, shown.split("\n"))) <= 80
    assert "\x1b" not in shown
    assert shown.encode("utf-8")
    assert style.is_unicode or shown.isascii()
    assert FORMATS["json"](orders, snapshot, style).isascii()
