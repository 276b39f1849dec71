"""A recording walked from its first tick to its last is what ``check`` sees at each of its moments."""

import tarfile
from dataclasses import replace
from itertools import pairwise

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect import Request, open_root, take
from vmadvisor.collect.recording_walk import walk
from vmadvisor.errors import RootError
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.numa_node import NumaNode
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.vmstat import Vmstat

MEMINFO = "MemTotal: 8045220 kB\nMemFree: {} kB\n"
NODE = "sys/devices/system/node/node{}/numastat"
GROUP = "sys/fs/cgroup/a/{}"


def vmstat(kills):
    return f"nr_free_pages 77\noom_kill {kills}\n"


@pytest.fixture(scope="session")
def recording(tmp_path_factory, tar_of):
    """Writes (tick, path -> text) pairs as a recording; returns its path."""

    def write(*ticks, pack=bytes, ended=True, meta=None):
        members = [] if meta is None else [("meta.json", meta)]
        for tick, files in ticks:
            members += [(f"{tick}/{path}", text) for path, text in files.items()]
        data = tar_of(members, form=tarfile.USTAR_FORMAT)
        if not ended:
            data = data.rstrip(b"\0")
            data += bytes(-len(data) % 512)
        path = tmp_path_factory.mktemp("recording") / "recording"
        path.write_bytes(pack(data))
        return path

    return write


def times(snapshots):
    return [snapshot.time_s for snapshot in snapshots]


def losses(snapshot):
    return [gap.reason for gap in snapshot.gaps if gap.path == "/"]


def test_each_tick_is_a_moment_and_what_it_does_not_hold_is_carried_on(recording):
    path = recording(
        ("5.5", {"proc/vmstat": vmstat(71), "proc/sys/vm/swappiness": "60\n"}),
        ("5.75", {"proc/vmstat": vmstat(73), "proc/meminfo": MEMINFO.format(9000)}),
        ("6.25", {"proc/meminfo": MEMINFO.format(9000)}),
        ("6.5", {"proc/vmstat": vmstat(79), "proc/sys/vm/swappiness": "10\n"}),
    )

    first, second, third, fourth = walk(path)

    assert times([first, second, third, fourth]) == [5.5, 5.75, 6.25, 6.5]
    assert first.get(Meminfo) is None
    assert first.get(Vmstat).oom_kill_total == 71
    assert (second.get(Vmstat).oom_kill_total, second.time_of_s(Vmstat)) == (73, 5.75)
    assert second.get(VmSysctl).swappiness_count == 60
    assert (third.time_of_s(Vmstat), third.time_of_s(VmSysctl)) == (5.75, 5.5)
    assert (second.time_of_s(Meminfo), third.time_of_s(Meminfo)) == (5.75, 6.25)
    assert (fourth.get(VmSysctl).swappiness_count, fourth.time_of_s(VmSysctl)) == (10, 6.5)
    assert fourth.time_of_s(Meminfo) == 6.25


def test_a_text_that_is_the_same_as_before_is_not_parsed_again(recording):
    first, second = walk(
        recording(
            ("5.5", {"proc/vmstat": vmstat(71)}),
            ("6.5", {"proc/vmstat": vmstat(71), "proc/uptime": "7.5 6.5\n"}),
        )
    )

    assert second.get(Vmstat) is first.get(Vmstat)
    assert second.time_of_s(Vmstat) == 6.5


def test_a_text_that_makes_no_sense_is_a_gap_until_a_better_one_comes(recording):
    one, two, three = walk(
        recording(
            ("5", {"proc/vmstat": vmstat("x"), "proc/uptime": "7.5 6.5\n"}),
            ("6", {"proc/uptime": "7.5 6.5\n"}),
            ("7", {"proc/vmstat": vmstat(73)}),
        )
    )

    for snapshot in (one, two):
        assert "/proc/vmstat" in {gap.path for gap in snapshot.gaps}
        assert snapshot.get(Vmstat) is None
    assert "/proc/vmstat" not in {gap.path for gap in three.gaps}


def test_a_family_grows_and_changes_member_by_member(recording):
    one, two = walk(
        recording(
            ("5", {NODE.format(0): "numa_hit 3\n", NODE.format(1): "numa_hit 5\n"}),
            ("6", {NODE.format(1): "numa_hit 7\n", NODE.format(2): "numa_hit 11\n"}),
        )
    )

    assert {key: node.numa_hit_pages_total for key, node in one.each(NumaNode).items()} == {
        "0": 3, "1": 5,
    }  # fmt: skip
    assert {key: node.numa_hit_pages_total for key, node in two.each(NumaNode).items()} == {
        "0": 3, "1": 7, "2": 11,
    }  # fmt: skip
    assert [timed.time_s for timed in two.families[NumaNode].values()] == [5.0, 6.0, 6.0]


