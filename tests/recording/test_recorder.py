"""The recorder itself: what it writes is what the kernel said, whatever ends it."""

import itertools
import json
import os
import random
import select
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

from vmadvisor.collect import Request, open_root, take
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.errors import RootError
from vmadvisor.recording import output_file
from vmadvisor.recording.recorder import record
from vmadvisor.recording.rotation import Keep
from vmadvisor.sources import SOURCES, FileSource

KILLS_COUNT = 100


def recorded(tmp_path, tree, plan, **options):
    path = tmp_path / "out.tar.zst"
    cost = record(str(path), plan, Keep(), tree=tree, **{"duration_s": 0.3, **options})
    return path, cost


def test_every_source_of_the_host_comes_back_as_it_parses_directly(tmp_path, tree, plan, host):
    path, _ = recorded(tmp_path, tree, plan)

    _, after = take(open_root(str(path)), Request())

    for source in SOURCES:
        if isinstance(source, FileSource):
            expected = source.parse((host / source.path).read_text())
            assert after.get(source.record) == expected, source.path
            continue
        for directory in host.glob(source.path):
            texts = {
                name: (directory / name).read_text()
                for name in source.names
                if (directory / name).exists()
            }
            if not texts and source.path == "sys/block/*":
                continue  # a disk of zram has no queue in this tree
            found = [after.get(source.record), *after.each(source.record).values()]
            assert source.parse(texts) in found, source.path
            assert texts


def test_processes_and_groups_come_back_too(tmp_path, tree, plan):
    path, _ = recorded(tmp_path, tree, plan)

    _, after = take(open_root(str(path)), Request())

    db = after.processes.details[42]
    assert (db.stat.comm, db.oom_score, db.oom_score_adj, db.cgroup_path) == (
        "db", 777, 177, "/db.slice",
    )  # fmt: skip
    assert set(after.processes.details) == {1, 42, 57}
    scan = after.processes
    assert (scan.seen_count, scan.is_complete, scan.leading_count) == (4, False, 16)
    assert after.cgroups.groups["/db.slice"].max_bytes == 82000


@pytest.mark.live
def test_this_host_is_recorded_member_by_member_as_it_was_read(tmp_path, plan, ticks_of):
    """Every read is kept by the tree, and must be in the recording, byte by byte."""

    class Keeping(LiveTree):
        __slots__ = ("read_bytes",)

        def read(self, path):
            data, time_s = super().read(path)
            self.read_bytes.setdefault(path, set()).add(data)
            return data, time_s

        def peek(self, path):
            data = super().peek(path)
            self.read_bytes.setdefault(path, set()).add(data)
            return data

    tree = Keeping()
    tree.read_bytes = {}
    path, cost = recorded(tmp_path, tree, plan._replace(cgroups=False, interval_s=0.05))
    ticks = ticks_of(path.read_bytes())

    assert len(ticks) == cost.ticks_count
    for files in ticks.values():
        for name, data in files.items():
            assert name == "meta/processes.json" or data in tree.read_bytes[name], name
    newest = ticks[max(ticks, key=float)]
    assert newest["proc/vmstat"] in tree.read_bytes["proc/vmstat"]


def test_seconds_are_those_of_the_monotonic_clock_with_six_decimals(tmp_path, tree, plan, ticks_of):
    began_s = time.monotonic()
    path, _ = recorded(tmp_path, tree, plan)

    seconds = list(ticks_of(path.read_bytes()))
    assert all(len(text.partition(".")[2]) == 6 for text in seconds)
    assert began_s - 0.001 <= float(seconds[0]) < float(seconds[-1]) <= time.monotonic()
    assert sorted(seconds, key=float) == seconds


