"""The past of a moment is what ``recording_walk`` would have told of it, however the recording was met."""

import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from vmadvisor.collect import Request, open_root, recording_past, taken
from vmadvisor.collect.recording_past import RecordingPast
from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.outlook import track_of
from vmadvisor.sources.cgroup import CgroupMemory
from vmadvisor.sources.vmstat import Vmstat

TRACKS = Path(__file__).resolve().parents[2] / "fixtures" / "tracks"
GROUP = str(TRACKS / "group-before-kill" / "recording.tar.zst")


@pytest.fixture(scope="module")
def plain():
    """The recording's tar archive, not compressed."""
    packed = Path(GROUP).read_bytes()
    return zstandard.ZstdDecompressor().stream_reader(packed).read()


def samples_until(path, at_s=None, past_s=120.0):
    return list(track_of(taken(open_root(str(path)), Request(at_s=at_s, past_s=past_s)).past))


def walked(path, at_s=None):
    found = walk(Path(path), with_processes=False)
    return list(track_of(one for one in found if at_s is None or one.time_s <= at_s))


def ticks(past, times, path="proc/vmstat", kind="record", data=b"pgfault 1\n"):
    for time_s in times:
        past.add(time_s, path, kind, data)


def times_of(past):
    return [(one.time_s, one.time_of_s(Vmstat)) for one in past.snapshots(None)]


@pytest.mark.parametrize("at_s", [None, 23.5, 26.904528, 19.2])
def test_a_moment_has_the_samples_that_a_walk_up_to_it_has(at_s):
    assert samples_until(GROUP, at_s) == walked(GROUP, at_s)


def test_a_stream_and_a_directory_give_what_the_file_gives(tmp_path, plain):
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        tar.extractall(tmp_path / "ticks", filter="data")
    found = taken(open_root("-", stdin=io.BytesIO(plain)), Request(past_s=120.0))
    of_stream = list(track_of(found.past))

    assert of_stream == walked(GROUP)
    assert samples_until(tmp_path / "ticks") == of_stream


def test_without_a_past_asked_for_there_is_none():
    assert list(taken(open_root(GROUP), Request()).past) == []


def test_a_tree_that_is_no_recording_has_no_past(tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "vmstat").write_text("pgfault 1\n")

    assert list(taken(open_root(str(tmp_path)), Request(past_s=9.0)).past) == []


def test_of_the_past_one_tick_older_than_the_window_stays():
    past = RecordingPast(10.0)
    ticks(past, [1.5, 4.0, 7.0, 12.5, 17.25])

    assert times_of(past) == [(7.0, 7.0), (12.5, 12.5), (17.25, 17.25)]


def test_what_is_older_is_carried_on():
    past = RecordingPast(2.0)
    past.add(1.0, "proc/meminfo", "record", b"MemTotal: 31 kB\nMemFree: 7 kB\n")
    ticks(past, [1.0, 2.0, 5.5, 6.5])
    found = list(past.snapshots(None))

    assert [one.time_s for one in found] == [2.0, 5.5, 6.5]
    assert {len(one.records) for one in found} == {2}


def test_a_tick_without_vmstat_is_no_end_of_the_window():
    """Control groups are read more rarely, and at times of their own."""
    past = RecordingPast(2.0)
    ticks(past, [1.0, 5.0])
    ticks(past, [5.5, 6.0, 6.5], "sys/fs/cgroup/a/memory.max", "cgroup", b"4096\n")
    ticks(past, [7.5])

    assert times_of(past) == [(5.0, 5.0), (7.5, 7.5)]


def test_what_is_held_is_bounded(monkeypatch):
    monkeypatch.setattr(recording_past, "HELD_MAX_BYTES", 3_000)
    past = RecordingPast(1e9)
    ticks(past, range(1, 40), data=b"pgfault 1\n" + b"x" * 500)
    ticks(past, range(40, 80), "sys/fs/cgroup/a/memory.max", "cgroup", b"y" * 500)

    assert len(past._ticks) <= 4
    assert len(list(past.snapshots(None))) <= 4


def test_scans_on_both_sides_of_a_loss_are_left_out():
    past = RecordingPast(100.0)
    for time_s, limit in ((1.0, b"4096\n"), (2.0, b"8192\n"), (3.0, b"12288\n"), (4.0, b"16384\n")):
        past.add(time_s, "proc/vmstat", "record", b"pgfault 1\n")
        past.add(time_s, "sys/fs/cgroup/a/memory.max", "cgroup", limit)
        past.add(time_s, "sys/fs/cgroup/a/memory.current", "cgroup", b"4096\n")
        if time_s == 2.0:
            past.break_off()
    found = [one.cgroups.groups["/a"] for one in past.snapshots(None)]

    assert all(isinstance(one, CgroupMemory) for one in found)
    assert [one.max_bytes for one in found] == [4096, 4096, 4096, 16384]


def test_a_recording_cut_short_ends_with_what_is_whole(tmp_path, plain):
    torn = tmp_path / "torn.tar"
    torn.write_bytes(plain[: len(plain) * 2 // 3])

    found = samples_until(torn)

    assert len(found) > 20
    assert found == walked(torn)
