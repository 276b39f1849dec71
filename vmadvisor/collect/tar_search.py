"""Behind a damaged place: the next tar header, told by its magic and its checksum.

Not only at multiples of 512 bytes: how much a damaged frame would have given, nobody knows.
"""

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.tar_header import BLOCK_BYTES, MAGIC, MAGIC_AT_BYTES, header_of

FIRST_MAX_BYTES = 64 * 2**20
"""As far as the first header is looked for; what begins with more than that is no archive."""

TRIES_MAX_COUNT = 100_000
"""Places that look like a header: each costs some microseconds."""

_PIECE_BYTES = 64 * 1024


class HeaderSearch:
    """Searches one output, as often as need be."""

    __slots__ = ("_output", "_tries_count")

    def __init__(self, output: Output) -> None:
        self._output = output
        self._tries_count = 0

    def run(self, *, is_tar: bool) -> int | None:
        """Stands at the next header then; bytes passed over, ``None`` where none follows.

        Compressed bytes where the compressed form is damaged, else plain ones.
        """
        packed_bytes = plain_bytes = 0
        window = b""
        while is_tar or plain_bytes < FIRST_MAX_BYTES:
            is_broken = False
            try:
                piece = self._output.read(_PIECE_BYTES)
            except DamageError:
                piece, is_broken = self._output.rest(), True
            window += piece
            at = self._header_in(window)
            if at is not None:
                self._output.put_back(window[at:])
                return packed_bytes or plain_bytes + at
            if is_broken:
                passed_bytes = self._output.resume()
                if passed_bytes is None:
                    return None
                packed_bytes += passed_bytes
                window = b""
            elif not piece or self._tries_count >= TRIES_MAX_COUNT:
                return None
            kept = window[-BLOCK_BYTES + 1 :]
            plain_bytes += len(window) - len(kept)
            window = kept
        return None

    def _header_in(self, window: bytes) -> int | None:
        at = window.find(MAGIC, MAGIC_AT_BYTES)
        while at >= 0 and self._tries_count < TRIES_MAX_COUNT:
            begin = at - MAGIC_AT_BYTES
            block = window[begin : begin + BLOCK_BYTES]
            if len(block) == BLOCK_BYTES and self._is_header(block):
                return begin
            at = window.find(MAGIC, at + 1)
        return None

    def _is_header(self, block: bytes) -> bool:
        self._tries_count += 1
        try:
            header_of(block)
        except DamageError:
            return False
        return True
