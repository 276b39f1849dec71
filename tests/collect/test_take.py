import io
import json
import lzma

import pytest
import zstandard

from vmadvisor.collect import Request, open_root, take
from vmadvisor.errors import RootError
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo


def ticks(host, processes):
    """A recording: vmstat at every tick, processes at the first and the third."""
    files = {f"5.0/{path}": text for path, text in host.items()}
    for tick, free in (("5.5", 7001), ("6.0", 7002), ("6.5", 7003)):
        files[f"{tick}/proc/vmstat"] = f"nr_free_pages {free}\n"
    for path, text in processes(42, rss=90_500, score=778, comm="postgres").items():
        files[f"6.0/{path}"] = text
    files["6.0/sys/fs/cgroup/db/memory.max"] = "1000\n"
    files["6.0/sys/fs/cgroup/db/memory.current"] = "900\n"
    files["6.0/proc/42/cgroup"] = "0::/db\n"
    order = sorted(files, key=lambda name: float(name.split("/")[0]))
    return {name: files[name] for name in order}


def without_time(snapshot):
    records = {kind: timed.record for kind, timed in snapshot.records.items()}
    return records, snapshot.processes, snapshot.cgroups, snapshot.host


def test_a_directory_and_every_kind_of_archive_give_the_same_snapshot(
    tmp_path, write_tree, tar_of, host
):
    data = tar_of({f"sos-db1/{path}": text for path, text in host.items()})
    archives = [data, lzma.compress(data), zstandard.ZstdCompressor().compress(data)]
    write_tree(tmp_path, host)

    before, of_directory = take(open_root(str(tmp_path), stdin=None), Request())

    assert before is None
    assert of_directory.host.hostname == "db1"
    assert of_directory.host.page_size_bytes is None
    assert not of_directory.host.is_live
    assert of_directory.processes.is_complete
    for archive in archives:
        before, snapshot = take(open_root("-", stdin=io.BytesIO(archive)), Request())
        assert before is None
        assert without_time(snapshot) == without_time(of_directory)


def test_a_recording_is_the_same_on_disk_and_in_an_archive(
    tmp_path, write_tree, tar_of, host, processes
):
    files = ticks(host, processes)
    write_tree(tmp_path, files)

    for at_s in (None, 5.2, 6.2):
        request = Request(at_s=at_s, interval_s=0.5)
        on_disk = take(open_root(str(tmp_path), stdin=None), request)
        in_archive = take(open_root("-", stdin=io.BytesIO(tar_of(files))), request)
        assert on_disk == in_archive


def test_rates_pair_like_with_like(tar_of, host, processes):
    root = open_root("-", stdin=io.BytesIO(tar_of(ticks(host, processes))))

    before, after = take(root, Request(interval_s=0.5))

    assert (before.time_s, after.time_s) == (6.0, 6.5)
    assert (before.time_of_s(Vmstat), after.time_of_s(Vmstat)) == (6.0, 6.5)
    assert (before.time_of_s(Meminfo), after.time_of_s(Meminfo)) == (5.0, 5.0)
    assert (before.processes.time_s, after.processes.time_s) == (5.0, 6.0)
    assert (before.processes.age_s, after.processes.age_s) == (1.0, 0.5)
    assert (before.processes.seen_count, after.processes.seen_count) == (2, 1)
    assert before.processes.details[42].oom_score == 777
    assert after.processes.details[42].oom_score == 778


def test_control_groups_of_a_recording_have_their_own_time(tar_of, host, processes):
    root = open_root("-", stdin=io.BytesIO(tar_of(ticks(host, processes))))

    before, after = take(root, Request(interval_s=0.5))

    assert before.cgroups is None
    assert after.cgroups.time_s == 6.0
    assert after.cgroups.groups["/db"].max_bytes == 1000
    assert after.processes.details[42].cgroup_path == "/db"


def test_a_moment_before_the_first_tick_is_an_error(tmp_path, write_tree, tar_of, host, processes):
    files = ticks(host, processes)
    write_tree(tmp_path, files)
    for root in (
        open_root("-", stdin=io.BytesIO(tar_of(files))),
        open_root(str(tmp_path), stdin=None),
    ):
        with pytest.raises(RootError, match=r"begins at 5\.0 s"):
            take(root, Request(at_s=4.9))


def test_processes_and_groups_are_left_out_when_nobody_asks(tar_of, host, processes):
    root = open_root("-", stdin=io.BytesIO(tar_of(ticks(host, processes))))

    _, after = take(root, Request(processes="none", cgroups=False))

    assert (after.processes, after.cgroups) == (None, None)


def test_a_torn_recording_says_so_in_its_gaps(tar_of, host, processes):
    data = tar_of(ticks(host, processes))

    _, after = take(open_root("-", stdin=io.BytesIO(data[:-12_000])), Request())

    assert any("the archive ends early" in gap.reason for gap in after.gaps)


@pytest.mark.shared
def test_every_shared_recording_gives_a_pair_at_any_moment(shared):
    index = json.loads((shared / "recordings/index.json").read_text())
    recordings = sorted((shared / "recordings").glob("00[0-9]-*.tar.zst"))
    assert len(index) >= len(recordings) > 5
    for path in recordings[::3]:
        for at_s in (None, 30.0):
            root = open_root(str(path), stdin=None)
            before, after = take(root, Request(at_s=at_s))
            assert 0.9 < after.time_s - before.time_s < 3
            assert 0 <= after.processes.age_s < 3
            assert after.processes.is_complete
            assert after.processes.unread_count == 0
            assert before.processes.time_s < after.processes.time_s
            assert after.get(Zoneinfo).zones
            assert not [gap for gap in after.gaps if gap.path == "/"]