def test_scans_are_sets_with_their_own_age(recording, processes):
    host = {"proc/vmstat": vmstat(71)}
    path = recording(
        ("5", {**processes(7, rss=70), **processes(9, rss=90), **host}),
        ("6", host),
        ("7", {**processes(7, rss=75), **host}),
    )

    one, two, three = walk(path)

    assert [set(s.processes.details) for s in (one, two, three)] == [{7, 9}, {7, 9}, {7}]
    assert [(s.processes.time_s, s.processes.age_s) for s in (one, two, three)] == [
        (5.0, 0.0), (5.0, 1.0), (7.0, 0.0),
    ]  # fmt: skip
    assert three.processes.rss_pages == {7: 75}
    assert [s.processes for s in walk(path, with_processes=False)] == [None] * 3


def test_a_tick_of_control_groups_alone_belongs_to_the_next_moment(recording):
    limit = {GROUP.format("memory.max"): "82000\n", GROUP.format("memory.current"): "41000\n"}
    snapshots = list(
        walk(
            recording(
                ("5", {"proc/vmstat": vmstat(71)}),
                ("5.25", limit),
                ("6", {"proc/vmstat": vmstat(73)}),
                ("6.5", limit),
            )
        )
    )

    assert times(snapshots) == [5.0, 6.0]
    assert snapshots[0].cgroups is None
    assert snapshots[1].cgroups.time_s == 5.25
    assert snapshots[1].cgroups.groups["/a"].max_bytes == 82000


def test_a_walk_of_groups_that_comes_after_the_next_tick_is_used_all_the_same(recording):
    """The child had ended it before that tick began, but the answer came too late for it."""
    limit = {GROUP.format("memory.max"): "82000\n", GROUP.format("memory.current"): "41000\n"}
    one, two = walk(
        recording(
            ("5", {"proc/vmstat": vmstat(71)}),
            ("4.75", limit),
            ("6", {"proc/vmstat": vmstat(73)}),
        )
    )

    assert (one.cgroups, losses(one), losses(two)) == (None, [], [])
    assert two.cgroups.time_s == 4.75


def test_a_clock_that_jumps_back_costs_those_ticks_and_says_so(recording):
    snapshots = list(
        walk(
            recording(
                ("5", {"proc/vmstat": vmstat(71)}),
                ("6", {"proc/vmstat": vmstat(73)}),
                ("3", {"proc/vmstat": vmstat(79)}),
                ("4", {"proc/vmstat": vmstat(83)}),
                ("7", {"proc/vmstat": vmstat(89)}),
                ("6.5", {"proc/vmstat": vmstat(97)}),
            )
        )
    )

    assert times(snapshots) == [5.0, 6.0, 7.0]
    assert [s.get(Vmstat).oom_kill_total for s in snapshots] == [71, 73, 89]
    assert [losses(s) for s in snapshots] == [
        [],
        [],
        [
            "2 ticks stand behind later ones, the first at 3.0 s",
            "1 ticks stand behind later ones, the first at 6.5 s",
        ],
    ]


@pytest.mark.parametrize("pack", [bytes, zstandard.ZstdCompressor().compress], ids=["tar", "zst"])
def test_a_torn_recording_gives_its_ticks_and_says_so_at_the_end(recording, pack):
    one, two = walk(
        recording(
            ("5", {"proc/vmstat": vmstat(71)}),
            ("6", {"proc/vmstat": vmstat(73)}),
            pack=pack,
            ended=False,
        )
    )

    assert losses(one) == []
    assert losses(two) == ["the archive ends early: it breaks off between two files"]


def test_the_scan_in_which_a_recording_breaks_off_is_left_out(recording, processes):
    host = {"proc/vmstat": vmstat(71)}
    ticks = [
        ("5", {**processes(7, rss=70), **host}),
        ("6", {**host, **processes(7, rss=75), **processes(8, rss=80)}),
    ]

    assert next(walk(recording(*ticks))).processes.rss_pages == {7: 70}
    assert list(walk(recording(*ticks)))[1].processes.rss_pages == {7: 75, 8: 80}
    assert list(walk(recording(*ticks, ended=False)))[1].processes.rss_pages == {7: 70}


def test_damage_in_the_middle_is_told_where_it_is_and_the_rest_is_walked(recording, processes):
    host = {"proc/vmstat": vmstat(71)}
    path = recording(
        ("5", {**processes(7, rss=70), **host}),
        ("6", {**processes(7, rss=75), **host}),
        ("7", {**processes(7, rss=80), **host}),
        ("8", {**processes(7, rss=85), **host}),
    )
    data = bytearray(path.read_bytes())
    data[data.index(b"6/proc/7/statm")] ^= 1  # one process loses one file
    path.write_bytes(data)

    snapshots = list(walk(path))

    assert times(snapshots) == [5.0, 6.0, 7.0, 8.0]
    assert [s.processes.rss_pages for s in snapshots] == [{7: 70}, {7: 70}, {7: 80}, {7: 85}]
    assert [len(losses(s)) for s in snapshots] == [0, 1, 0, 0]
    assert losses(snapshots[1])[0] == (
        "the archive is damaged between 6.0 s and 6.0 s: no tar header where one should be: "
        "1024 bytes passed over"
    )


