"""Members of a stream become ticks, each whole once another begins."""

import tarfile

import pytest

from vmadvisor.collect import recording_ticks
from vmadvisor.collect.recording_ticks import ticks_of
from vmadvisor.collect.wanted import Wanted
from vmadvisor.errors import RootError
from vmadvisor.sources import SOURCES


@pytest.fixture
def ticks(tmp_path, tar_of):
    def read(members, wants=bool, cut=None):
        path = tmp_path / "r.tar"
        path.write_bytes(tar_of(members, form=tarfile.USTAR_FORMAT)[:cut])
        return list(ticks_of(path, Wanted(SOURCES), wants))

    return read


def test_files_are_gathered_by_tick_with_their_kind(ticks):
    first, second = ticks(
        [
            ("5.5/proc/stat", "cpu 3"),
            ("5.5/proc/7/statm", "70"),
            ("5.5/etc/passwd", "root"),
            ("6.5/sys/fs/cgroup/a/memory.max", "max"),
        ]
    )

    assert (first.time_s, first.files) == (
        5.5, {"proc/stat": ("record", b"cpu 3"), "proc/7/statm": ("process", b"70")},
    )  # fmt: skip
    assert (second.time_s, second.files) == (
        6.5, {"sys/fs/cgroup/a/memory.max": ("cgroup", b"max")},
    )  # fmt: skip
    assert [(tick.is_cut, tick.is_last) for tick in (first, second)] == [
        (False, False), (False, True),
    ]  # fmt: skip


def test_kinds_that_nobody_wants_are_not_read(ticks):
    members = [("5.5/proc/7/statm", "70"), ("5.5/proc/stat", "cpu 3"), ("6.5/proc/7/statm", "75")]

    first, second = ticks(members, wants=lambda kind: kind == "record")

    assert (list(first.files), list(second.files)) == (["proc/stat"], [])


def test_other_trees_and_other_recordings_are_passed_over(ticks):
    (tick,) = ticks(
        [
            ("host/proc/stat", "no tick"),
            ("host/5.5/proc/stat", "cpu 3"),
            ("other/6.5/proc/stat", "cpu 5"),
            ("proc/stat", "no tick"),
            ("host/5.5/proc/uptime", "7.5 6.5"),
        ]
    )

    assert (tick.time_s, list(tick.files)) == (5.5, ["proc/stat", "proc/uptime"])


def test_what_the_recording_says_of_itself_goes_with_its_ticks(ticks):
    first, second = ticks(
        [
            ("meta.json", "{}"),
            ("5.5/proc/stat", "cpu 3"),
            ("6.5/proc/stat", "cpu 5"),
            ("end.json", "x"),
        ]
    )

    assert (first.meta, second.meta) == (b"{}", b"{}")


def test_a_tick_that_breaks_off_is_cut(ticks):
    first, second = ticks([("5.5/proc/stat", "x" * 700), ("6.5/proc/stat", "y" * 700)], cut=2600)

    assert (first.is_cut, second.is_cut) == (False, True)
    assert [gap.reason for gap in second.gaps] == [
        "the archive ends early: it breaks off within a file"
    ]
    assert second.files == {}


def test_a_tick_larger_than_memory_should_hold_is_refused(ticks, monkeypatch):
    monkeypatch.setattr(recording_ticks, "TICK_MAX_BYTES", 20_000)

    assert len(ticks([(f"{n}.5/proc/7/stat", "x" * 9000) for n in range(9)])) == 9
    with pytest.raises(RootError, match="of the archive are of use"):
        ticks([(f"5.5/proc/{n}/stat", "x" * 9000) for n in range(1, 9)])


def test_a_file_too_large_is_left_out_and_named(ticks, monkeypatch):
    monkeypatch.setattr(recording_ticks, "READ_LIMIT_BYTES", 2**20)

    (tick,) = ticks([("5.5/proc/vmstat", bytes(2**20 + 1)), ("5.5/proc/stat", "cpu 3")])

    assert list(tick.files) == ["proc/stat"]
    assert [(gap.path, gap.reason) for gap in tick.gaps] == [
        ("/proc/vmstat", "larger than 1 MiB in the archive")
    ]
