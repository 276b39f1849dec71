import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect.budget import Budget
from vmadvisor.collect.recording_window import RecordingWindow

FAST = [10.0, 10.2, 10.4, 10.6, 10.8, 11.0, 11.2, 11.4, 11.6, 11.8, 12.0, 12.2]
SCANS = [10.0, 11.0, 12.0]
RARE = [10.2]


def versions():
    """(time, path, kind, bytes) of a small recording, in order; bytes tell the tick."""
    for tick in FAST:
        yield tick, "proc/vmstat", "record", b"fast %.1f" % tick
        if tick in RARE:
            yield tick, "proc/version", "record", b"rare %.1f" % tick
        if tick in SCANS:
            for pid in (1, 20, 3) if tick < 12 else (1, 20):
                for name in ("stat", "statm"):
                    yield tick, f"proc/{pid}/{name}", "process", b"scan %.1f" % tick
            yield tick, "sys/fs/cgroup/a/memory.max", "cgroup", b"group %.1f" % tick


def window_of(stream, *, at_s=None, interval_s=1.0):
    window = RecordingWindow(at_s=at_s, interval_s=interval_s, budget=Budget())
    for time_s, path, kind, data in stream:
        if window.wants(time_s, path):
            window.add(time_s, path, kind, data)
    return window


def moments_of(stream, *, is_torn=False, **options):
    return window_of(stream, **options).moments(is_torn=is_torn)


def files_of(tree):
    return None if tree is None else {path: tree.read(path) for path in _paths(tree, "")}


def _paths(tree, directory):
    try:
        names = tree.names(directory)
    except NotADirectoryError:
        yield directory
        return
    for name in names:
        yield from _paths(tree, f"{directory}/{name}".lstrip("/"))


def test_the_end_is_the_newest_of_everything_each_with_its_own_time():
    _, after = moments_of(versions())

    assert after.now_s() == 12.2
    assert after.read("proc/vmstat") == (b"fast 12.2", 12.2)
    assert after.read("proc/version") == (b"rare 10.2", 10.2)
    assert after.read("proc/1/stat") == (b"scan 12.0", 12.0)
    assert after.read("sys/fs/cgroup/a/memory.max") == (b"group 12.0", 12.0)
    assert after.processes_time_s() == 12.0


def test_before_pairs_like_with_like_at_least_an_interval_apart():
    before, _ = moments_of(versions())

    assert before.now_s() == 11.2
    assert before.read("proc/vmstat") == (b"fast 11.2", 11.2)
    assert before.read("proc/version") == (b"rare 10.2", 10.2)
    assert before.read("proc/1/stat") == (b"scan 11.0", 11.0)


def test_a_scan_is_a_set_so_who_is_gone_does_not_come_back():
    before, after = moments_of(versions())

    assert before.subdirectories("proc") == ["1", "20", "3"]
    assert after.subdirectories("proc") == ["1", "20"]


def test_a_scan_is_as_old_as_it_is_when_the_moment_falls_between_two():
    before, after = moments_of(versions(), at_s=11.9)

    assert (after.now_s(), after.processes_time_s()) == (11.8, 11.0)
    assert (before.now_s(), before.processes_time_s()) == (10.8, 10.0)


def test_versions_after_the_moment_are_not_looked_at():
    _, after = moments_of(versions(), at_s=10.3)

    assert after.read("proc/vmstat") == (b"fast 10.2", 10.2)


def test_a_moment_beyond_the_end_is_the_end():
    assert files_of(moments_of(versions(), at_s=99.0)[1]) == files_of(moments_of(versions())[1])


def test_before_the_first_tick_there_is_nothing():
    window = window_of(versions(), at_s=9.9)

    assert window.moments(is_torn=False) == (None, None)
    assert window.first_s == 10.0


def test_an_interval_longer_than_the_recording_gives_all_of_it():
    before, after = moments_of(versions(), interval_s=60.0)

    assert (before.now_s(), after.now_s()) == (10.0, 12.2)
    assert (before.processes_time_s(), after.processes_time_s()) == (10.0, 12.0)


def test_a_single_tick_or_no_interval_has_no_before():
    assert moments_of(versions(), at_s=10.1)[0] is None
    assert moments_of(versions(), interval_s=0.0)[0] is None


def test_of_a_torn_recording_the_scan_at_its_end_is_left_out():
    torn = [version for version in versions() if version[0] <= 12.0][:-2]

    before, after = moments_of(torn, is_torn=True)

    assert (after.now_s(), after.processes_time_s()) == (12.0, 11.0)
    assert after.subdirectories("proc") == ["1", "20", "3"]
    assert before.processes_time_s() == 10.0


def test_of_a_torn_recording_a_scan_that_looks_whole_is_left_out_too():
    stream = [
        (tick, f"proc/{pid}/stat", "process", b"s")
        for tick, pids in ((10.0, (1, 2, 3)), (11.0, (1, 2, 4)))
        for pid in pids
    ]

    assert moments_of(stream)[1].processes_time_s() == 11.0
    assert moments_of(stream, is_torn=True)[1].processes_time_s() == 10.0


