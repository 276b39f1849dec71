"""Frames made by the real compressor, broken in every place there is."""

import io
import random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect import zstd_blocks
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.zstd_blocks import ZstdBlocks

TEXT = b"".join(b"pgscan_direct %d\n" % number for number in range(3, 9000, 7))
NOISE = random.Random(3).randbytes(300_000)
FRAMES = {
    "text": {"level": 3},
    "checksum": {"level": 3, "write_checksum": True},
    "no content size": {"level": 3, "write_content_size": False},
    "thorough": {"level": 19, "write_checksum": True},
}


def blocks_of(data, *, step=1000):
    stream = io.BytesIO(data)
    return ZstdBlocks(lambda: stream.read(step))


def read(data, **options):
    """(pieces of the stream, bytes passed over each time, what broke it off)."""
    blocks, found, passed = blocks_of(data, **options), [b""], []
    while True:
        try:
            piece = blocks.next_piece()
        except DamageError as damage:
            passed_bytes = blocks.resume()
            if passed_bytes is None:
                return found, passed, str(damage)
            passed.append(passed_bytes)
            found.append(b"")
            continue
        if not piece:
            return found, passed, None
        found[-1] += piece


def pack(data, **options):
    return zstandard.ZstdCompressor(**options).compress(data)


@pytest.mark.parametrize("options", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("step", [1, 7, 1000, 2**20])
@pytest.mark.parametrize("data", [b"", b"a", TEXT, bytes(400_000)], ids=["empty", "a", "text", "0"])
def test_what_went_in_comes_out_however_the_input_drips(options, step, data):
    packed = pack(data, **options)

    assert read(packed, step=step) == ([data], [], None)
    assert read(packed * 3, step=step) == ([data * 3], [], None)


def test_incompressible_blocks_come_out_too():
    assert read(pack(NOISE)) == ([NOISE], [], None)


def test_every_kind_of_frame_header_is_understood():
    """Content sizes of 1, 2, 4 and no bytes, with and without a window."""
    for size in (1, 255, 256, 65_791, 65_792, 200_000):
        for with_size in (True, False):
            data = NOISE[:size]
            assert read(pack(data, write_content_size=with_size)) == ([data], [], None)


def test_skippable_frames_are_passed_over_however_long():
    note = b"\x5f\x2a\x4d\x18" + (5000).to_bytes(4, "little") + b"n" * 5000

    assert read(note + pack(TEXT) + note + note + pack(b"end")) == ([TEXT + b"end"], [], None)
    assert read(note[:300]) == ([b""], [], None)


def test_each_piece_is_one_block_at_most():
    blocks = blocks_of(pack(bytes(2**20)))
    sizes = [len(piece) for piece in iter(blocks.next_piece, b"")]

    assert sum(sizes) == 2**20
    assert max(sizes) <= 128 * 1024


def test_behind_a_damaged_frame_the_next_is_read():
    first, second, third = (pack(text, write_checksum=True) for text in (TEXT, b"mid", TEXT))
    broken = bytearray(first)
    broken[8] |= 0x06  # a block of a kind that there is not

    found, passed, damage = read(bytes(broken) + second + third)

    assert found == [b"", b"mid" + TEXT]
    assert passed == [len(first) - 7]  # all but its header
    assert damage is None


def test_garbage_between_frames_is_counted():
    assert read(pack(b"one") + b"g" * 777 + pack(b"two")) == ([b"one", b"two"], [777], None)


def test_a_magic_in_the_garbage_is_not_taken_for_a_frame():
    garbage = (zstd_blocks.MAGIC + b"\x00\x58\xff\xff\xff") * 40

    passed_bytes = 40 * 9 - 6  # the first of these headers has the right form
    assert read(pack(b"one") + garbage + pack(b"two")) == ([b"one", b"two"], [passed_bytes], None)


def test_frames_are_not_looked_for_without_end(monkeypatch):
    monkeypatch.setattr(zstd_blocks, "RESUMES_MAX_COUNT", 30)
    garbage = zstd_blocks.MAGIC + b"\x00\x58\xff\xff\xff"

    assert read(pack(b"one") + garbage * 20 + pack(b"two"))[0] == [b"one", b"two"]
    assert read(pack(b"one") + garbage * 40 + pack(b"two"))[0] == [b"one"]


def test_a_wrong_checksum_is_counted_and_nothing_lost():
    packed = bytearray(pack(TEXT, write_checksum=True))
    packed[-2] ^= 0x20
    blocks = blocks_of(bytes(packed) + pack(b"next"))

    assert b"".join(iter(blocks.next_piece, b"")) == TEXT + b"next"
    assert blocks.wrong_sums_count == 1


@pytest.mark.parametrize("cut", [1, 4, 5, 6, 8, 40, -1, -3, -4])
def test_an_end_too_soon_is_damage_unless_it_lies_between_two_blocks(cut):
    packed = pack(NOISE[:200_000], write_checksum=True)
    found, _, damage = read(packed[:cut])

    assert NOISE.startswith(found[0])
    assert damage in {
        "it breaks off within the header of a zstd frame",
        "it breaks off within a zstd block",
        None if cut == -4 else "",
    }


@given(position=st.integers(0, 10**6), mask=st.integers(1, 255), cut=st.integers(0, 200))
def test_whatever_is_changed_the_frames_on_both_sides_come_out(position, mask, cut):
    before, middle, after = (pack(text, write_checksum=True) for text in (TEXT, TEXT[::-1], b"end"))
    broken = bytearray(middle)
    broken[position % len(middle)] ^= mask
    del broken[position % len(middle) + 1 :][:cut]

    found, _, _ = read(before + bytes(broken) + after)

    assert found[0].startswith(TEXT)
    assert found[-1].endswith(b"end")


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_magic_end(data):
    assert sum(map(len, read(zstd_blocks.MAGIC + data)[0])) <= 40 * 2**20