def test_meta_says_who_when_and_how(tmp_path, tree, plan, unpack):
    path, cost = recorded(tmp_path, tree, plan)

    members = unpack(path.read_bytes())
    meta, end = json.loads(members[0][1]), json.loads(members[-1][1])
    assert (members[0][0], members[-1][0]) == ("meta.json", "end.json")
    assert meta["host"] == os.uname().nodename
    assert meta["boot_id"] == "61ec5f2c-c106-41a8-8362-dd6d974bad2a"
    assert meta["clock"] == "CLOCK_MONOTONIC"
    assert meta["processes"] == {
        "scan": "shortlist",
        "every_s": 0.05,
        "top_count": 16,
        "hidden": None,
    }
    assert meta["interval_s"] == 0.02
    assert (end["ended_by"], end["ticks_count"]) == ("duration", cost.ticks_count)


def test_its_cost_is_counted(tmp_path, tree, plan):
    path, cost = recorded(tmp_path, tree, plan)

    assert cost.written_bytes == path.stat().st_size
    assert 0 < cost.cpu_s < cost.duration_s < 5
    assert cost.cpu_pct == pytest.approx(100 * cost.cpu_s / cost.duration_s)
    assert 3 <= cost.ticks_count <= 16
    assert (cost.paths, cost.error) == ((str(path),), None)


@contextmanager
def sending(number):
    """Sends this process a signal again and again; outside of the recorder nothing comes of it."""
    before = signal.signal(number, signal.SIG_IGN)
    is_over = threading.Event()

    def send():
        while not is_over.wait(0.05):
            os.kill(os.getpid(), number)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        signal.signal(number, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path, tree, plan, number):
    with sending(number):
        path, cost = recorded(tmp_path, tree, plan, duration_s=30.0)

    _, after = take(open_root(str(path)), Request())
    assert cost.ended_by == number.name
    assert cost.duration_s < 10
    assert not any("ends early" in gap.reason for gap in after.gaps)


def test_a_request_meant_for_the_flight_recorder_changes_nothing(tmp_path, tree, plan):
    with sending(signal.SIGUSR1):
        _, cost = recorded(tmp_path, tree, plan)

    assert cost.ended_by == "duration"
    assert cost.ticks_count <= 16


def test_a_wall_clock_that_jumps_back_is_not_even_seen(tmp_path, tree, plan, ticks_of, monkeypatch):
    clock = iter(range(2_000_000_000, 0, -1_000_000))
    monkeypatch.setattr("time.time", lambda: next(clock))
    path, _ = recorded(tmp_path, tree, plan)

    seconds = [float(text) for text in ticks_of(path.read_bytes())]
    assert seconds == sorted(seconds)
    assert seconds[-1] - seconds[0] < 5


def test_files_rotate_within_what_may_be_kept(tmp_path, tree, plan, ticks_of):
    keep_bytes = 1 << 20
    noisy = NoisyTree(tree)

    cost = record(
        str(tmp_path / "a.tar.zst"), plan, Keep(size_bytes=keep_bytes), duration_s=2.0, tree=noisy
    )

    left = sorted(path for path in tmp_path.iterdir() if path.is_file())
    assert sum(path.stat().st_size for path in left) <= keep_bytes
    assert len(cost.paths) > len(left) >= 5
    assert cost.written_bytes > keep_bytes
    for path in left:
        ticks = ticks_of(path.read_bytes()).values()
        first = next(files for files in ticks if "proc/stat" in files)  # no walk of the groups
        assert "proc/sys/vm/swappiness" in first
        assert "proc/42/stat" in first


class NoisyTree:
    """A host whose vmstat cannot be compressed."""

    def __init__(self, tree):
        self._tree = tree

    def __getattr__(self, name):
        return getattr(self._tree, name)

    def read(self, path):
        if path == "proc/vmstat":
            return random.randbytes(30_000), time.monotonic()
        return self._tree.read(path)


