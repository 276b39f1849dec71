import pytest

from lab import recording, stream
from lab.stream import Tick
from lab.tools import missing

TWO = b"T 4.500000 33\n/proc/a 00000003\nxyz/proc/b 0000\nT 5.250000 19\n/proc/a 00000002\nk\nE 7\n"


def test_ticks_hold_the_files_bytes_whatever_they_are():
    read = stream.read(TWO)

    assert read.ticks == (
        Tick(time_s=4.5, files={"/proc/a": b"xyz", "/proc/b": b""}),
        Tick(time_s=5.25, files={"/proc/a": b"k\n"}),
    )
    assert (read.is_torn, read.dropped_count) == (False, 7)


def test_a_stream_cut_anywhere_keeps_what_is_whole():
    whole = [at for at in range(len(TWO)) if len(stream.read(TWO[:at]).ticks) == 2]
    half = [at for at in range(len(TWO)) if len(stream.read(TWO[:at]).ticks) == 1]

    assert half == list(range(47, 80))
    assert whole == list(range(80, len(TWO)))
    assert all(stream.read(TWO[:at]).is_torn for at in range(len(TWO)))


@pytest.mark.parametrize("at", [0, 14, 30, 40, 46])
def test_a_stream_that_lost_bytes_ends_before_them(at):
    read = stream.read(TWO[:at] + TWO[at + 1 :])

    assert read.is_torn
    assert read.ticks in ((), stream.read(TWO).ticks[:1])


def test_a_recording_read_back_is_what_was_written(tmp_path):
    if missing(("zstd",)):
        pytest.skip("no zstd on this machine")
    ticks = stream.read(TWO).ticks

    recording.write(tmp_path / "r.tar.zst", ticks, meta={"host": "h"}, started_s=1_700_000_000.0)

    assert recording.read(tmp_path / "r.tar.zst") == ticks
