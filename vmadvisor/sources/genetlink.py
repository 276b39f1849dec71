"""Generic netlink messages of the TASKSTATS family (``include/uapi/linux/netlink.h``, ``genetlink.h``).

    struct nlmsghdr    length, type, flags, sequence number, port        16 bytes
    struct genlmsghdr  command, version, reserved                        4 bytes
    struct nlattr      length, type; the value, padded to 4 bytes        as many as fit

A request asks for one process (TASKSTATS_CMD_ATTR_TGID) and is answered by AGGR_TGID, which holds TGID and
STATS (and padding, TASKSTATS_TYPE_NULL), or by NLMSG_ERROR with a negative errno. Many requests may go in
one write; each is answered by a message of its own. Byte order and padding are the kernel's own.
"""

import struct
from collections.abc import Iterator

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass

_NLMSG_ERROR = 2
_NLM_F_REQUEST = 1
_CMD_GET = 1  # TASKSTATS_CMD_GET
_CMD_ATTR_TGID = 2
_TYPE_STATS = 3
_AGGREGATES = frozenset({4, 5})  # TASKSTATS_TYPE_AGGR_PID, TASKSTATS_TYPE_AGGR_TGID
_ATTRIBUTE_TYPE_MASK = 0x3FFF  # NLA_TYPE_MASK: above it are flags

_HEADER = struct.Struct("=IHHII")
_GENERIC = struct.Struct("=BBH")
_ATTRIBUTE = struct.Struct("=HH")
_ERROR = struct.Struct("=i")
_REQUEST = struct.Struct("=IHHIIBBHHHI")
_ATTRIBUTE_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to the request of this number: a ``struct taskstats``, or an errno."""

    sequence_id: int
    payload: bytes
    errno_id: int


def request(family_id: int, tgid_id: int) -> bytes:
    """Asks for the sum over one process's threads; its id is the sequence number as well."""
    return _REQUEST.pack(
        _REQUEST.size, family_id, _NLM_F_REQUEST, tgid_id, 0,
        _CMD_GET, 1, 0,
        _ATTRIBUTE_BYTES, _CMD_ATTR_TGID, tgid_id,
    )  # fmt: skip


def parse(data: bytes) -> tuple[Reply, ...]:
    """All messages of one datagram; ``ParseError`` where one is not as long as it says."""
    found = []
    position = 0
    while position < len(data):
        if len(data) - position < _HEADER.size:
            raise ParseError(f"netlink message: {len(data) - position} bytes, no header")
        length, kind, _, sequence, _ = _HEADER.unpack_from(data, position)
        if length < _HEADER.size or position + length > len(data):
            raise ParseError(f"netlink message of {length} bytes in {len(data) - position}")
        body = data[position + _HEADER.size : position + length]
        found.append(_error(sequence, body) if kind == _NLMSG_ERROR else _stats(sequence, body))
        position += _aligned(length)
    return tuple(found)


def _error(sequence_id: int, body: bytes) -> Reply:
    if len(body) < _ERROR.size:
        raise ParseError("netlink error without a number")
    return Reply(sequence_id=sequence_id, payload=b"", errno_id=-_ERROR.unpack_from(body)[0])


def _stats(sequence_id: int, body: bytes) -> Reply:
    for kind, value in _attributes(body[_GENERIC.size :]):
        if kind in _AGGREGATES:
            for inner, payload in _attributes(value):
                if inner == _TYPE_STATS:
                    return Reply(sequence_id=sequence_id, payload=payload, errno_id=0)
    raise ParseError("netlink message without a struct taskstats")


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, value) of each attribute."""
    position = 0
    while position + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, position)
        if length < _ATTRIBUTE.size or position + length > len(data):
            raise ParseError(f"netlink attribute of {length} bytes in {len(data) - position}")
        yield kind & _ATTRIBUTE_TYPE_MASK, data[position + _ATTRIBUTE.size : position + length]
        position += _aligned(length)


def _aligned(length: int) -> int:
    """Messages and attributes start at multiples of 4."""
    return (length + 3) & ~3
