import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.tar_header import _sum, header_of, pax_of


def block_of(name="proc/stat", size=700, form=tarfile.USTAR_FORMAT, **changes):
    info = tarfile.TarInfo(name)
    info.size = size
    for key, value in changes.items():
        setattr(info, key, value)
    return info.tobuf(form)[-512:]


@given(st.binary(min_size=512, max_size=512))
def test_the_fast_sum_is_the_sum(block):
    assert _sum(block) == sum(block)


def test_the_fast_sum_does_not_wrap():
    assert _sum(b"\xff" * 512) == 130_560


def test_a_header_is_read_as_it_was_written():
    header = header_of(block_of())

    assert (header.name, header.size_bytes, header.kind) == (b"proc/stat", 700, ord("0"))
    assert not header.is_name_full


@pytest.mark.parametrize("length", [99, 100])
def test_a_name_that_fills_its_field_may_have_been_cut(length):
    assert header_of(block_of("n" * length)).is_name_full == (length == 100)


def test_a_prefix_stands_before_the_name():
    name = "5.5/" + "d" * 90 + "/" + "n" * 30

    assert header_of(block_of(name)).name == name.encode()


def test_a_size_in_base_256_is_understood():
    assert header_of(block_of(size=2**40, form=tarfile.GNU_FORMAT)).size_bytes == 2**40


@given(position=st.integers(0, 511), mask=st.integers(1, 255))
def test_a_changed_byte_never_passes_for_the_header_it_was(position, mask):
    """Some fields of the checksum may be written in more than one way; all else counts in it."""
    block = bytearray(block_of())
    block[position] ^= mask

    try:
        header = header_of(bytes(block))
    except DamageError:
        return
    assert 148 <= position < 156
    assert header == header_of(block_of())


def test_of_pax_records_the_path_and_the_size_are_of_use():
    records = b"18 path=proc/stat\n" + b"11 size=70\n" + b"13 mtime=1.5\n"

    assert pax_of(records) == {b"path": b"proc/stat", b"size": b"70"}
