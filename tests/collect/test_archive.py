import gzip
import io
import random
import tarfile

import pytest
import zstandard

from vmadvisor.collect import budget, tree
from vmadvisor.collect.archive import read_archive
from vmadvisor.collect.request import Request
from vmadvisor.errors import RootError
from vmadvisor.sources import SOURCES


def read(data, **options):
    found = read_archive(io.BytesIO(data), sources=SOURCES, request=Request(**options))
    return found.before, found.after, found.gaps


@pytest.mark.parametrize("prefix", ["", "./", "/", "sosreport-db1-2024/", "a/b/c/"])
def test_a_tree_is_found_below_any_prefix(tar_of, prefix):
    data = tar_of({f"{prefix}proc/meminfo": "M", f"{prefix}sys/block/zram0/mm_stat": "Z"})

    before, after, gaps = read(data)

    assert (before, gaps) == (None, [])
    assert after.read("proc/meminfo") == (b"M", 0.0)
    assert after.read("sys/block/zram0/mm_stat") == (b"Z", 0.0)


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_trees_the_one_nearest_to_the_top_is_read_and_the_others_are_named(
    tar_of, order
):
    members = [
        ("deep/host/proc/meminfo", "deep"),
        ("b/proc/meminfo", "second by name"),
        ("a/proc/meminfo", "meant"),
        ("a/proc/vmstat", "meant too"),
        ("deep/proc/1/root/proc/vmstat", "container"),
    ]

    _, after, gaps = read(tar_of(members[::order]))

    assert after.names("proc") == ["meminfo", "vmstat"]
    assert after.read("proc/meminfo")[0] == b"meant"
    assert [gap.path for gap in gaps] == ["/"]
    assert "3 other trees" in gaps[0].reason
    assert "'b'" in gaps[0].reason
    assert "'a'" in gaps[0].cost


@pytest.mark.parametrize("order", [1, -1])
def test_a_containers_root_inside_the_tree_is_no_tree_of_its_own(tar_of, order):
    members = [("x/proc/1/root/proc/meminfo", "container"), ("x/proc/vmstat", "host")]

    _, after, gaps = read(tar_of(members[::order]))

    assert after.names("proc") == ["vmstat"]
    assert gaps == []


@pytest.mark.parametrize("prefix", ["", "dump/", "/x/y/"])
def test_numbered_trees_are_a_recording(tar_of, prefix):
    data = tar_of({f"{prefix}{tick}/proc/meminfo": f"M{tick}" for tick in ("7.5", "8.25", "9")})

    before, after, gaps = read(data)

    assert (before.read("proc/meminfo"), after.read("proc/meminfo")) == (
        (b"M7.5", 7.5),
        (b"M9", 9.0),
    )
    assert gaps == []


@pytest.mark.parametrize(
    "tick", ["1e308", "nan", "inf", "-3", "+3", "0x10", "９", "1_0", "9" * 400, "1.", ".5", "1 "]
)
def test_what_is_no_plain_number_is_no_tick(tar_of, tick):
    _, after, gaps = read(tar_of([(f"{tick}/proc/meminfo", "odd"), ("4.5/proc/meminfo", "good")]))

    assert after.read("proc/meminfo") == (b"good", 4.5)
    assert len(gaps) == 1


@pytest.mark.parametrize(
    "name", ["../proc/meminfo", "x/../../proc/meminfo", "5.5/../proc/meminfo", "", "/", "proc"]
)
def test_names_that_climb_or_say_nothing_are_passed_over(tar_of, name):
    _, after, _ = read(tar_of([(name, "evil"), ("1.5/proc/vmstat", "good")]))

    assert after.names("proc") == ["vmstat"]


def test_a_member_written_twice_counts_as_last_written(tar_of):
    _, after, _ = read(tar_of([("proc/stat", "first"), ("proc/stat", "second")]))

    assert after.read("proc/stat")[0] == b"second"


def test_links_are_not_followed():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("proc/vmstat")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/shadow"
        archive.addfile(link)
        stat = tarfile.TarInfo("proc/stat")
        stat.size = 3
        archive.addfile(stat, io.BytesIO(b"cpu"))

    assert read(buffer.getvalue())[1].names("proc") == ["stat"]


def test_an_archive_that_breaks_off_is_used_and_says_so(tar_of):
    data = gzip.compress(
        tar_of([("proc/stat", "cpu"), ("proc/vmstat", random.Random(7).randbytes(90_000))])
    )

    _, after, gaps = read(data[:-5000])

    assert after.names("proc") == ["stat"]
    assert gaps[0].reason == "the archive ends early: it breaks off within a file"


def test_an_archive_cut_between_two_files_says_so_too(tar_of):
    data = tar_of([("1/proc/stat", "cpu"), ("2/proc/stat", "cpu")], form=tarfile.GNU_FORMAT)

    _, after, gaps = read(data[:1024])

    assert after.now_s() == 1.0
    assert gaps[0].reason == "the archive ends early: it breaks off between two files"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no tar archive"),
        (b"hello", "no tar archive"),
        (b"\x1f\x8b\x08broken", "no tar archive"),
        (b"\x28\xb5\x2f\xfdbroken", "no tar archive"),
        (b"\xfd7zXZ\0broken", "no tar archive"),
        (bytes(10_240), "no tar archive"),
        (b"PK\x03\x04" + bytes(600), "no tar archive"),
    ],
)
def test_what_is_no_archive_is_an_error_in_words(data, words):
    with pytest.raises(RootError, match=words):
        read(data)


