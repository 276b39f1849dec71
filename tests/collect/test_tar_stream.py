import io
import random
import tarfile
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.tar_stream import LONG_HEADER_MAX_BYTES, TarStream

FORMS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def stream_of(data):
    return TarStream(Output(io.BytesIO(data)))


def contents(data):
    stream = stream_of(data)
    found = [(member.name, stream.data()) for member in stream if member.is_file]
    return found, stream.is_ended


def read(data):
    """(names and bytes, loss told before each, what broke the archive off)."""
    stream, found, losses = stream_of(data), [], []
    try:
        for member in stream:
            losses.append(stream.take_loss())
            found.append((member.name, stream.data()))
    except DamageError as damage:
        return found, losses, str(damage)
    return found, losses, None


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
def test_an_extended_header_without_sense_costs_its_member_at_most(tar_of, record):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, len(record)
    rest = tar_of([("a", b"b"), ("c", b"d")])
    stream = stream_of(header_of(info) + record.ljust(512, b"\0") + rest)

    assert [(member.name, stream.data()) for member in stream][-1] == ("c", b"d")
    assert stream.take_loss() is not None


def test_members_are_counted_against_the_limit(tar_of, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.tar_stream.MEMBERS_MAX_COUNT", 3)

    with pytest.raises(DamageError, match="more than 3 members"):
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
            found.extend(got for member in stream if (got := stream.data()) is not None)
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


ABCD = [("a", b"1" * 600), ("b", b"2" * 1030), ("c", b"3" * 9), ("d", b"4")]


@pytest.mark.parametrize("position", [1536, 1536 + 124, 1536 + 150, 1536 + 260])
def test_a_damaged_header_costs_its_member_and_no_other(tar_of, position):
    data = bytearray(tar_of(ABCD, form=tarfile.USTAR_FORMAT))
    data[position] ^= 0x10

    found, losses, damage = read(bytes(data))

    assert [name for name, _ in found] == ["a", "c", "d"]
    assert [loss and (loss.reason, loss.lost_bytes) for loss in losses] == [
        None, ("no tar header where one should be", 2048), None,
    ]  # fmt: skip
    assert damage is None


@pytest.mark.parametrize("cut", [(1536, 1), (1700, 3), (2048, 513), (1537, 1535)])
def test_bytes_that_are_missing_in_the_middle_cost_what_they_belong_to(tar_of, cut):
    """What follows no longer stands at a multiple of 512."""
    data = tar_of(ABCD, form=tarfile.USTAR_FORMAT)
    start, length = cut

    found, losses, _ = read(data[:start] + data[start + length :])

    assert found[0] == ABCD[0]
    assert found[-1] == ABCD[-1]
    assert sum(loss is not None for loss in losses) == 1


def test_garbage_before_the_first_header_is_passed_over(tar_of):
    found, losses, damage = read(b"x" * 700 + tar_of(ABCD))

    assert (found, damage) == (ABCD, None)
    assert losses[0].lost_bytes == 700


def test_a_first_header_is_not_looked_for_without_end(tar_of, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.tar_search.FIRST_MAX_BYTES", 100_000)

    assert read(b"x" * 90_000 + tar_of(ABCD))[0] == ABCD
    assert read(b"x" * 190_000 + tar_of(ABCD))[0] == []


def test_what_looks_like_headers_is_not_tried_without_end(tar_of, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.tar_search.TRIES_MAX_COUNT", 50)
    fakes = bytes(257) + b"ustar" * 200 + bytes(257)

    assert read(tar_of([ABCD[0]])[:1536] + b"ustar" * 40 + tar_of(ABCD))[0] == [ABCD[0], *ABCD]
    assert read(tar_of([ABCD[0]])[:1536] + fakes + tar_of(ABCD))[0] == [ABCD[0]]


def test_losses_are_counted_against_a_limit(tar_of, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.tar_stream.LOSSES_MAX_COUNT", 2)
    piece = tar_of([("a", b"1")], form=tarfile.USTAR_FORMAT)[:1024] + b"#" * 512

    found, losses, damage = read(piece * 5)

    assert [name for name, _ in found] == ["a", "a", "a"]
    assert sum(loss is not None for loss in losses) == 2
    assert damage == "no tar header where one should be"


def test_a_name_that_damage_may_have_shortened_names_nothing(tar_of):
    """The long name stood in a header before, which is gone."""
    long = "sys/fs/cgroup/" + "n" * 200 + "/memory.max"
    data = bytearray(tar_of([("a", b"1"), (long, b"2"), ("c", b"3")], form=tarfile.GNU_FORMAT))
    data[1024] ^= 1  # the name of the long name's header
    stream = stream_of(bytes(data))

    assert [(member.name[:20], member.is_file) for member in stream] == [
        ("a", True), (long[:20], False), ("c", True),
    ]  # fmt: skip


def test_a_damaged_frame_in_the_middle_costs_what_follows_in_it_and_no_more(tar_of):
    frames = [
        tar_of([(f"{number}{part}", random.Random(number).randbytes(3000)) for part in "xyz"])[
            :10_752
        ]
        for number in range(4)
    ]
    packed = [zstandard.ZstdCompressor(level=1).compress(frame) for frame in frames]
    broken = bytearray(packed[1])
    broken[9] ^= 0xFF

    found, losses, damage = read(packed[0] + bytes(broken) + packed[2] + packed[3])

    names = [name for name, _ in found]
    assert names[:3] == ["0x", "0y", "0z"]
    assert names[-6:] == ["2x", "2y", "2z", "3x", "3y", "3z"]
    (loss,) = filter(None, losses)
    assert len(packed[1]) - 9 <= loss.lost_bytes <= len(packed[1])
    assert damage is None


def test_an_archive_behind_a_wrong_checksum_is_read_and_the_checksum_told(tar_of):
    first = zstandard.ZstdCompressor(write_checksum=True).compress(tar_of(ABCD)[:6656])
    stream = stream_of(first[:-1] + bytes([first[-1] ^ 1]))

    assert [member.name for member in stream] == ["a", "b", "c", "d"]
    assert stream.is_ended
    stream = stream_of(first[:-1] + bytes([first[-1] ^ 1]))
    assert [(member.name, stream.data()) for member in stream] == ABCD
    assert stream.wrong_sums_count == 1
