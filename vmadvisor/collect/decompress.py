"""Plain, gzip, xz or zstd bytes as one bounded stream; the first bytes decide, not the name.

Compressed input is a claim by a stranger: a few kB can stand for terabytes. Output is produced in
small pieces and counted, so that the worst costs is the limit.
"""

from collections.abc import Callable, Iterator
from typing import IO, NoReturn, Protocol

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.zstd_blocks import MAGIC, SKIPPABLE, ZstdBlocks

OUTPUT_MAX_BYTES = 8 * 2**30
RATIO_FREE_BYTES = 64 * 2**20
RATIO_MAX = 1000
"""Beyond ``RATIO_FREE_BYTES``; recordings of small hosts compress 200:1."""

_PIECE_BYTES = 128 * 1024
_XZ_MEMORY_MAX_BYTES = 2**27
"""Twice what xz -9 takes."""

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\0"
_MAGIC_BYTES = 6


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


class _Pieces(Protocol):
    """A decoder: ``next_piece`` until it gives nothing; ``resume`` after an error of its own."""

    wrong_sums_count: int

    def next_piece(self) -> bytes: ...

    def resume(self) -> int | None: ...


class _Unbroken:
    """What cannot be read on once it is damaged: a generator that has raised is over."""

    __slots__ = ("_pieces",)

    wrong_sums_count = 0

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def next_piece(self) -> bytes:
        return next(self._pieces, b"")

    def resume(self) -> int | None:
        return None


class Output:
    """The decompressed bytes; ``read`` gives exactly what is asked for, less only at the end.

    ``read`` raises ``DamageError`` where the compressed form breaks off or makes no sense (then
    ``resume`` goes on behind it, if that can be), and beyond a limit (then it does not).
    """

    __slots__ = ("_buffer", "_damage", "_input", "_is_over", "_pieces", "_position", "total_bytes")

    def __init__(self, stream: IO[bytes]) -> None:
        self._input = Input(stream)
        self._pieces = _decoder(self._input.magic)(self._input)
        self._buffer = b""
        self._position = 0
        self.total_bytes = 0
        self._damage: str | None = None
        self._is_over = False

    @property
    def wrong_sums_count(self) -> int:
        """Parts whose checksum does not match what came out of them."""
        return self._pieces.wrong_sums_count

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
        try:
            while missing_bytes and (piece := self._next_piece()):
                pieces.append(piece[:missing_bytes])
                self._buffer, self._position = piece, len(pieces[-1])
                missing_bytes -= len(pieces[-1])
        except DamageError:
            self._buffer, self._position = b"".join(pieces), 0
            raise
        return b"".join(pieces)

    def rest(self) -> bytes:
        """What had been decompressed when ``read`` met damage."""
        data = self._buffer[self._position :]
        self._buffer, self._position = b"", 0
        return data

    def skip(self, count: int) -> int:
        """Passes over ``count`` bytes without keeping them; returns how many there were."""
        if self._position + count <= len(self._buffer):
            self._position += count
            return count
        left_bytes = count
        while left_bytes and (data := self.read(min(left_bytes, _PIECE_BYTES))):
            left_bytes -= len(data)
        return count - left_bytes

    def put_back(self, data: bytes) -> None:
        """The next ``read`` begins with these bytes, which were read before."""
        self._buffer = data + self._buffer[self._position :]
        self._position = 0

    def resume(self) -> int | None:
        """Goes on behind the damage; compressed bytes passed over, ``None`` where that cannot be.

        What ``rest`` has not been asked for is lost.
        """
        self._buffer, self._position = b"", 0
        passed_bytes = None if self._is_over else self._pieces.resume()
        if passed_bytes is not None:
            self._damage = None
        return passed_bytes

    def _next_piece(self) -> bytes:
        if self._damage is not None:
            raise DamageError(self._damage)
        try:
            piece = self._pieces.next_piece()
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - the decoders' errors have no common base
            self._damage = str(error) or type(error).__name__
            raise DamageError(self._damage) from None
        self.total_bytes += len(piece)
        if self.total_bytes > OUTPUT_MAX_BYTES:
            self._end(f"it holds more than {OUTPUT_MAX_BYTES // 2**30} GiB")
        if self.total_bytes > max(RATIO_FREE_BYTES, RATIO_MAX * self._input.read_bytes):
            self._end(f"it expands more than {RATIO_MAX}:1, which no recording does")
        return piece

    def _end(self, reason: str) -> NoReturn:
        """Beyond a limit: what was read before stands, and nothing follows."""
        self._damage, self._is_over = reason, True
        raise DamageError(reason)


def _decoder(magic: bytes) -> Callable[[Input], _Pieces]:
    if magic.startswith(MAGIC) or magic[1:4] == SKIPPABLE:
        return lambda source: ZstdBlocks(source.read)
    unpack = _gzip if magic.startswith(_GZIP) else _xz if magic.startswith(_XZ) else _plain
    return lambda source: _Unbroken(unpack(source))


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

    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_MAX_BYTES)
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
            decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_MAX_BYTES)
