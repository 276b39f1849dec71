"""Plain, gzip, xz or zstd bytes as one bounded stream; the first bytes decide, not the name.

Compressed input is a claim by a stranger: a few kB can stand for terabytes. Output is produced in
small pieces and counted, so that the worst costs is the limit.
"""

from collections.abc import Callable, Iterator
from typing import IO

from vmadvisor.errors import RootError

OUTPUT_MAX_BYTES = 8 * 2**30
RATIO_FREE_BYTES = 64 * 2**20
RATIO_MAX = 1000
"""Beyond ``RATIO_FREE_BYTES``; recordings of small hosts compress 200:1."""

_PIECE_BYTES = 128 * 1024
_WINDOW_MAX_BYTES = 2**27
"""What a decompressor may need: zstd --long=27, and twice what xz -9 takes."""

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\0"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # after a byte 0x50-0x5f: pzstd begins with such a frame
_MAGIC_BYTES = 6


class DamageError(Exception):
    """The rest of the archive cannot be read; what came before it stands."""


class Input:
    """The compressed bytes: their beginning put back, and counted."""

    __slots__ = ("_pending", "_stream", "magic", "read_bytes")

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._pending = b""
        self.read_bytes = 0
        while len(self._pending) < _MAGIC_BYTES and (more := stream.read(_MAGIC_BYTES)):
            self._pending += more
        self.magic = self._pending[:_MAGIC_BYTES]

    def read(self, size: int = _PIECE_BYTES) -> bytes:
        """At most ``size`` bytes, empty at the end."""
        data, self._pending = self._pending, b""
        data = data or self._stream.read(size)
        self.read_bytes += len(data)
        return data


class Output:
    """The decompressed bytes; ``read`` gives exactly what is asked for, less only at the end.

    ``read`` raises ``DamageError`` where the compressed form breaks off or makes no sense, and
    ``RootError`` beyond a limit.
    """

    __slots__ = ("_buffer", "_input", "_pieces", "_position", "total_bytes")

    def __init__(self, stream: IO[bytes]) -> None:
        self._input = Input(stream)
        self._pieces = _decoder(self._input.magic)(self._input)
        self._buffer = b""
        self._position = 0
        self.total_bytes = 0

    def read(self, count: int) -> bytes:
        """``count`` bytes, fewer at the end of the stream."""
        end = self._position + count
        if end <= len(self._buffer):
            data = self._buffer[self._position : end]
            self._position = end
            return data
        pieces = [self._buffer[self._position :]]
        missing_bytes = count - len(pieces[0])
        self._buffer, self._position = b"", 0
        while missing_bytes and (piece := self._next_piece()):
            pieces.append(piece[:missing_bytes])
            self._buffer, self._position = piece, len(pieces[-1])
            missing_bytes -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, count: int) -> int:
        """Passes over ``count`` bytes without keeping them; returns how many there were."""
        left_bytes = count
        while left_bytes and (data := self.read(min(left_bytes, _PIECE_BYTES))):
            left_bytes -= len(data)
        return count - left_bytes

    def _next_piece(self) -> bytes:
        try:
            piece = next(self._pieces, b"")
        except (RootError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - the decoders' errors have no common base
            raise DamageError(str(error) or type(error).__name__) from None
        self.total_bytes += len(piece)
        if self.total_bytes > OUTPUT_MAX_BYTES:
            raise RootError(f"the archive holds more than {OUTPUT_MAX_BYTES // 2**30} GiB")
        limit_bytes = max(RATIO_FREE_BYTES, RATIO_MAX * self._input.read_bytes)
        if self.total_bytes > limit_bytes:
            raise RootError(f"the archive expands more than {RATIO_MAX}:1, which no recording does")
        return piece


def _decoder(magic: bytes) -> Callable[[Input], Iterator[bytes]]:
    if magic.startswith(_GZIP):
        return _gzip
    if magic.startswith(_XZ):
        return _xz
    return _zstd if magic.startswith(_ZSTD) or magic[1:4] == _ZSTD_SKIPPABLE else _plain


def _plain(source: Input) -> Iterator[bytes]:
    while piece := source.read():
        yield piece


def _gzip(source: Input) -> Iterator[bytes]:
    import zlib

    decoder = zlib.decompressobj(wbits=31)
    pending = b""
    while data := pending or source.read():
        if piece := decoder.decompress(data, _PIECE_BYTES):
            yield piece
        pending = decoder.unconsumed_tail
        if decoder.eof:
            pending = decoder.unused_data.lstrip(b"\0")
            decoder = zlib.decompressobj(wbits=31)
    if piece := decoder.flush():
        yield piece


def _xz(source: Input) -> Iterator[bytes]:
    import lzma

    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW_MAX_BYTES)
    pending = b""
    while True:
        data = pending
        if not data and decoder.needs_input and not (data := source.read()):
            return
        if piece := decoder.decompress(data, _PIECE_BYTES):
            yield piece
        pending = b""
        if decoder.eof:
            pending = decoder.unused_data.lstrip(b"\0")
            decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW_MAX_BYTES)


def _zstd(source: Input) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise RootError(
            "it is compressed with zstd, and Python's zstandard is missing here: use zstd -dc"
        ) from None
    decoder = zstandard.ZstdDecompressor(max_window_size=_WINDOW_MAX_BYTES)
    # The reader asks its source for bytes and nothing else.
    with decoder.stream_reader(source, read_across_frames=True, closefd=False) as reader:  # type: ignore[arg-type]
        while piece := reader.read1(_PIECE_BYTES):
            yield piece
