"""One guest, booted for real: what the recorder wrote is what vmadvisor reads."""

import json
import os
from dataclasses import fields, replace

import pytest

from lab import kernels, tools
from lab.command import SCENARIOS
from lab.errors import LabError
from lab.run import run
from lab.scenario import load
from vmadvisor.collect import Request, open_root, take
from vmadvisor.kernel import watermarks
from vmadvisor.sources.vmstat import Vmstat

pytestmark = pytest.mark.lab

KERNEL = os.environ.get("VMADVISOR_LAB_KERNEL", "6.1")
MAY_FETCH = bool(os.environ.get("VMADVISOR_LAB_FETCH"))
"""A test run downloads nothing unless it is told to, as CI is."""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """The recording of the smoke scenario; skipped, in words, where no guest can be had."""
    cache = tools.default_cache()
    if packages := tools.missing():
        pytest.skip(f"the lab needs {', '.join(packages)}")
    if not MAY_FETCH and kernels.installed(KERNEL, cache) is None:
        pytest.skip(f"no kernel to boot: python tests/lab kernels {KERNEL}")
    try:
        kernels.ensure(KERNEL, cache)
    except LabError as error:
        pytest.skip(f"no kernel to boot: {error}")
    scenario = replace(load(SCENARIOS / "smoke.toml"), kernel=KERNEL)
    return run(scenario, "smoke", tmp_path_factory.mktemp("lab"), cache)


@pytest.fixture(scope="module")
def pairs(result):
    """(before, after) every two seconds of the recording."""
    told = result.truth
    root = open_root(str(result.recording))
    moments = [told["start_s"] + seconds for seconds in (2, 4, 6, 8)] + [None]
    return [take(root, Request(processes="all", at_s=at_s)) for at_s in moments]


def test_the_guest_recorded_ten_seconds_and_nothing_went_wrong(result):
    told = result.truth

    assert 9.0 < told["end_s"] - told["start_s"] < 12.0
    assert told["ticks_count"] >= 30
    assert told["dropped_frames_count"] == 0
    assert (told["is_torn"], told["complaints"], told["differs"]) == (False, [], [])
    assert json.loads(result.recording.with_name("smoke.truth.json").read_text()) == told


def test_vmadvisor_computes_the_marks_that_the_kernel_set(pairs):
    for _, after in pairs:
        marks = watermarks.table(after)
        assert {mark.zone for mark in marks} >= {"DMA", "DMA32"}
        assert {mark.agreement for mark in marks} == {"equal"}


def test_counters_never_fall_and_those_of_work_done_rise(pairs):
    readings = [snapshot.get(Vmstat) for pair in pairs for snapshot in pair]
    ordered = sorted(readings, key=lambda vmstat: vmstat.pgfree_pages_total)
    names = [field.name for field in fields(Vmstat) if field.name.endswith("_total")]

    for name in names:
        values = [value for vmstat in ordered if (value := getattr(vmstat, name)) is not None]
        assert values == sorted(values), name
    assert ordered[-1].pgalloc_pages_total > ordered[0].pgalloc_pages_total + 100


def test_the_scenarios_processes_and_group_are_there_as_they_were_asked_for(pairs):
    after = pairs[-1][1]
    processes = {process.stat.comm: process for process in after.processes.details.values()}
    group = after.cgroups.groups["/batch/ctr"]

    assert after.host.hostname == "lab-guest" or after.host.hostname is None
    assert processes["ctr"].oom_score_adj == 300
    assert processes["ctr"].cgroup_path == "/batch/ctr"
    assert processes["recorder"].oom_score_adj == -1000
    assert processes["base"].stat.rss_pages * 4 > 40 * 1024
    assert group.max_bytes == 32 << 20


def test_nothing_but_the_optional_is_missing_from_the_recording(pairs):
    missing = {gap.path for gap in pairs[-1][1].gaps}

    assert not [
        path
        for path in missing
        if path.startswith(("/proc/meminfo", "/proc/vmstat", "/proc/zoneinfo"))
    ]
    assert "/proc/uptime" not in missing
