import io
import shutil
import subprocess
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect.decompress import Output
from vmadvisor.collect.tar_stream import TarStream
from vmadvisor.recording.tar_member import END, member

NAMES = [
    "meta.json",
    "1.5/proc/vmstat",
    "123456789.123456/sys/fs/cgroup/" + "a" * 80 + "/memory.max",
    "1.5/sys/fs/cgroup/" + "b" * 300 + "/memory.max",
    "1.5/" + "/".join(["c" * 40] * 5),
    "12.000000/" + "d" * 100,
    "12.000000/" + "d" * 101,
    "x" * 150,
    "1.5/caf\udcc3",
    "/absolute",
]

parts = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="/\0"), min_size=1, max_size=60
)
names = st.lists(parts, min_size=1, max_size=6).map("/".join)


def archive(members):
    return b"".join(member(name, data, mtime_s=1_700_000_000) for name, data in members) + END


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:30])
def test_names_of_every_length_are_read_by_the_standard_library(name):
    with tarfile.open(fileobj=io.BytesIO(archive([(name, b"one"), ("2/b", b"two")]))) as read:
        assert read.getnames() == [name, "2/b"]
        assert read.extractfile("2/b").read() == b"two"
        assert read.getmember("2/b").mtime == 1_700_000_000


@given(members=st.lists(st.tuples(names, st.binary(max_size=1100)), min_size=1, max_size=5))
def test_what_is_written_is_read_by_the_standard_library_and_by_our_own_reader(members):
    data = archive(members)

    with tarfile.open(fileobj=io.BytesIO(data)) as read:
        theirs = [(info.name, read.extractfile(info).read()) for info in read]
    stream = TarStream(Output(io.BytesIO(data)))
    ours = [(found.name, stream.data()) for found in stream]

    # The standard library drops slashes at the end of a name; none of ours has one.
    assert theirs == members
    assert ours == members
    assert stream.is_ended
    assert len(data) % 512 == 0


def test_a_file_that_is_as_it_was_keeps_its_checksum_in_every_tick():
    """Else each member of each tick would cost some bytes more."""
    headers = [member(f"{s}/proc/swaps", b"x", mtime_s=7) for s in ("12.000000", "99999.999999")]

    assert headers[0][148:156] == headers[1][148:156]
    assert headers[0][345:360] != headers[1][345:360]


@pytest.mark.parametrize("mtime_s", [-5, 0, 8**11, 10**15])
def test_a_clock_that_is_far_off_makes_no_broken_header(mtime_s):
    with tarfile.open(fileobj=io.BytesIO(member("a", b"x", mtime_s=mtime_s) + END)) as read:
        assert read.getnames() == ["a"]


@pytest.mark.parametrize("program", ["tar", "busybox"])
def test_tar_itself_lists_it(program, tmp_path):
    if shutil.which(program) is None:
        pytest.skip(f"no {program}")
    (tmp_path / "a.tar").write_bytes(archive([(name, b"one") for name in NAMES if name[0] != "/"]))
    command = [program, "tar"] if program == "busybox" else [program]

    done = subprocess.run(
        [*command, "-tf", "a.tar"], cwd=tmp_path, capture_output=True, check=True, timeout=30
    )

    assert len(done.stdout.splitlines()) == len(NAMES) - 1
    assert b"123456789.123456/sys/fs/cgroup/aaa" in done.stdout