def test_a_full_disk_ends_it_with_everything_so_far(tree, plan, small_disk, ticks_of):
    path = small_disk / "out.tar.zst"

    cost = record(str(path), plan, Keep(), duration_s=20.0, tree=NoisyTree(tree))

    _, after = take(open_root(str(path)), Request())
    assert cost.error == f"{path}: no space left on device: the recording ends here, it is whole"
    assert cost.duration_s < 15
    assert len(ticks_of(path.read_bytes())) >= cost.ticks_count
    assert not any("ends early" in gap.reason for gap in after.gaps)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MiB of its own; only root may have one."""
    target = tmp_path / "disk"
    target.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(target)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small file system can be mounted here")
    yield target
    subprocess.run(["umount", str(target)], check=True)


def test_a_disk_that_fails_leaves_whole_ticks_and_says_so(tmp_path, tree, plan, monkeypatch):
    class Failing(output_file.OutputFile):
        """The disk fails within the tenth piece."""

        __slots__ = ("pieces_count",)

        def append(self, piece):
            self.pieces_count = getattr(self, "pieces_count", 0) + 1
            if self.pieces_count == 10:
                os.write(self._descriptor, piece[: len(piece) // 2])
                self._trouble(OSError(5, "Input/output error"))
            super().append(piece)

    monkeypatch.setattr("vmadvisor.recording.recording_file.OutputFile", Failing)
    path, cost = recorded(tmp_path, tree, plan, duration_s=20.0)

    _, after = take(open_root(str(path)), Request())
    assert cost.error.startswith(
        f"{path}: input/output error: the recording ends here, it breaks off"
    )
    assert path.stat().st_size == cost.written_bytes
    assert any("ends early" in gap.reason for gap in after.gaps)


def test_a_disk_that_hangs_does_not_stop_the_sampling(tmp_path, tree, plan, monkeypatch, ticks_of):
    whole, calls = output_file.OutputFile.append, []

    def append(self, piece):
        calls.append(len(piece))
        if len(calls) == 3:
            time.sleep(0.6)
        whole(self, piece)

    monkeypatch.setattr(output_file.OutputFile, "append", append)
    path, cost = recorded(tmp_path, tree, plan, duration_s=0.8)

    seconds = [float(text) for text in ticks_of(path.read_bytes())]
    assert max(b - a for a, b in itertools.pairwise(seconds)) < 0.4
    assert cost.ticks_count > 15


def test_killed_at_any_moment_it_leaves_all_ticks_it_had_written(tmp_path, tree, plan):
    """``kill -9`` of a child that says after each piece how many ticks the file has."""
    source = random.Random(17)
    unread_count = 0
    for number in range(KILLS_COUNT):
        path = tmp_path / f"{number}.tar.zst"
        said_count = _killed(path, tree, plan._replace(interval_s=0.01), source.uniform(0.0, 0.15))
        try:
            _, after = take(open_root(str(path)), Request())
        except RootError:
            unread_count += 1
            assert said_count <= 1, number
            continue
        with_members = _ticks_count(path)
        assert with_members >= said_count, number
        assert any("ends early" in gap.reason for gap in after.gaps), number

    assert unread_count < KILLS_COUNT // 2


def _ticks_count(path):
    from vmadvisor.collect.damage import DamageError
    from vmadvisor.collect.decompress import Output
    from vmadvisor.collect.tar_stream import TarStream

    with path.open("rb") as stream:
        seen = set()
        try:
            for member in TarStream(Output(stream)):
                if member.name.endswith("/proc/stat"):  # the last file of every tick
                    seen.add(member.name)
        except DamageError:
            pass
        return len(seen)


def _killed(path, tree, plan, after_s):
    """How many ticks the child had written, by its own word, when it was killed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            whole = output_file.OutputFile.append

            def append(self, piece):
                whole(self, piece)
                os.write(writer, b".")

            output_file.OutputFile.append = append
            record(str(path), plan._replace(cgroups=False), Keep(), tree=tree, duration_s=60.0)
        finally:
            os._exit(1)
    os.close(writer)
    select.select([reader], [], [], 10)
    time.sleep(after_s)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    said = b""
    while piece := os.read(reader, 4096):
        said += piece
    os.close(reader)
    return len(said) - 2  # the first pieces were meta.json and the end of its frame
