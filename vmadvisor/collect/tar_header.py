r"""Headers of a tar archive: ustar, GNU and pax (POSIX.1-2001), from bytes.

    name[100] ... size[12] ... checksum[8] typeflag[1] ... "ustar" ... prefix[155]   512 bytes
    LENGTH KEY=VALUE\n                                                               pax, for the next

A checksum makes them stand out of anything else: where an archive is damaged, reading can go on at the
next.
"""

from typing import NamedTuple
from zlib import adler32

from vmadvisor.collect.damage import DamageError

BLOCK_BYTES = 512
MAGIC = b"ustar"
MAGIC_AT_BYTES = 257
SPARSE = b"GNU.sparse"

_SUM_AT = slice(148, 156)
_BLANKED_SUM = sum(b" " * 8)
_SIZE_MAX_BYTES = 2**62
_NAME_BYTES = 100
_PAX_KEYS = frozenset((b"path", b"size"))


class Header(NamedTuple):
    """``is_extended``: blocks of a sparse map follow. ``is_name_full``: the name may be longer."""

    name: bytes
    size_bytes: int
    kind: int
    is_extended: bool
    is_name_full: bool


def header_of(block: bytes) -> Header:
    """``DamageError`` where the block is none."""
    if len(block) < BLOCK_BYTES:
        raise DamageError("it breaks off within a header")
    if not _is_sum_right(block):
        raise DamageError("no tar header where one should be")
    name = block[:_NAME_BYTES].split(b"\0", 1)[0]
    if block[MAGIC_AT_BYTES : MAGIC_AT_BYTES + 6] == MAGIC + b"\0" and block[345]:
        name = block[345:500].split(b"\0", 1)[0] + b"/" + name
    is_name_full = bool(block[_NAME_BYTES - 1])
    return Header(name, _size(block[124:136]), block[156], bool(block[482]), is_name_full)


def _is_sum_right(block: bytes) -> bool:
    """The checksum counts its own field as blanks."""
    field = block[_SUM_AT]
    try:
        return _sum(block) - sum(field) + _BLANKED_SUM == _octal(field)
    except DamageError:
        return False


def _sum(block: bytes) -> int:
    """Of all bytes: the low half of Adler-32 less 1, which 256 bytes cannot make wrap.

    Ten times as fast as ``sum``, which would be half of what reading a recording costs.
    """
    low, high = adler32(block[:256]), adler32(block[256:])
    return (low & 0xFFFF) + (high & 0xFFFF) - 2


def _size(field: bytes) -> int:
    """Octal, or GNU's base 256 where the first bit is set."""
    if not field[0] & 0x80:
        return _octal(field)
    size_bytes = int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big")
    if size_bytes > _SIZE_MAX_BYTES:  # negative ones too
        raise DamageError("a member of impossible size")
    return size_bytes


def _octal(field: bytes) -> int:
    try:
        size = int(field.split(b"\0", 1)[0].strip() or b"0", 8)
    except ValueError:
        size = -1
    if size < 0:
        raise DamageError("a number in a header is none")
    return size


def decimal(field: bytes) -> int:
    """A number as pax writes it."""
    if not field.isdigit() or len(field) > 18:  # noqa: PLR2004 - digits of _SIZE_MAX_BYTES
        raise DamageError("a number in a header is none")
    return int(field)


def pax_of(data: bytes) -> dict[bytes, bytes]:
    r"""Records ``LENGTH KEY=VALUE\n``, the length counting itself.

    >>> pax_of(b"12 path=abc\n")
    {b'path': b'abc'}
    """
    found: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        space = data.find(b" ", position, position + 20)
        length = decimal(data[position:space]) if space > 0 else 0
        record = data[space + 1 : position + length]
        key, equals, value = record[:-1].partition(b"=")
        if not equals or record[-1:] != b"\n" or position + length > len(data):
            raise DamageError("an extended header makes no sense")
        if key in _PAX_KEYS:
            found[key] = value
        elif key.startswith(b"GNU.sparse."):
            found[SPARSE] = value
        position += length
    return found
