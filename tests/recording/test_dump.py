import errno
import os
import threading
import time

import pytest

from vmadvisor.recording import dump as dump_module
from vmadvisor.recording.dump import Dump
from vmadvisor.recording.output_file import OutputFile
from vmadvisor.recording.recording_file import tar_of
from vmadvisor.recording.ring import Ring
from vmadvisor.recording.sampler import Tick
from vmadvisor.recording.zstd_frames import Frames


def frame(number):
    frames = Frames()
    tick = Tick(float(number), [("proc/vmstat", b"nr_free_pages %d\n" % (number * 71))])
    return frames.add(tar_of([tick], mtime_s=1_700_000_000)) + frames.end()


def filled(ring, numbers):
    for number in numbers:
        ring.append(frame(number), first_s=number, last_s=number)


def dump_of(tmp_path, meta, ring):
    return Dump(lambda: OutputFile(str(tmp_path / "a")), meta, ring)


def numbers_of(ticks):
    return [float(text) for text in ticks]


def test_what_the_ring_holds_and_what_comes_until_the_end_is_written(tmp_path, ticks_of, unpack):
    ring = Ring(100_000)
    filled(ring, range(1, 4))
    dump = dump_of(tmp_path, b'{"format": 1}', ring)
    filled(ring, range(4, 6))
    dump.look()
    dump.finish(ring.last_sequence_id)
    filled(ring, range(6, 9))

    assert dump.wait(10)
    data = (tmp_path / "a").read_bytes()
    ticks = ticks_of(data)
    assert numbers_of(ticks) == [1, 2, 3, 4, 5]
    assert ticks["3.000000"]["proc/vmstat"] == b"nr_free_pages 213\n"
    assert [unpack(data)[i][0] for i in (0, -1)] == ["meta.json", "end.json"]
    assert (dump.error, dump.overtaken_count, dump.written_bytes) == (None, 0, len(data))


def test_a_disk_slower_than_the_ring_is_overtaken_and_says_so(
    tmp_path, ticks_of, unpack, monkeypatch
):
    size = len(frame(1))
    ring = Ring(3 * size + 10)
    filled(ring, [1])
    whole = dump_module.OutputFile.append
    hold = []

    def slow(self, piece):
        hold.append(1)
        if len(hold) == 2:  # the first frame: meanwhile the ring turns
            filled(ring, range(2, 9))
        whole(self, piece)

    monkeypatch.setattr(dump_module.OutputFile, "append", slow)
    dump = dump_of(tmp_path, b"{}", ring)
    end_s = time.monotonic() + 60
    while ring.last_sequence_id < 8 and time.monotonic() < end_s:
        time.sleep(0.01)
    dump.finish(ring.last_sequence_id)

    assert dump.wait(60)
    data = (tmp_path / "a").read_bytes()
    written = numbers_of(ticks_of(data))
    assert (written[0], written[-1]) == (1, 8)
    assert len(written) + dump.overtaken_count == 8
    assert dump.overtaken_count >= 4
    assert unpack(data)[-1] == ("end.json", b'{"overtaken_count": %d}\n' % dump.overtaken_count)


def test_a_full_disk_ends_it_with_what_is_there(tmp_path, ticks_of, monkeypatch):
    ring = Ring(100_000)
    filled(ring, range(1, 30))
    whole, calls = os.write, []

    def write(descriptor, data):
        calls.append(1)
        if len(calls) == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(descriptor, data)

    monkeypatch.setattr("vmadvisor.recording.output_file.os.write", write)
    dump = dump_of(tmp_path, b"{}", ring)

    assert dump.wait(10)
    monkeypatch.undo()
    assert dump.error == f"{tmp_path / 'a'}: no space left on device"
    assert numbers_of(ticks_of((tmp_path / "a").read_bytes())) == [1, 2, 3, 4]


def test_it_ends_though_the_last_frame_was_dropped_from_the_ring(tmp_path):
    ring = Ring(100_000)
    filled(ring, range(1, 4))
    ring.drop_before(99.0)
    dump = dump_of(tmp_path, b"{}", ring)
    dump.finish(ring.last_sequence_id)

    assert dump.wait(10)


@pytest.mark.parametrize("count", [0, 3])
def test_it_waits_until_it_is_told_the_end(tmp_path, count):
    ring = Ring(100_000)
    filled(ring, range(1, count + 1))
    dump = dump_of(tmp_path, b"{}", ring)

    assert not dump.wait(0.1)
    assert (dump.is_running, dump.is_finishing) == (True, False)
    dump.finish(count)
    assert dump.is_finishing
    assert dump.wait(10)


def test_a_file_that_cannot_be_made_is_said_and_nobody_waits_for_it(tmp_path):
    is_made = threading.Event()

    def begin():
        is_made.wait(60)
        return OutputFile(str(tmp_path / "none" / "a"))

    dump = Dump(begin, b"{}", Ring(1000))

    assert (dump.is_running, dump.error) == (True, None)
    is_made.set()
    assert dump.wait(60)
    assert dump.error == f"cannot write {tmp_path / 'none' / 'a'}: no such file or directory"
    assert (dump.path, dump.written_bytes) == ("", 0)


def test_it_waits_for_the_disk_once_not_at_every_look(tmp_path, monkeypatch):
    syncs = []
    whole = OutputFile.sync
    monkeypatch.setattr(OutputFile, "sync", lambda self: (syncs.append(1), whole(self)))
    ring = Ring(100_000)
    filled(ring, range(1, 4))
    dump = dump_of(tmp_path, b"{}", ring)
    for _ in range(20):
        dump.look()
        time.sleep(0.01)
    dump.finish(3)
    dump.wait(10)

    assert len(syncs) == 2  # with what was there, and at the end
