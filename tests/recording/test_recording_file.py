import random

import pytest

from vmadvisor.collect import Request, open_root, take
from vmadvisor.errors import RootError
from vmadvisor.recording import recording_file
from vmadvisor.recording.recording_file import RecordingFile
from vmadvisor.recording.sampler import Tick
from vmadvisor.sources.vmstat import Vmstat


def tick(number):
    return Tick(100.0 + number, [
        ("proc/meminfo", b"MemTotal: 8045220 kB\nMemFree: %d kB\n" % (number + 7)),
        ("proc/vmstat", b"nr_free_pages %d\n" % (71 * number)),
    ])  # fmt: skip


class Direct:
    """Writes at once, so that a test knows where each tick ended."""

    def __init__(self, file):
        self._file = file

    def put(self, piece):
        self._file.append(piece)

    def close(self):
        self._file.close()
        return True


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setattr(recording_file, "Background", Direct)


def recorded(path, *, ticks_count, frame_every=None):
    """The file, and where each tick's flush ended."""
    file = RecordingFile(str(path), b'{"format": 1}')
    ends = []
    for number in range(ticks_count):
        begins = number == 0 or bool(frame_every and number % frame_every == 0)
        file.add([tick(number)], begins_frame=begins)
        ends.append(file.written_bytes)
    file.end(b'{"ended_by": "duration"}')
    return file, ends


def test_it_begins_with_meta_and_ends_with_end(tmp_path, unpack):
    file, _ = recorded(tmp_path / "a", ticks_count=2)

    members = unpack((tmp_path / "a").read_bytes())

    assert [name for name, _ in members] == [
        "meta.json",
        "100.000000/proc/meminfo",
        "100.000000/proc/vmstat",
        "101.000000/proc/meminfo",
        "101.000000/proc/vmstat",
        "end.json",
    ]
    assert dict(members)["101.000000/proc/vmstat"] == b"nr_free_pages 71\n"
    assert file.written_bytes == (tmp_path / "a").stat().st_size


@pytest.mark.parametrize("frame_every", [None, 5])
def test_cut_anywhere_all_is_there_but_at_most_the_last_tick(tmp_path, frame_every):
    """Power loss, kill -9: some prefix of the file is on the disk."""
    _, ends = recorded(tmp_path / "a", ticks_count=40, frame_every=frame_every)
    data = (tmp_path / "a").read_bytes()

    for cut in [*ends[2:], *random.Random(5).sample(range(ends[2], ends[-1]), 100)]:
        (tmp_path / "torn").write_bytes(data[:cut])
        before, after, gaps = _taken(tmp_path / "torn")
        flushed_count = sum(end <= cut for end in ends)
        assert after.time_s >= 100.0 + flushed_count - 2
        assert after.get(Vmstat).nr_free_pages == 71 * (after.time_s - 100)
        assert before is not None
        assert any("ends early" in gap.reason for gap in gaps)


def _taken(path):
    before, after = take(open_root(str(path)), Request())
    return before, after, after.gaps


def test_a_whole_one_says_nothing_of_an_early_end(tmp_path):
    recorded(tmp_path / "a", ticks_count=3)

    _, after, gaps = _taken(tmp_path / "a")

    assert after.time_s == 102.0
    assert not any("ends early" in gap.reason for gap in gaps)


def test_what_ended_before_the_first_tick_is_an_error_in_words(tmp_path):
    recorded(tmp_path / "a", ticks_count=1)
    (tmp_path / "b").write_bytes((tmp_path / "a").read_bytes()[:50])

    with pytest.raises(RootError, match=r"no tar archive|tells of memory"):
        _taken(tmp_path / "b")


def test_a_frame_ends_after_ten_minutes_or_64_mib(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(recording_file.time, "monotonic", lambda: now[0])
    file = RecordingFile(str(tmp_path / "a"), b"{}")

    assert file.wants_everything()
    file.add([tick(0)], begins_frame=True)
    assert not file.wants_everything()
    now[0] += 599.0
    assert not file.wants_everything()
    now[0] += 1.0
    assert file.wants_everything()
    file.add([tick(1)], begins_frame=True)
    monkeypatch.setattr(recording_file, "FRAME_MAX_BYTES", 1000)
    assert file.wants_everything()
    file.end(b"{}")