def test_of_several_frames_a_damaged_one_costs_its_own_ticks(tmp_path, tar_of, processes):
    frames = []
    for minute in range(4):
        members = [
            (f"{100 * minute + second}/{name}", text)
            for second in range(5)
            for name, text in {
                **processes(7, rss=70 + second),
                "proc/vmstat": vmstat(f"{minute}{second}7"),
            }.items()
        ]
        tar = tar_of(members, form=tarfile.USTAR_FORMAT).rstrip(b"\0")
        tar += bytes(-len(tar) % 512)
        frames.append(bytearray(zstandard.ZstdCompressor().compress(tar)))
    frames[1][20] ^= 0xFF
    (tmp_path / "r").write_bytes(b"".join([*frames, zstandard.compress(bytes(1024))]))

    snapshots = list(walk(tmp_path / "r"))

    assert [s.time_s for s in snapshots if s.time_s < 100] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [s.time_s for s in snapshots if s.time_s >= 200] == [
        200.0, 201.0, 202.0, 203.0, 204.0, 300.0, 301.0, 302.0, 303.0, 304.0,
    ]  # fmt: skip
    (loss,) = [gap for s in snapshots if s.time_s == 200.0 for gap in losses(s)]
    assert "s and 200.0 s: " in loss
    assert [s.processes.rss_pages[7] for s in snapshots[-10:]] == [
        73, 71, 72, 73, 74, 70, 71, 72, 73, 74,
    ]  # the scans next to the damage may be incomplete  # fmt: skip


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no tar archive"),
        ({"proc/vmstat": vmstat(71)}, "holds no tick"),
        ({"etc/passwd": "root"}, "holds no tick"),
    ],
)
def test_what_is_no_recording_is_an_error_in_words(tmp_path, tar_of, files, words):
    (tmp_path / "r").write_bytes(tar_of(files))

    with pytest.raises(RootError, match=words):
        next(walk(tmp_path / "r"))


def test_a_directory_of_ticks_is_a_recording_too(tmp_path, write_tree, processes):
    meta = '{"host": "db1", "page_size_bytes": 65536, "processes": {"scan": "shortlist"}}'
    write_tree(tmp_path / "r/10.5", {"proc/vmstat": vmstat(71), **processes(7, rss=70)})
    write_tree(tmp_path / "r/9.5", {"proc/vmstat": vmstat(73)})
    write_tree(tmp_path / "r", {"meta.json": meta, "notes.txt": "none of it"})

    one, two = walk(tmp_path / "r")

    assert times([one, two]) == [9.5, 10.5]
    assert (two.host.hostname, two.host.page_size_bytes) == ("db1", 65536)
    assert not two.processes.is_complete
    with pytest.raises(RootError, match="holds no tick"):
        next(walk(tmp_path / "r/9.5"))


def test_a_recording_that_is_not_there_is_an_error_in_words(tmp_path):
    with pytest.raises(RootError, match="no such file"):
        next(walk(tmp_path / "absent"))


TICKS = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["proc/vmstat", "proc/meminfo", "proc/uptime", NODE.format(0), NODE.format(1),
             GROUP.format("memory.max"), GROUP.format("memory.current"), "proc/7/statm",
             "proc/7/stat", "proc/8/stat", "proc/sys/vm/swappiness", "proc/etc"]
        ),
        st.sampled_from(["", "x", "7 5 3\n", "max\n", vmstat(71), vmstat(73), MEMINFO.format(91)]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(ticks=TICKS)
def test_every_moment_is_what_check_sees_there(recording, ticks):
    """And so nothing of a later tick is in it: what stands behind ``at_s`` is not even looked at."""
    path = recording(
        ("5.0", {"proc/version": "Linux version 6.12.94 (builder@host) #1\n"}),
        *((f"{5 + i}.5", files) for i, files in enumerate(ticks)),
    )
    snapshots = list(walk(path))

    for snapshot in snapshots[:-1]:
        _, seen = take(open_root(str(path)), Request(at_s=snapshot.time_s, interval_s=0.0))
        assert seen == snapshot
    assert all(a < b for a, b in pairwise(times(snapshots)))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["002-burst", "freeze/001-refault"])
def test_a_real_recordings_moments_are_what_check_sees_there(shared, name):
    path = shared / f"recordings/{name}.tar.zst"
    snapshots = list(walk(path))

    for index in (0, 1, 7, len(snapshots) // 2, len(snapshots) - 2):
        at_s = snapshots[index].time_s
        _, seen = take(open_root(str(path)), Request(at_s=at_s, interval_s=0.0))
        assert seen == snapshots[index]
    _, last = take(open_root(str(path)), Request(interval_s=0.0))
    assert replace(last, gaps=()) == replace(snapshots[-1], gaps=())
    assert len(snapshots) > 270
