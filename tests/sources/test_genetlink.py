"""Netlink messages as the kernel writes them; what is cut or lies about its length is refused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import genetlink


def attribute(kind, value):
    data = struct.pack("=HH", 4 + len(value), kind) + value
    return data + bytes(-len(data) % 4)


def message(sequence, body, kind=31):
    return struct.pack("=IHHII", 16 + len(body), kind, 0, sequence, 77) + body


def answer(sequence, payload, *, aggregate=5):
    inner = attribute(2, struct.pack("=I", sequence)) + attribute(6, b"") + attribute(3, payload)
    return message(sequence, struct.pack("=BBH", 2, 1, 0) + attribute(aggregate, inner))


def error(sequence, number):
    return message(sequence, struct.pack("=i", -number) + bytes(16), kind=2)


def test_a_request_is_the_bytes_that_the_kernel_expects():
    """Length, type, flags, number, port; command, version; attribute TGID."""
    wanted = struct.pack("=IHHIIBBHHHI", 28, 31, 1, 4711, 0, 1, 1, 0, 8, 2, 4711)

    assert genetlink.request(31, 4711) == wanted


@pytest.mark.parametrize("aggregate", [4, 5, 5 | 0x8000])
def test_the_structure_is_found_behind_padding_and_flags(aggregate):
    found = genetlink.parse(answer(9, b"\x0d\x00payload", aggregate=aggregate))

    assert found == (genetlink.Reply(sequence_id=9, payload=b"\x0d\x00payload", errno_id=0),)


def test_several_messages_of_one_datagram_are_told_apart():
    found = genetlink.parse(answer(9, b"first") + error(8, 3) + answer(7, b"third"))

    assert [(one.sequence_id, one.payload, one.errno_id) for one in found] == [
        (9, b"first", 0), (8, b"", 3), (7, b"third", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        answer(9, b"x" * 12)[:-4],
        answer(9, b"x" * 12)[:10],
        struct.pack("=IHHII", 3, 31, 0, 9, 0),
        message(9, b"\1\1\0\0" + struct.pack("=HH", 400, 5)),
        message(9, b"\1\1\0\0" + attribute(1, b"\0\0\0\0")),
        message(9, b"\0", kind=2),
    ],
)
def test_what_is_not_as_long_as_it_says_or_holds_no_structure_is_refused(data):
    with pytest.raises(ParseError):
        genetlink.parse(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_replies_or_a_parse_error(data):
    try:
        genetlink.parse(data)
    except ParseError:
        return
