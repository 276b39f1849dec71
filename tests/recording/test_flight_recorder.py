"""The flight recorder over a host on disk, where a test can have something happen."""

import itertools
import json
import os
import pathlib
import signal
import threading
import time

import pytest

from vmadvisor.collect import Request, open_root, take
from vmadvisor.errors import RecordingError
from vmadvisor.recording import flight_recorder, samples
from vmadvisor.recording.flight_recorder import Flight, fly
from vmadvisor.recording.output_file import OutputFile
from vmadvisor.recording.ring import Ring
from vmadvisor.recording.rotation import Keep
from vmadvisor.recording.sampler import Plan
from vmadvisor.recording.watch import KINDS
from vmadvisor.sources.vmstat import Vmstat

PLAN = Plan(interval_s=0.02, processes_every_s=0.1, top_count=16, cgroups=True)
VMSTAT = "nr_free_pages 366632\nallocstall_normal {stalls}\noom_kill {kills}\n"


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Chunks of a moment, no lock on this test's own memory, no trigger on this host."""
    monkeypatch.setattr(samples, "CHUNK_S", 0.1)
    monkeypatch.setattr(flight_recorder, "lock_memory", lambda: "not in a test")
    monkeypatch.setattr(flight_recorder, "open_trigger", lambda _: (None, "not in a test"))
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGUSR1, before)


@pytest.fixture
def flight(tmp_path):
    def make(**changed):
        values = {
            "directory": str(tmp_path / "dumps"),
            "ring_s": 60.0,
            "ring_bytes": 4 << 20,
            "on": KINDS,
            "stall_per_s": 100.0,
            "pressure_pct": 10.0,
            "after_s": 0.2,
            "pause_s": 300.0,
            "keep": Keep(),
        }
        return Flight(**{**values, **changed})

    return make


class Story:
    """Lets things happen at their time, and keeps what was said."""

    def __init__(self, host):
        self._host = host
        self._threads = []
        self.said = []

    def at(self, delay_s, action):
        timer = threading.Timer(delay_s, action)
        self._threads.append(timer)
        timer.start()

    def vmstat(self, **counters):
        text = VMSTAT.format(**{"stalls": 501, "kills": 3, **counters})
        target = self._host / "proc/vmstat"
        target.with_suffix(".new").write_text(text)
        target.with_suffix(".new").replace(target)

    def ask(self):
        os.kill(os.getpid(), signal.SIGUSR1)

    def fly(self, flight, tree, *, duration_s, plan=PLAN):
        try:
            return fly(flight, plan, self.said.append, duration_s=duration_s, tree=tree)
        finally:
            for thread in self._threads:
                thread.join()


@pytest.fixture
def story(host):
    return Story(host)


def taken(path):
    return take(open_root(path), Request())[1]


def test_when_nothing_happens_nothing_is_written(flight, story, tree, tmp_path):
    cost = story.fly(flight(), tree, duration_s=0.4)

    assert (cost.paths, cost.written_bytes, cost.error) == ((), 0, None)
    assert list((tmp_path / "dumps").iterdir()) == []
    assert cost.ticks_count > 8


def test_a_kill_is_written_with_what_came_before_and_after(flight, story, tree, ticks_of):
    story.at(0.5, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(), tree, duration_s=1.2)

    (path,) = cost.paths
    with pathlib.Path(path).open("rb") as stream:
        ticks = ticks_of(stream.read())
    seconds = [float(text) for text in ticks]
    kills = [b"oom_kill 4" in files["proc/vmstat"] for files in ticks.values()
             if "proc/vmstat" in files]  # fmt: skip
    assert path.endswith("Z.oom.tar.zst")
    assert seconds == sorted(seconds)
    assert 0.5 < seconds[-1] - seconds[0] < 1.1
    assert kills[0] is False
    assert kills[-1] is True
    assert kills.count(True) >= 5
    assert taken(path).get(Vmstat).oom_kill_total == 4
    assert cost.error is None


@pytest.mark.parametrize(
    ("word", "counters"), [("stall", {"stalls": 9000}), ("oom", {"kills": 5, "stalls": 9000})]
)
def test_the_name_says_what_it_was(flight, story, tree, unpack, word, counters):
    story.at(0.2, lambda: story.vmstat(**counters))
    cost = story.fly(flight(), tree, duration_s=0.8)

    (path,) = cost.paths
    with pathlib.Path(path).open("rb") as stream:
        meta = json.loads(unpack(stream.read())[0][1])
    assert path.endswith(f"Z.{word}.tar.zst")
    assert meta["event"]["kind"] == word
    assert meta["ring_s"] == 60.0
    assert f"{word} at" in story.said[2]


def test_pressure_is_judged_by_the_ticks_where_there_is_no_trigger(flight, story, tree, host):
    text = (host / "proc/pressure/memory").read_text()

    story.at(
        0.2, lambda: (host / "proc/pressure/memory").write_text(text.replace("2402", "900000"))
    )
    cost = story.fly(flight(), tree, duration_s=0.8)

    assert [path.rsplit(".", 3)[1] for path in cost.paths] == ["pressure"]
    assert (
        story.said[0] == "no PSI trigger (not in a test): pressure is judged at every tick instead"
    )
    assert story.said[1].startswith("memory is not locked (not in a test)")


def test_what_was_not_asked_for_is_not_written(flight, story, tree):
    story.at(0.2, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(on=("stall",)), tree, duration_s=0.6)

    assert cost.paths == ()


def test_a_signal_asks_for_a_recording_whatever_else(flight, story, tree):
    story.at(0.2, story.ask)
    story.at(0.6, story.ask)
    cost = story.fly(flight(on=("oom",)), tree, duration_s=1.2)

    assert len(cost.paths) == 2
    assert all(path.endswith("request.tar.zst") for path in cost.paths)


