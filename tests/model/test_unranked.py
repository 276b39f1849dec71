"""What the OOM killer's order leaves out is named, but for what merely ended meanwhile."""

from dataclasses import replace

import pytest

from vmadvisor.model.unranked import unranked_gap, why_nobody
from vmadvisor.snapshot import Gap
from vmadvisor.sources import version
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pid_status import PidStatus

INFO = Meminfo(mem_total_kib=800_000, mem_free_kib=9_000, swap_total_kib=64_000, swap_free_kib=70)
NEW = version.parse("Linux version 6.1.1 (x)")


@pytest.fixture
def moment(snapshot, scan, host, process):
    """One process without a status, one without an oom_score_adj."""
    status = PidStatus(vm_rss_kib=36, vm_pte_kib=8)
    found = scan(
        3.0,
        process(20, "a", rss_pages=700),
        process(30, "b", rss_pages=9, status=status, oom_score_adj=None),
    )

    def build(*, is_live, processes=found):
        facts = host(page_size_bytes=4096, is_live=is_live)
        return snapshot((3.0, INFO), (3.0, NEW), host=facts, processes=processes)

    return build


def test_a_captured_process_without_its_files_is_named(moment):
    gap = unranked_gap(moment(is_live=False))

    assert gap is not None
    assert gap.path == "/proc/PID"
    assert gap.reason == "2 processes cannot be ranked (no status)"


def test_a_live_process_that_ended_between_two_files_is_not(moment):
    gap = unranked_gap(moment(is_live=True))

    assert gap is not None
    assert gap.reason == "1 processes cannot be ranked (no status)"


def test_nobody_missing_is_no_gap(moment, scan):
    assert unranked_gap(moment(is_live=False, processes=scan(3.0))) is None
    assert unranked_gap(moment(is_live=False, processes=None)) is None


def test_no_order_at_all_has_its_own_reason(moment, scan, snapshot):
    cut = replace(
        moment(is_live=True, processes=scan(3.0)),
        gaps=(Gap(path="/proc/PID", reason="0 of 66 processes read within 0.1 s", cost="x"),),
    )

    assert why_nobody(cut) == "0 of 66 processes read within 0.1 s"
    assert why_nobody(moment(is_live=True, processes=None)) == "no processes"
    assert "MemTotal" in why_nobody(snapshot(processes=scan(3.0)))
    assert why_nobody(moment(is_live=True, processes=scan(3.0))) == "no process has user memory"
