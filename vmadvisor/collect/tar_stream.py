r"""Members of a tar archive, read once from front to back: ustar, GNU and pax (POSIX.1-2001).

    name[100] ... size[12] ... checksum[8] typeflag[1] ... "ustar" ... prefix[155]   512 bytes
    data, padded to 512 bytes; two blocks of zeros end the archive

Not the standard library's ``tarfile``: it loads long-name headers and sparse maps of any size into
memory, raises whatever a torn header makes it raise, does not tell an archive that ends from one
that breaks off, and takes five times as long for the tens of thousands of small members of a
recording. Here a header costs at most ``LONG_HEADER_MAX_BYTES``, and what is no plain file is
passed over.
"""

from collections.abc import Iterator
from typing import NamedTuple

from vmadvisor.collect.decompress import DamageError, Output
from vmadvisor.errors import RootError

MEMBERS_MAX_COUNT = 5_000_000
LONG_HEADER_MAX_BYTES = 2**20
NAME_MAX_BYTES = 4096

_BLOCK_BYTES = 512
_ZEROS = bytes(_BLOCK_BYTES)
_BLANKED_CHECKSUM = sum(b" " * 8)
_SIZE_MAX_BYTES = 2**62

_FILES = frozenset(b"0\x007")
_WITHOUT_DATA = frozenset(b"123456")  # links, devices, directories, FIFOs
_PAX_KEYS = frozenset((b"path", b"size"))
_SPARSE = b"GNU.sparse"
_PAX, _PAX_GLOBAL, _GNU_NAME, _GNU_SPARSE = b"xgLS"


class Member(NamedTuple):
    """A member's name as stored; ``is_file`` is false for links, devices, FIFOs, sparse files."""

    name: str
    size_bytes: int
    is_file: bool


class _Header(NamedTuple):
    name: bytes
    size_bytes: int
    kind: int
    is_extended: bool


class TarStream:
    """Iterate, and call ``data`` for the members whose bytes are wanted.

    ``is_ended`` tells whether the end mark was seen: without it the archive broke off, be it
    between two members.
    """

    __slots__ = ("_left_bytes", "_output", "_padding_bytes", "is_ended", "members_count")

    def __init__(self, output: Output) -> None:
        self._output = output
        self._left_bytes = 0
        self._padding_bytes = 0
        self.is_ended = False
        self.members_count = 0

    def __iter__(self) -> Iterator[Member]:
        """Yields members; raises ``DamageError`` where the rest cannot be read."""
        extended: dict[bytes, bytes] = {}
        while (header := self._next_header()) is not None:
            if header.kind in {_PAX, _GNU_NAME}:
                extended.update(self._long_header(header))
                continue
            if header.kind == _PAX_GLOBAL:
                continue
            yield self._member(header, extended)
            extended = {}

    def data(self) -> bytes:
        """The bytes of the member yielded last; ``DamageError`` where they break off."""
        data = self._output.read(self._left_bytes)
        if len(data) < self._left_bytes:
            raise DamageError("it breaks off within a file")
        self._left_bytes = 0
        return data

    def _member(self, header: _Header, extended: dict[bytes, bytes]) -> Member:
        is_sparse = header.kind == _GNU_SPARSE
        while is_sparse and header.is_extended and self._block()[504]:
            pass  # the map's further blocks, before the data
        if b"size" in extended:
            self._expect(_decimal(extended[b"size"]))
        is_sparse = is_sparse or _SPARSE in extended
        name = extended.get(b"path", header.name)
        return Member(
            name=name[:NAME_MAX_BYTES].decode("utf-8", "surrogateescape"),
            size_bytes=self._left_bytes,
            is_file=header.kind in _FILES and not is_sparse and len(name) <= NAME_MAX_BYTES,
        )

    def _next_header(self) -> _Header | None:
        """Passes over what is left of the member before; ``None`` at the end of the archive."""
        left_bytes = self._left_bytes + self._padding_bytes
        if left_bytes and self._output.skip(left_bytes) < left_bytes:
            raise DamageError("it breaks off within a file")
        self._left_bytes = self._padding_bytes = 0
        block = self._output.read(_BLOCK_BYTES)
        if not block or block == _ZEROS:
            self.is_ended = bool(block)
            return None
        header = _header(block)
        self.members_count += 1
        if self.members_count > MEMBERS_MAX_COUNT:
            raise RootError(f"the archive has more than {MEMBERS_MAX_COUNT} members")
        self._expect(0 if header.kind in _WITHOUT_DATA else header.size_bytes)
        return header

    def _block(self) -> bytes:
        block = self._output.read(_BLOCK_BYTES)
        if len(block) < _BLOCK_BYTES:
            raise DamageError("it breaks off within a header")
        return block

    def _expect(self, size_bytes: int) -> None:
        self._left_bytes = size_bytes
        self._padding_bytes = -size_bytes % _BLOCK_BYTES

    def _long_header(self, header: _Header) -> dict[bytes, bytes]:
        if header.size_bytes > LONG_HEADER_MAX_BYTES:
            raise DamageError(f"a header of {header.size_bytes} bytes")
        data = self.data()
        return _pax(data) if header.kind == _PAX else {b"path": data.split(b"\0", 1)[0]}


def _header(block: bytes) -> _Header:
    if len(block) < _BLOCK_BYTES:
        raise DamageError("it breaks off within a header")
    if sum(block) - sum(block[148:156]) + _BLANKED_CHECKSUM != _octal(block[148:156]):
        raise DamageError("no tar header where one should be")
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0" and block[345]:
        name = block[345:500].split(b"\0", 1)[0] + b"/" + name
    return _Header(name, _size(block[124:136]), block[156], bool(block[482]))


def _size(field: bytes) -> int:
    """Octal, or GNU's base 256 where the first bit is set."""
    if not field[0] & 0x80:
        return _octal(field)
    size_bytes = int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big")
    if size_bytes > _SIZE_MAX_BYTES:  # negative ones too
        raise DamageError("a member of impossible size")
    return size_bytes


def _octal(field: bytes) -> int:
    digits = field.split(b"\0", 1)[0].strip()
    try:
        size = int(digits or b"0", 8)
    except ValueError:
        size = -1
    if size < 0:
        raise DamageError("a number in a header is none")
    return size


def _decimal(field: bytes) -> int:
    if not field.isdigit() or len(field) > 18:  # noqa: PLR2004 - digits of _SIZE_MAX_BYTES
        raise DamageError("a number in a header is none")
    return int(field)


def _pax(data: bytes) -> dict[bytes, bytes]:
    r"""Records ``LENGTH KEY=VALUE\n``, the length counting itself.

    >>> _pax(b"12 path=abc\n")
    {b'path': b'abc'}
    """
    found: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        space = data.find(b" ", position, position + 20)
        length = _decimal(data[position:space]) if space > 0 else 0
        record = data[space + 1 : position + length]
        key, equals, value = record[:-1].partition(b"=")
        if not equals or record[-1:] != b"\n" or position + length > len(data):
            raise DamageError("an extended header makes no sense")
        if key in _PAX_KEYS:
            found[key] = value
        elif key.startswith(b"GNU.sparse."):
            found[_SPARSE] = value
        position += length
    return found