def test_scans_too_are_an_interval_apart_where_there_are_enough():
    stream = [
        (tick, "proc/1/stat", "process", b"s") for tick in (10.0, 10.4, 10.8, 11.2, 11.6, 12.0)
    ]

    before, after = moments_of([*stream, (12.2, "proc/stat", "record", b"x")])

    assert (before.now_s(), after.now_s()) == (11.2, 12.2)
    assert (before.processes_time_s(), after.processes_time_s()) == (10.8, 12.0)


def test_a_torn_end_far_behind_the_moment_does_not_matter():
    torn = list(versions())[:-4]

    _, after = moments_of(torn, is_torn=True, at_s=11.1)

    assert after.processes_time_s() == 11.0


@pytest.mark.parametrize("kept_count", [1, 2, 3])
def test_a_scan_cut_short_is_left_out_though_the_archive_was_closed(kept_count):
    """Cut after one file of a process, after a whole one, and within the next."""
    whole = [version for version in versions() if version[0] < 12.0]
    cut = [version for version in versions() if version[0] == 12.0][1 : 1 + kept_count]

    _, after = moments_of([*whole, (12.0, "proc/vmstat", "record", b"x"), *cut])

    assert after.processes_time_s() == 11.0


def test_the_only_scan_is_used_even_if_its_last_process_lacks_a_file():
    stream = [
        (10.0, "proc/1/stat", "process", b"s"),
        (10.0, "proc/1/statm", "process", b"m"),
        (10.0, "proc/9/stat", "process", b"s"),
    ]

    assert moments_of(stream)[1].subdirectories("proc") == ["1", "9"]


def test_a_version_written_twice_counts_once_the_later_one():
    stream = [(10.0, "proc/stat", "record", b"first"), (10.0, "proc/stat", "record", b"second")]

    assert moments_of(stream)[1].read("proc/stat") == (b"second", 10.0)


@given(
    seed=st.integers(0, 10_000),
    at_s=st.sampled_from([None, 9.0, 10.0, 10.5, 11.0, 11.9, 12.0, 12.2]),
    interval_s=st.sampled_from([0.0, 0.2, 0.5, 1.0, 2.0, 30.0]),
)
def test_the_order_of_the_members_does_not_matter(seed, at_s, interval_s):
    shuffled = list(versions())
    random.Random(seed).shuffle(shuffled)
    # A stream in any order ends properly with a member that is no process file.
    last = (12.2, "proc/vmstat", "record", b"fast 12.2")

    for one, other in zip(
        moments_of(versions(), at_s=at_s, interval_s=interval_s),
        moments_of([*shuffled, last], at_s=at_s, interval_s=interval_s),
        strict=True,
    ):
        assert files_of(one) == files_of(other)


def test_a_long_recording_is_kept_only_as_far_as_can_be_asked_for():
    budget = Budget()
    window = RecordingWindow(at_s=None, interval_s=1.0, budget=budget)
    kept = []
    for tick in range(2000):
        window.add(tick / 5, "proc/vmstat", "record", b"x" * 1000)
        for pid in range(20):
            if tick % 5 == 0:
                window.add(tick / 5, f"proc/{pid + tick}/stat", "process", b"y" * 100)
        kept.append(budget._kept_bytes)

    assert max(kept) < 60_000
    assert kept[-1] < 60_000


def test_scans_on_both_sides_of_a_loss_are_left_out():
    """Whatever comes of those ticks later; the host's own files stay."""
    window = RecordingWindow(at_s=None, interval_s=1.0, budget=Budget())
    stream = list(versions())
    cut = next(i for i, (tick, path, *_) in enumerate(stream) if tick == 12 and "20" in path)
    for index, (tick, path, kind, data) in enumerate(stream):
        if index == cut:
            assert window.last_s == 12.0
            window.break_off()
        if window.wants(tick, path):
            window.add(tick, path, kind, data)

    before, after = window.moments(is_torn=False)

    assert (after.now_s(), after.processes_time_s()) == (12.2, 11.0)
    assert after.read("proc/vmstat") == (b"fast 12.2", 12.2)
    assert after.read("sys/fs/cgroup/a/memory.max") == (b"group 11.0", 11.0)
    assert before.processes_time_s() == 10.0


def test_a_loss_between_two_ticks_belongs_to_both():
    window = RecordingWindow(at_s=None, interval_s=0.0, budget=Budget())
    for tick, path, kind, data in versions():
        if (tick, path) == (11.0, "proc/vmstat"):
            window.break_off()
        if window.wants(tick, path) and tick < 12:
            window.add(tick, path, kind, data)

    assert window.moments(is_torn=False)[1].processes_time_s() == 10.0
