import errno
import os
import resource
import signal
import subprocess

import pytest

from vmadvisor.errors import RecordingError
from vmadvisor.recording import output_file
from vmadvisor.recording.output_file import OutputFile


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MiB of its own; only root may have one."""
    target = tmp_path / "disk"
    target.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(target)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small file system can be mounted here")
    yield target
    subprocess.run(["umount", str(target)], check=True)


def failing(monkeypatch, numbers):
    """The writes of these numbers take half of what is given, the ones after them fail."""
    whole, calls = os.write, []

    def write(descriptor, data):
        calls.append(len(data))
        if len(calls) - 1 in numbers:
            raise OSError(numbers[len(calls) - 1], os.strerror(numbers[len(calls) - 1]))
        return whole(descriptor, data if len(calls) not in numbers else data[: len(data) // 2])

    monkeypatch.setattr(output_file.os, "write", write)


def test_pieces_stand_one_behind_the_other(tmp_path):
    file = OutputFile(str(tmp_path / "a"))
    file.append(b"one")
    file.append(b"three")
    file.close()

    assert (tmp_path / "a").read_bytes() == b"onethree"
    assert (file.written_bytes, file.error, file.is_cut) == (8, None, False)


def test_a_file_that_is_there_is_not_touched(tmp_path):
    (tmp_path / "a").write_text("mine")

    with pytest.raises(RecordingError, match="file exists"):
        OutputFile(str(tmp_path / "a"))
    assert (tmp_path / "a").read_text() == "mine"


def test_a_place_that_is_not_there_is_said(tmp_path):
    with pytest.raises(RecordingError, match=r"cannot write .*none/a: no such file"):
        OutputFile(str(tmp_path / "none" / "a"))


def test_nobody_else_may_read_it(tmp_path):
    OutputFile(str(tmp_path / "a")).close()

    assert (tmp_path / "a").stat().st_mode & 0o007 == 0


def test_on_a_full_disk_what_was_set_aside_lets_the_piece_and_the_end_through(
    tmp_path, monkeypatch
):
    file = OutputFile(str(tmp_path / "a"))
    failing(monkeypatch, {2: errno.ENOSPC})

    for piece in (b"first", b"second", b"end"):
        file.append(piece)
    file.close()

    assert (tmp_path / "a").read_bytes() == b"firstsecondend"
    assert (file.error, file.is_cut) == ("no space left on device", False)


@pytest.mark.parametrize("number", [errno.EIO, errno.EFBIG, errno.EROFS])
def test_where_nothing_helps_the_file_ends_with_its_last_whole_piece(tmp_path, monkeypatch, number):
    file = OutputFile(str(tmp_path / "a"))
    failing(monkeypatch, {2: number})

    for piece in (b"first", b"second", b"end"):
        file.append(piece)
    file.close()

    assert (tmp_path / "a").read_bytes() == b"first"
    assert (file.error, file.is_cut, file.written_bytes) == (os.strerror(number).lower(), True, 5)


def test_a_disk_that_stays_full_cuts_it_too(tmp_path, monkeypatch):
    file = OutputFile(str(tmp_path / "a"))
    failing(monkeypatch, dict.fromkeys((2, 3), errno.ENOSPC))

    file.append(b"first")
    file.append(b"second")
    file.append(b"end")
    file.close()

    assert (tmp_path / "a").read_bytes() == b"first"
    assert file.is_cut


def test_a_real_full_disk_has_room_for_the_end(small_disk):
    file = OutputFile(str(small_disk / "a"))
    piece = os.urandom(10_000)
    count = 0
    while file.error is None:
        file.append(piece)
        count += 1
    file.append(b"end")
    file.close()

    assert (small_disk / "a").read_bytes() == piece * count + b"end"
    assert file.error == "no space left on device"
    assert count > 80


def test_a_limit_on_file_sizes_cuts_it_at_a_whole_piece(tmp_path):
    """In a child, for the limit is a process's own."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            file = OutputFile(str(tmp_path / "a"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))
            for _ in range(4):
                file.append(b"x" * 1000)
            file.close()
            status = 0 if file.is_cut and file.error == "file too large" else 2
        finally:
            os._exit(status)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert (tmp_path / "a").stat().st_size == 2000


def test_nothing_is_left_beside_it(tmp_path):
    OutputFile(str(tmp_path / "a")).close()

    assert [path.name for path in tmp_path.iterdir()] == ["a"]
