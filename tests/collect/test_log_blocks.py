"""Blocks end where lines end, and no line is too long for them."""

from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect import log_blocks
from vmadvisor.collect.log_blocks import line_blocks


def read_of(pieces):
    left = iter([piece for piece in pieces if piece])
    return lambda _size: next(left, b"")


@given(st.lists(st.binary(max_size=40)))
def test_nothing_is_lost_and_every_block_but_the_last_ends_a_line(pieces):
    blocks = list(line_blocks(read_of(pieces)))

    assert b"".join(blocks) == b"".join(pieces)
    assert all(block.endswith(b"\n") for block in blocks[:-1])


def test_a_line_without_end_is_cut_and_the_next_is_whole(monkeypatch):
    monkeypatch.setattr(log_blocks, "LINE_MAX_BYTES", 10)
    pieces = [b"first\n", b"x" * 8, b"x" * 8, b"x" * 8, b"yy\nlast one\n"]

    assert b"".join(line_blocks(read_of(pieces))).split(b"\n") == [
        b"first",
        b"x" * 16,
        b"last one",
        b"",
    ]
