"""A log as blocks of whole lines, a block at a time: a log of any size takes the memory of two blocks."""

from collections.abc import Callable, Iterator

BLOCK_BYTES = 256 * 1024
LINE_MAX_BYTES = 1024 * 1024
"""A line that is longer is cut: no logger writes such a one."""

Read = Callable[[int], bytes]


def line_blocks(read: Read) -> Iterator[bytes]:
    r"""Blocks that end where a line ends; the last may end without a newline.

    >>> pieces = iter([b"one\ntw", b"o\nthree", b""])
    >>> list(line_blocks(lambda size: next(pieces)))
    [b'one\n', b'two\n', b'three']
    """
    rest = b""
    is_overlong = False
    while piece := read(BLOCK_BYTES):
        cut = piece.rfind(b"\n") + 1
        if not cut:
            if len(rest) < LINE_MAX_BYTES:
                rest += piece
            is_overlong = len(rest) >= LINE_MAX_BYTES
            continue
        if is_overlong:
            rest += b"\n"
            piece, cut, is_overlong = *_after_line(piece, cut), False
        block, rest = rest + piece[:cut], piece[cut:]
        yield block
    if rest:
        yield rest


def _after_line(piece: bytes, cut: int) -> tuple[bytes, int]:
    """The piece without the rest of a line that was cut."""
    start = piece.find(b"\n") + 1
    return piece[start:], cut - start
