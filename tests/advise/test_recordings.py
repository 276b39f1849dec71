"""Verdicts on recorded kernels: silence where all was well, alarm where it was not, in the right scope."""

import json

import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import make_report
from vmadvisor.collect import Request, open_root, take

pytestmark = pytest.mark.shared


@pytest.fixture
def verdict(shared):
    def at(name, time_s, interval_s=1.0):
        request = Request(processes="shortlist", cgroups=True, deep=False, interval_s=interval_s,
                          at_s=time_s, deadline_s=60.0)  # fmt: skip
        root = open_root(str(shared / "recordings" / f"{name}.tar.zst"))
        return make_report(*take(root, request), time_utc="", tool_version="")

    return at


@pytest.fixture
def truth(shared):
    index = json.loads((shared / "recordings" / "index.json").read_text())
    return {one["name"]: one["truth"] for one in index}


@pytest.mark.parametrize("name", ["000-healthy", "010-healthy", "020-healthy"])
@pytest.mark.parametrize(("share", "interval_s"), [(0.4, 1.0), (1.0, 1.0), (1.0, 0.0)])
def test_a_healthy_guest_is_ok_at_any_moment(verdict, truth, name, share, interval_s):
    start_s, end_s = truth[name]["start_s"], truth[name]["end_s"]
    report = verdict(name, start_s + share * (end_s - start_s), interval_s)

    assert report.status is Severity.OK


@pytest.mark.parametrize(
    ("name", "time_s"), [("005-dirty", 40.0), ("015-dirty", 19.8), ("014-stream", 50.0)]
)
def test_a_page_cache_kept_in_bounds_by_kswapd_is_ok(verdict, name, time_s):
    """At 19.8 s PSI full is 11 %: kswapd's own time, no task reclaimed or waited."""
    assert verdict(name, time_s).status is Severity.OK


@pytest.mark.parametrize("name", ["008-memcg", "018-memcg", "028-memcg"])
@pytest.mark.parametrize(("later_s", "interval_s"), [(0.6, 1.0), (1.5, 0.0)])
def test_a_kill_at_a_cgroups_limit_is_never_critical_for_the_host(
    verdict, truth, name, later_s, interval_s
):
    (kill,) = truth[name]["kills"]
    report = verdict(name, kill["time_s"] + later_s, interval_s)

    assert kill["scope"] == "memcg"
    assert report.status in {Severity.OK, Severity.WARNING}


def test_the_stalls_of_a_capped_group_are_its_own(verdict):
    """2.7 s before the group's own OOM kill: foreseen in its scope, and nothing of it is the host's."""
    report = verdict("018-memcg", 41.9)
    alarms = [(finding.id, finding.scope) for finding in report.loud]

    assert report.stall is not None
    assert report.stall.memory_full_ratio is not None
    assert report.stall.memory_full_ratio > 0.05
    assert alarms == [("VMA-FORESEEN-001", "/ctr")]
    assert any("come from /ctr at its own limit" in one.title for one in report.judgement.findings)


@pytest.mark.parametrize(
    ("name", "time_s", "status"),
    [
        ("freeze/000-slowswap", 45.2, Severity.CRITICAL),
        ("freeze/000-slowswap", 80.0, Severity.CRITICAL),
        ("007-victims", 35.9, Severity.WARNING),
        ("021-leak", 57.2, Severity.CRITICAL),
        ("026-thrash", 35.3, Severity.WARNING),
    ],
)
def test_a_guest_in_trouble_is_told_so(verdict, name, time_s, status):
    assert verdict(name, time_s).status is status


@pytest.mark.parametrize("name", ["001-leak", "006-thrash", "011-leak"])
def test_a_kill_of_the_hosts_is_critical_in_the_interval_that_holds_it(verdict, truth, name):
    kill = truth[name]["kills"][0]
    report = verdict(name, kill["time_s"] + 0.9)

    assert kill["scope"] == "global"
    assert report.status is Severity.CRITICAL
    assert report.judgement.findings[0].id == "VMA-OOM-001"
