import io
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect.decompress import DamageError, Output
from vmadvisor.collect.tar_stream import LONG_HEADER_MAX_BYTES, TarStream
from vmadvisor.errors import RootError

FORMS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def stream_of(data):
    return TarStream(Output(io.BytesIO(data)))


def contents(data):
    stream = stream_of(data)
    found = [(member.name, stream.data()) for member in stream if member.is_file]
    return found, stream.is_ended


def header_of(info, form=tarfile.GNU_FORMAT):
    return info.tobuf(form)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_names_and_bytes_come_back_as_they_were_stored(tar_of, form):
    members = [("12.5/proc/stat", b"cpu 1"), ("a" * 90 + "/" + "b" * 60, b"x" * 1300), ("c", b"")]

    assert contents(tar_of(members, form=form)) == (members, True)


@pytest.mark.parametrize("form", ["gnu", "pax"])
def test_long_and_foreign_names_come_back_whole(tar_of, form):
    name = "sys/fs/cgroup/" + "ü" * 150 + "/memory.max"

    assert contents(tar_of([(name, b"7")], form=FORMS[form])) == ([(name, b"7")], True)


def test_members_whose_bytes_nobody_wants_are_passed_over(tar_of):
    stream = stream_of(tar_of([("a", b"1" * 5000), ("b", b"2"), ("c", b"3" * 700)]))

    assert [(member.name, member.size_bytes) for member in stream] == [
        ("a", 5000),
        ("b", 1),
        ("c", 700),
    ]


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE],
)
def test_links_devices_and_directories_are_no_files(tar_of, kind):
    info = tarfile.TarInfo("proc/meminfo")
    info.type, info.linkname, info.size = kind, "/etc/shadow", 900
    data = header_of(info) + tar_of([("proc/stat", b"cpu")])

    assert contents(data) == ([("proc/stat", b"cpu")], True)


def test_an_old_sparse_member_with_further_map_blocks_is_passed_over(tar_of):
    info = tarfile.TarInfo("proc/vmstat")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    block = bytearray(header_of(info))
    block[482] = 1
    block[148:156] = b" " * 8
    block[148:155] = b"%06o\0" % sum(block)
    further = bytearray(512)
    further[504] = 1
    data = bytes(block) + bytes(further) + bytes(512) + b"d" * 512 + tar_of([("proc/stat", b"cpu")])

    assert contents(data) == ([("proc/stat", b"cpu")], True)


def test_a_pax_sparse_member_is_passed_over(tar_of):
    info = tarfile.TarInfo("proc/vmstat")
    info.size, info.pax_headers = 3, {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
    data = info.tobuf(tarfile.PAX_FORMAT) + b"1\n2".ljust(512, b"\0") + tar_of([("a", b"9")])

    assert contents(data) == ([("a", b"9")], True)


def test_a_huge_extended_header_is_refused_before_it_is_read():
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, LONG_HEADER_MAX_BYTES + 1

    with pytest.raises(DamageError, match="a header of 1048577 bytes"):
        contents(header_of(info) + bytes(4096))


def test_many_extended_headers_in_a_row_neither_recurse_nor_pile_up(tar_of):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 12
    chain = (header_of(info) + b"12 path=abc\n".ljust(512, b"\0")) * 3000

    assert contents(chain + tar_of([("name", b"5")]))[0] == [("abc", b"5")]


@pytest.mark.parametrize("size", [-1, -(2**40), 2**63])
def test_an_impossible_size_is_damage(size):
    info = tarfile.TarInfo("proc/stat")
    info.size = size

    with pytest.raises(DamageError, match="impossible size"):
        contents(header_of(info) + bytes(1024))


@pytest.mark.parametrize(
    "record",
    [
        b"99 path=abc\n",
        b"path=abc\n",
        b"12 pathXabc\n",
        b"0 a=b\n",
        b"9" * 30,
        b"13 size=x\n\n\n\n",
    ],
)
def test_an_extended_header_without_sense_is_damage(tar_of, record):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, len(record)

    with pytest.raises(DamageError):
        contents(header_of(info) + record.ljust(512, b"\0") + tar_of([("a", b"b")]))


def test_members_are_counted_against_the_limit(tar_of, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.tar_stream.MEMBERS_MAX_COUNT", 3)

    with pytest.raises(RootError, match="more than 3 members"):
        contents(tar_of([(str(number), b"") for number in range(4)]))


def test_an_archive_cut_between_two_members_is_not_taken_for_a_whole_one(tar_of):
    data = tar_of([("a", b"1"), ("b", b"2")], form=tarfile.GNU_FORMAT)

    assert contents(data[:1024]) == ([("a", b"1")], False)


def test_torn_at_any_position_the_whole_members_before_it_are_given(tar_of):
    data = tar_of([("a", b"1" * 600), ("b", b"2" * 30), ("c", b"3")], form=tarfile.GNU_FORMAT)
    ends = [512 + 600, 512 + 1024 + 512 + 30, 512 + 1024 + 1024 + 512 + 1]

    for length in range(0, len(data), 37):
        found = []
        stream = stream_of(data[:length])
        try:
            found.extend(stream.data()[:1] for member in stream)
        except DamageError:
            assert length % 512
        assert len(found) == sum(end <= length for end in ends), length
        assert stream.is_ended == (length >= 512 + 1024 + 1024 + 1024 + 512)


@given(position=st.integers(0, 4095), value=st.integers(0, 255))
def test_any_changed_byte_gives_members_or_damage(tar_of, position, value):
    data = bytearray(tar_of([("12.5/proc/stat", b"cpu"), ("ü" * 90, b"x" * 700)]))
    data[position] = value

    try:
        found, _ = contents(bytes(data))
    except DamageError:
        return
    assert len(found) <= 4


@given(st.binary(max_size=2048))
def test_any_bytes_give_members_or_damage(data):
    with suppress(DamageError):
        assert contents(data)[0] == []