def test_an_archive_without_any_kernel_file_is_an_error(tar_of):
    with pytest.raises(RootError, match="no file below proc/ or sys/"):
        read(tar_of({"etc/passwd": "root"}))


def test_a_moment_before_the_recording_is_an_error(tar_of):
    with pytest.raises(RootError, match=r"begins at 7.5 s, after 7.25 s"):
        read(tar_of({"7.5/proc/meminfo": "M"}), at_s=7.25)


def test_a_moment_of_what_has_none_is_an_error(tar_of):
    with pytest.raises(RootError, match="one moment without a time"):
        read(tar_of({"proc/meminfo": "M"}), at_s=7.25)


def test_a_file_too_large_is_left_out_and_named(tar_of, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.archive.READ_LIMIT_BYTES", 2**20)

    _, after, gaps = read(tar_of({"proc/vmstat": bytes(2**20 + 1), "proc/stat": "cpu"}))

    assert after.names("proc") == ["stat"]
    assert [(gap.path, gap.reason) for gap in gaps] == [
        ("/proc/vmstat", "larger than 1 MiB in the archive")
    ]


def test_more_than_memory_should_hold_is_refused(tar_of, monkeypatch):
    monkeypatch.setattr(budget, "KEPT_MAX_BYTES", 50_000)
    data = tar_of({f"proc/{pid}/status": bytes(1000) for pid in range(1, 60)})

    with pytest.raises(RootError, match="of the archive are of use"):
        read(data)


def test_files_nobody_reads_cost_nothing(tar_of, monkeypatch):
    monkeypatch.setattr(budget, "KEPT_MAX_BYTES", 50_000)
    data = tar_of({"proc/stat": "cpu", **{f"proc/{pid}/environ": bytes(1000) for pid in range(99)}})

    assert read(data)[1].names("proc") == ["stat"]


def test_the_read_limit_is_far_above_what_the_kernel_writes():
    assert tree.READ_LIMIT_BYTES == 16 * 2**20


@pytest.mark.parametrize("step", [977])
def test_torn_or_flipped_anywhere_there_is_a_snapshot_or_an_error_in_words(tar_of, step):
    files = {
        f"{tick}/proc/{name}": f"{name} {tick}" * 40
        for tick in (5, 6)
        for name in ("stat", "vmstat")
    }
    data = tar_of(files)

    for position in range(0, len(data), step):
        flipped = bytearray(data)
        flipped[position] ^= 0x41
        for broken in (data[:position], bytes(flipped)):
            try:
                _, after, _ = read(broken)
            except RootError:
                continue
            assert after.now_s() in {5.0, 6.0, 0.0}


NO_HEADER = "no tar header where one should be"
TICKS = {
    f"{tick}/proc/{name}": f"{name} {tick} " * 70
    for tick in range(3, 9)
    for name in ("stat", "vmstat")
}


def test_damage_in_the_middle_is_a_gap_and_what_comes_behind_is_read(tar_of):
    data = bytearray(tar_of(TICKS, form=tarfile.USTAR_FORMAT))
    data[data.index(b"5/proc/vmstat")] ^= 1

    before, after, gaps = read(bytes(data))

    assert (before.now_s(), after.now_s()) == (7.0, 8.0)
    assert [(gap.path, gap.reason) for gap in gaps] == [
        (
            "/",
            f"the archive is damaged between 5.0 s and 6.0 s: {NO_HEADER}: 1536 bytes passed over",
        )
    ]


def test_damage_before_everything_and_behind_it_is_told_too(tar_of):
    data = tar_of(TICKS, form=tarfile.USTAR_FORMAT)
    _, after, gaps = read(b"#" * 512 + data[:15_360] + b"#" * 700 + tar_of({"end.json": "{}"}))

    assert after.now_s() == 8.0
    assert [gap.reason for gap in gaps] == [
        f"the archive is damaged before 3.0 s: {NO_HEADER}: 512 bytes passed over",
        f"the archive is damaged: {NO_HEADER}: 700 bytes passed over",
    ]


def test_very_much_damage_is_summed_up(tar_of):
    data = bytearray(
        tar_of({f"{tick}/proc/stat": "cpu" for tick in range(60)}, form=tarfile.USTAR_FORMAT)
    )
    for tick in range(5, 45, 2):
        data[1024 * tick] ^= 1

    _, after, gaps = read(bytes(data))

    assert after.now_s() == 59.0
    assert len(gaps) == 11
    assert gaps[-1].reason == "10 more of these"


def test_a_part_whose_checksum_is_wrong_is_read_and_told(tar_of):
    packed = zstandard.ZstdCompressor(write_checksum=True).compress(tar_of(TICKS))

    _, after, gaps = read(packed[:-1] + bytes([packed[-1] ^ 1]))

    assert after.now_s() == 8.0
    assert [gap.reason for gap in gaps] == ["1 parts of the archive do not match their checksums"]


def test_a_recording_says_what_it_is_in_each_of_its_moments(tar_of):
    meta = b'{"host": "db1", "processes": {"scan": "shortlist", "top_count": 10}}'
    before, after, _ = read(tar_of([("meta.json", meta), *TICKS.items()]))

    assert before.read("meta.json") == (meta, 7.0)
    assert after.read("meta.json") == (meta, 8.0)
