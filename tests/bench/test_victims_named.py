"""Which snapshot a kill is held against, and whose order."""

import json

import pytest
from victims_named import Kill, _before, kills_of, said_before, truth_of

from vmadvisor.snapshot import HostFacts, Process, ProcessScan, Snapshot, Timed
from vmadvisor.sources import meminfo, version
from vmadvisor.sources.pid_stat import parse as parse_stat
from vmadvisor.sources.pid_statm import parse as parse_statm
from vmadvisor.sources.pid_status import parse as parse_status

KILL = Kill(time_s=9.5, pid=41, comm="big", is_group=False)


def process(pid, comm, rss_kib):
    fields = " ".join(["0"] * 20 + [str(rss_kib // 4)] + ["0"] * 28)
    status = f"Name:\t{comm}\n"
    if rss_kib:
        status += f"VmRSS:\t{rss_kib} kB\nRssAnon:\t{rss_kib} kB\nVmPTE:\t8 kB\nVmSwap:\t0 kB\n"
    return Process(
        pid_id=pid,
        stat=parse_stat(f"{pid} ({comm}) S {fields}"),
        status=parse_status(status),
        statm=parse_statm(f"{rss_kib // 2} {rss_kib // 4} 0 0 0 0 0"),
        oom_score=None,
        oom_score_adj=0,
        cgroup_path="/",
    )


def snapshot(time_s, *processes):
    return Snapshot(
        time_s=time_s,
        host=HostFacts(
            hostname=None,
            arch="x86_64",
            boot_id=None,
            page_size_bytes=4096,
            clock_hz=100,
            is_live=False,
        ),
        records={
            type(record): Timed(time_s=time_s, record=record)
            for record in (
                meminfo.parse("MemTotal: 400000 kB\nMemFree: 9000 kB\nSwapTotal: 0 kB\n"),
                version.parse("Linux version 6.1.0-18-amd64 (a@b) (gcc) #1 SMP"),
            )
        },
        processes=ProcessScan(
            time_s=time_s,
            age_s=0.0,
            seen_count=len(processes),
            vanished_count=0,
            unread_count=0,
            is_complete=True,
            sees_kernel_threads=True,
            rss_pages={},
            details={one.pid_id: one for one in processes},
        ),
    )


def test_the_largest_is_named_before_it_is_killed():
    found = said_before(
        snapshot(9.0, process(41, "big", 90_000), process(42, "small", 30_000)), KILL
    )

    assert (found.rank, found.first, found.age_s) == (1, "big", 0.5)


def test_one_that_was_not_the_first_has_its_rank():
    found = said_before(
        snapshot(9.0, process(41, "big", 20_000), process(42, "small", 30_000)), KILL
    )

    assert (found.rank, found.first) == (2, "small")


def test_a_scan_that_shows_it_dying_already_is_no_scan_before():
    whole = snapshot(8.0, process(41, "big", 90_000), process(42, "small", 30_000))
    dying = snapshot(9.4, process(41, "big", 0), process(42, "small", 30_000))

    assert [one.rank for one in _before([whole, dying], KILL)] == [1]


def test_one_that_no_scan_had_seen_counts_as_missed():
    assert [one.rank for one in _before([snapshot(9.0, process(42, "small", 30_000))], KILL)] == [0]


@pytest.mark.parametrize("key", ["kills", "oom_kills"])
def test_both_forms_of_truth_are_read(tmp_path, key):
    truth = {key: [{"time_s": 9.5, "pid": 41, "comm": "big", "scope": "global"}]}
    if key == "kills":
        (tmp_path / "index.json").write_text(json.dumps([{"name": "a", "truth": truth}]))
    else:
        (tmp_path / "a.truth.json").write_text(json.dumps(truth))

    assert kills_of(truth_of(tmp_path / "a.tar.zst")) == [KILL]
