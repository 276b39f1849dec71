"""Reports out of every kind of input, once each; what is damaged is a gap, what is nothing an error."""

import gzip
import io
import lzma
import os
import tarfile
from pathlib import Path

import pytest
import zstandard

from vmadvisor.collect import kernel_log
from vmadvisor.collect.kernel_log import file_reports, host_reports
from vmadvisor.errors import RootError

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()
NOISE = b"".join(b"[    1.%06d] usb %d-1: new device\n" % (n, n * n % 9973) for n in range(9_000))
PACK = {
    "plain": bytes,
    "gz": gzip.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def victims(path, *, gaps=None, stdin=None):
    found = file_reports(str(path), [] if gaps is None else gaps, stdin=stdin)
    return [report.kills[0].pid_id for report in found]


def tar_of(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


SOS = {
    "sos/etc/hosts": b"Out of memory: Killed process 1 (no).\n",
    "sos/sos_commands/kernel/dmesg": NOISE + LEAK,
    "sos/var/log/messages": b"".join(
        b"Mar  1 10:00:00 db1 kernel: " + line for line in LEAK.splitlines(keepends=True)
    ),
    "sos/var/log/messages-1.gz": gzip.compress(
        LEAK.replace(b"process 114", b"process 214").replace(b"116 (", b"216 (")
    ),
}


@pytest.mark.parametrize("pack", PACK.values(), ids=PACK)
def test_a_log_compressed_or_not_from_a_file_or_standard_input(tmp_path, pack):
    path = tmp_path / "log"
    path.write_bytes(pack(NOISE + LEAK))

    assert victims(path) == [114, 116]
    assert victims("-", stdin=io.BytesIO(pack(LEAK))) == [114, 116]


@pytest.mark.parametrize("pack", PACK.values(), ids=PACK)
def test_a_sosreport_tells_each_report_once(tmp_path, pack):
    path, directory = tmp_path / "sos.tar", tmp_path / "tree"
    path.write_bytes(pack(tar_of(SOS)))
    for name, data in SOS.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)

    assert victims(path) == [114, 116, 214, 216]
    assert victims(directory) == [114, 116, 214, 216]


def test_pstore_of_a_directory_and_of_an_archive(tmp_path):
    at = LEAK.index(b"[   47.")
    parts = {
        "sys/fs/pstore/dmesg-efi-170931486502001": b"Panic#1 Part2\n" + LEAK[:at],
        "sys/fs/pstore/dmesg-efi-170931486501001": b"Panic#1 Part1\n" + LEAK[at:],
    }
    (tmp_path / "x.tar").write_bytes(tar_of(parts))
    (tmp_path / "pstore").mkdir()
    for name, data in parts.items():
        (tmp_path / "pstore" / name.rpartition("/")[2]).write_bytes(data)

    assert victims(tmp_path / "x.tar") == victims(tmp_path / "pstore") == [114, 116]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gz", "xz"])
def test_a_log_that_is_damaged_gives_what_came_before_and_a_gap(tmp_path, pack):
    path, gaps = tmp_path / "log", []
    whole = bytearray(pack(LEAK + NOISE * 9))
    middle = len(whole) * 3 // 4
    whole[middle : middle + 64] = bytes(64)
    path.write_bytes(whole)

    assert victims(path, gaps=gaps) == [114, 116]
    assert len(gaps) == 1


def test_an_archive_that_breaks_off_is_a_gap(tmp_path):
    path, gaps = tmp_path / "sos.tar", []
    path.write_bytes(tar_of({"var/log/messages": LEAK + NOISE})[:100_000])

    assert victims(path, gaps=gaps) == [114, 116]
    assert gaps


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_what_is_not_there_or_holds_no_log_is_an_error(tmp_path, name):
    (tmp_path / "empty").mkdir()

    with pytest.raises(RootError, match=name):
        victims(tmp_path / name)


def test_a_closed_standard_input_is_an_error():
    with pytest.raises(RootError, match="standard input"):
        victims("-")


def test_a_link_in_a_directory_is_not_followed(tmp_path):
    (tmp_path / "log").write_bytes(LEAK)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "messages").symlink_to(tmp_path / "log")
    (tmp_path / "tree" / "syslog").write_bytes(b"nothing\n")
    os.mkfifo(tmp_path / "tree" / "kern.log")

    assert victims(tmp_path / "tree") == []


def test_the_host_is_asked_by_its_journal_or_its_ring_buffer(monkeypatch):
    asked = []
    monkeypatch.setattr(
        kernel_log, "journal_blocks", lambda since: asked.append(since) or iter([LEAK])
    )
    monkeypatch.setattr(kernel_log, "kmsg_blocks", lambda: iter([LEAK[: LEAK.index(b"[   47.3")]]))
    gaps = []

    monkeypatch.setattr(kernel_log, "has_journal", lambda: True)
    assert len(list(host_reports(gaps))) == 2
    monkeypatch.setattr(kernel_log, "has_journal", lambda: False)
    assert len(list(host_reports(gaps, since="today"))) == 2
    assert gaps == []
    assert len(list(host_reports(gaps))) == 1
    assert (asked, [gap.path for gap in gaps]) == ([None, "today"], ["/dev/kmsg"])
