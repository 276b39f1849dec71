"""Zstandard block by block (RFC 8878): damage costs one frame, a torn end costs one block.

    28 b5 2f fd   descriptor[1] window[0-1] dictionary[0-4] content size[0-8]     a frame
    last:1 type:2 size:21, content                                                its blocks
    checksum[0-4]                                                                 its end

Each block is decoded by itself: all that a writer has flushed comes out, whatever breaks off behind it,
and a block gives at most 128 KiB. A decoder that is handed more at once keeps the last bytes back when
its input ends, and throws away what it had decoded when something is wrong.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vmadvisor.collect.damage import DamageError
from vmadvisor.errors import RootError

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionObj

MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPABLE = b"\x2a\x4d\x18"  # after a byte 0x50-0x5f: pzstd begins with such a frame
WINDOW_MAX_BYTES = 2**27  # zstd --long=27
RESUMES_MAX_COUNT = 10_000
"""Places that look like a frame's beginning: each costs up to a third of a millisecond."""

_BLOCK_MAX_BYTES = 128 * 1024
_HEADER_BYTES = 3
_CHECKSUM_BYTES = 4
_SKIPPABLE_HEAD_BYTES = 8
_RLE, _RESERVED = 1, 3
_RESERVED_BIT, _SINGLE_SEGMENT_BIT, _CHECKSUM_BIT = 0x08, 0x20, 0x04
_DICTIONARY_BYTES = (0, 1, 2, 4)
_CONTENT_SIZE_BYTES = (0, 2, 4, 8)


class ZstdBlocks:
    """``next_piece`` until it gives nothing; after a ``DamageError``, ``resume`` to go on.

    ``wrong_sums_count`` counts frames whose checksum does not match what came out of them.
    """

    __slots__ = ("_at", "_buffer", "_decoder", "_has_checksum", "_make_decoder", "_passed_bytes",
                 "_piece", "_read", "_resumes_count", "wrong_sums_count")  # fmt: skip

    def __init__(self, read: Callable[[], bytes]) -> None:
        try:
            import zstandard
        except ImportError:
            raise RootError(
                "it is compressed with zstd, and Python's zstandard is missing here: use zstd -dc"
            ) from None
        packed = zstandard.ZstdDecompressor(max_window_size=WINDOW_MAX_BYTES)
        self._make_decoder = packed.decompressobj
        self._read = read
        self._buffer = b""
        self._at = 0  # behind this nothing has been decoded
        self._passed_bytes = 0  # before the buffer
        self._decoder: ZstdDecompressionObj | None = None
        self._has_checksum = False
        self._piece = b""
        self._resumes_count = 0
        self.wrong_sums_count = 0

    def next_piece(self) -> bytes:
        """What the next block holds that holds anything; empty at the end."""
        piece, self._piece = self._piece, b""
        while not piece:
            if self._decoder is None and not self._begin_frame():
                return b""
            size_bytes, is_last = self._block_size()
            if not size_bytes:
                return b""
            piece = self._decoded(size_bytes)
            if is_last:
                self._end_frame()
        return piece

    def resume(self) -> int | None:
        """Goes on at the next frame that can be read; bytes passed over, ``None`` where none follows."""
        damaged_bytes = self._passed_bytes + self._at
        while self._resumes_count < RESUMES_MAX_COUNT:
            self._resumes_count += 1
            self._decoder = None
            self._at += 1
            if not self._find_magic():
                return None
            found_bytes = self._passed_bytes + self._at
            try:
                self._piece = self.next_piece()
            except DamageError:
                continue
            return found_bytes - damaged_bytes
        return None

    def _find_magic(self) -> bool:
        """Passes over what is no frame's beginning; false where none follows."""
        while (found := self._buffer.find(MAGIC, self._at)) < 0:
            self._at = max(self._at, len(self._buffer) - len(MAGIC) + 1)
            if not self._has(len(self._buffer) - self._at + 1):
                return False
        self._at = found
        return True

    def _has(self, count: int) -> bool:
        """True if so many bytes follow; reads what is missing."""
        while len(self._buffer) - self._at < count:
            more = self._read()
            if not more:
                return False
            self._passed_bytes += self._at
            self._buffer = self._buffer[self._at :] + more
            self._at = 0
        return True

    def _number(self, at: int, count: int) -> int:
        return int.from_bytes(self._buffer[self._at + at : self._at + at + count], "little")

    def _begin_frame(self) -> bool:
        """Takes a frame's header in; false at the end of the stream."""
        while self._has(1) and self._is_skippable():
            self._pass_over(_SKIPPABLE_HEAD_BYTES + self._number(4, 4))
        if not self._has(1):
            return False
        if not self._has(len(MAGIC) + 1):
            raise DamageError("it breaks off within the header of a zstd frame")
        if self._buffer[self._at : self._at + len(MAGIC)] != MAGIC:
            raise DamageError("no zstd frame where one should be")
        descriptor = self._number(len(MAGIC), 1)
        if descriptor & _RESERVED_BIT:
            raise DamageError("a zstd frame of an unknown form")
        is_single = bool(descriptor & _SINGLE_SEGMENT_BIT)
        length = len(MAGIC) + 1 + (not is_single) + _DICTIONARY_BYTES[descriptor & 3]
        length += _CONTENT_SIZE_BYTES[descriptor >> 6] or is_single
        if not self._has(length):
            raise DamageError("it breaks off within the header of a zstd frame")
        self._has_checksum = bool(descriptor & _CHECKSUM_BIT)
        self._decoded(length)
        return True

    def _is_skippable(self) -> bool:
        if not self._has(_SKIPPABLE_HEAD_BYTES):
            return False
        first, rest = self._number(0, 1), self._buffer[self._at + 1 : self._at + len(MAGIC)]
        return rest == SKIPPABLE and first >> 4 == 5  # noqa: PLR2004 - 0x50-0x5f

    def _pass_over(self, count: int) -> None:
        while count > (here := len(self._buffer) - self._at):
            count -= here
            self._at = len(self._buffer)
            if not self._has(1):
                return
        self._at += count

    def _block_size(self) -> tuple[int, bool]:
        """Bytes of the next block, and whether it is the frame's last; 0 where the stream ends."""
        if not self._has(1):
            return 0, False
        if not self._has(_HEADER_BYTES):
            raise DamageError("it breaks off within a zstd block")
        fields = self._number(0, _HEADER_BYTES)
        kind, size_bytes = fields >> 1 & 3, fields >> 3
        if kind == _RESERVED or size_bytes > _BLOCK_MAX_BYTES:
            raise DamageError("a zstd block of an unknown form")
        size_bytes = _HEADER_BYTES + (1 if kind == _RLE else size_bytes)
        if not self._has(size_bytes):
            raise DamageError("it breaks off within a zstd block")
        return size_bytes, bool(fields & 1)

    def _end_frame(self) -> None:
        """A frame without its checksum has been read to its end all the same."""
        if self._has_checksum and self._has(_CHECKSUM_BYTES):
            try:
                self._decoded(_CHECKSUM_BYTES)
            except DamageError:
                self.wrong_sums_count += 1
                self._at += _CHECKSUM_BYTES
        self._decoder = None

    def _decoded(self, count: int) -> bytes:
        decoder = self._decoder
        if decoder is None:
            decoder = self._decoder = self._make_decoder()
        try:
            piece = decoder.decompress(self._buffer[self._at : self._at + count])
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - its errors have no common base
            raise DamageError(str(error) or type(error).__name__) from None
        self._at += count
        return piece
