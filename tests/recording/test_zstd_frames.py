import io
import random
import shutil
import subprocess
import sys

import pytest
import zstandard

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.errors import RecordingError
from vmadvisor.recording.zstd_frames import Frames


def pieces(count, *, size=3000):
    """Ticks that resemble each other, each with something of its own."""
    source = random.Random(11)
    base = source.randbytes(size)
    return [base + source.randbytes(60) for _ in range(count)]


def read_with_ours(data):
    output, found = Output(io.BytesIO(data)), b""
    try:
        while piece := output.read(4096):
            found += piece
    except DamageError:
        found += output.rest()
    return found


def test_frames_one_behind_the_other_are_one_stream():
    frames, out = Frames(), b""
    for piece in pieces(3):
        out += frames.add(piece) + frames.end()

    assert read_with_ours(out) == b"".join(pieces(3))
    assert out.count(b"\x28\xb5\x2f\xfd") == 3


def test_ticks_that_resemble_each_other_take_little():
    frames = Frames()
    sizes = [len(frames.add(piece) + frames.flush()) for piece in pieces(10)]

    assert sizes[0] > 3000
    assert max(sizes[1:]) < 150


def test_a_frame_torn_anywhere_gives_all_that_was_flushed():
    """At every byte of the last ticks, and here and there before."""
    frames, out, ends = Frames(), b"", [0]
    for piece in pieces(60):
        out += frames.add(piece) + frames.flush()
        ends.append(len(out))
    expected = b"".join(pieces(60))

    for cut in [*range(40, ends[-8], 37), *range(ends[-8], len(out) + 1)]:
        whole_count = max(i for i, end in enumerate(ends) if end <= cut)
        found = read_with_ours(out[:cut])
        assert expected.startswith(found)
        assert len(found) >= 3060 * whole_count


def test_zstd_itself_reads_a_torn_frame_as_far():
    if shutil.which("zstd") is None:
        pytest.skip("no zstd")
    frames = Frames()
    out = b"".join(frames.add(piece) + frames.flush() for piece in pieces(20))

    done = subprocess.run(["zstd", "-dcq"], input=out, capture_output=True, timeout=30, check=False)

    assert done.stdout == b"".join(pieces(20))
    assert done.returncode != 0


def test_a_flipped_bit_in_a_frame_is_noticed_at_its_end():
    frames = Frames()
    out = bytearray(frames.add(b"pgfault 71\n" * 9) + frames.end())
    out[len(out) // 2] ^= 1

    with pytest.raises(zstandard.ZstdError):
        zstandard.ZstdDecompressor().decompressobj().decompress(bytes(out))


def test_it_knows_how_much_the_open_frame_holds():
    frames = Frames()
    frames.add(b"x" * 700)
    frames.add(b"y" * 11)

    assert frames.plain_bytes == 711
    frames.end()
    assert (frames.plain_bytes, frames.end(), frames.flush()) == (0, b"", b"")


def test_without_the_library_it_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)

    with pytest.raises(RecordingError, match="zstandard is missing"):
        Frames()