def test_an_event_soon_after_another_is_written_when_the_pause_is_over(flight, story, tree):
    story.at(0.2, lambda: story.vmstat(kills=4))
    story.at(0.6, lambda: story.vmstat(kills=7))
    cost = story.fly(flight(pause_s=0.8, after_s=0.1), tree, duration_s=1.6)

    first, second = (taken(path) for path in cost.paths)
    assert (first.get(Vmstat).oom_kill_total, second.get(Vmstat).oom_kill_total) == (4, 7)
    assert second.time_s - first.time_s > 0.5


def test_one_that_is_being_written_when_it_ends_is_finished(flight, story, tree):
    story.at(0.2, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(after_s=600.0), tree, duration_s=0.6)

    (path,) = cost.paths
    assert not any("ends early" in gap.reason for gap in taken(path).gaps)


def test_each_recording_begins_with_settings_and_has_processes(flight, story, tree, ticks_of):
    """Though the ring had dropped what it began with."""
    story.at(0.9, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(ring_s=0.3), tree, duration_s=1.4)

    (path,) = cost.paths
    with pathlib.Path(path).open("rb") as stream:
        ticks = ticks_of(stream.read())
    after = taken(path)
    first = next(files for files in ticks.values() if "proc/vmstat" in files)
    assert "proc/sys/vm/swappiness" in first
    assert max(map(float, ticks)) - min(map(float, ticks)) < 0.9
    assert after.processes.details[42].stat.comm == "db"
    assert after.cgroups.groups["/db.slice"].max_bytes == 82000


def test_sampling_goes_on_while_the_disk_hangs(flight, story, tree, monkeypatch, ticks_of):
    whole, calls = OutputFile.append, []

    def append(self, piece):
        calls.append(len(piece))
        if len(calls) == 2:
            time.sleep(0.7)
        whole(self, piece)

    monkeypatch.setattr(OutputFile, "append", append)
    story.at(0.2, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(after_s=1.0), tree, duration_s=1.6)

    (path,) = cost.paths
    with pathlib.Path(path).open("rb") as stream:
        seconds = [float(text) for text in ticks_of(stream.read())]
    assert max(b - a for a, b in itertools.pairwise(seconds)) < 0.4
    assert seconds[-1] - seconds[0] > 1.0


def test_a_full_disk_does_not_end_the_recorder(flight, story, tree, monkeypatch):
    def full(self, _piece):
        self.error = "no space left on device"
        self.is_cut = True

    monkeypatch.setattr(OutputFile, "append", full)
    story.at(0.2, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(), tree, duration_s=1.0)

    assert cost.error == f"{cost.paths[0]}: no space left on device"
    assert cost.error in story.said
    assert cost.ticks_count > 20


def test_a_directory_that_goes_away_does_not_end_it_either(flight, story, tree, tmp_path):
    story.at(0.2, (tmp_path / "dumps").rmdir)
    story.at(0.4, lambda: story.vmstat(kills=4))
    cost = story.fly(flight(), tree, duration_s=0.9)

    assert "no such file" in cost.error
    assert cost.paths == ()
    assert cost.ticks_count > 20


def test_a_directory_it_may_not_write_into_is_an_error_at_once(flight, story, tree, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(RecordingError, match="cannot make"):
        story.fly(flight(directory=str(tmp_path / "file" / "dumps")), tree, duration_s=0.2)


def test_samples_never_take_more_than_the_stated_size(flight, story, tree, monkeypatch):
    """Incompressible samples, ten times what fits: ring and open chunk together stay below."""
    sizes = []
    whole = samples.Samples.add

    def add(self, ticks):
        whole(self, ticks)
        sizes.append(self.size_bytes)

    monkeypatch.setattr(samples.Samples, "add", add)
    ring_bytes = 1 << 20
    total_bytes = 0
    read = type(tree).read

    def noisy(self, path):
        nonlocal total_bytes
        if path == "proc/zoneinfo":
            total_bytes += 40_000
            return os.urandom(40_000), 0.0
        return read(self, path)

    monkeypatch.setattr(type(tree), "read", noisy)
    story.fly(flight(ring_bytes=ring_bytes), tree, duration_s=2.0,
              plan=PLAN._replace(interval_s=0.01))  # fmt: skip

    assert total_bytes > 3 * ring_bytes
    assert max(sizes) <= ring_bytes
    assert len(sizes) > 50


def test_a_sample_larger_than_the_ring_is_said_and_left_out(flight, story, tree, monkeypatch):
    read = type(tree).read

    def noisy(self, path):
        return (os.urandom(200_000), 0.0) if path == "proc/zoneinfo" else read(self, path)

    monkeypatch.setattr(samples, "Ring", lambda _: Ring(50_000))
    monkeypatch.setattr(type(tree), "read", noisy)
    cost = story.fly(flight(ring_bytes=1 << 20), tree, duration_s=0.3)

    assert "did not fit into the ring" in cost.error


def test_old_recordings_make_room(flight, story, tree, tmp_path):
    (tmp_path / "dumps").mkdir()
    old = tmp_path / "dumps" / "flight.20250101T000000Z.oom.tar.zst"
    old.write_bytes(b"x" * 900_000)
    other = tmp_path / "dumps" / "notes.txt"
    other.write_bytes(b"x" * 900_000)
    story.at(0.1, story.ask)
    story.fly(flight(keep=Keep(size_bytes=4 << 20)), tree, duration_s=0.6)

    left = {path.name for path in (tmp_path / "dumps").iterdir()}
    assert old.name not in left
    assert other.name in left
    assert len(left) == 2
