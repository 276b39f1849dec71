"""Members are streamed, and looking at the beginning takes nothing away."""

import gzip
import io
import tarfile

import pytest

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.log_archive import archive_logs, is_tar, salvaged


def tar_of(**files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def test_an_archive_is_told_by_its_first_block():
    text = b"[    1.000000] not a tar\n" * 3
    plain, tar = Output(io.BytesIO(text)), Output(io.BytesIO(tar_of(dmesg=b"x\n")))

    assert (is_tar(plain), is_tar(tar)) == (False, True)
    assert plain.read(1000) == text
    assert [name for name, _ in archive_logs(tar)] == ["dmesg"]


def test_each_log_is_read_in_turn_and_what_is_not_asked_for_is_passed_over():
    tar = Output(io.BytesIO(tar_of(dmesg=b"one\n" * 900_000, other=b"two\n", messages=b"three\n")))
    logs = archive_logs(tar)
    name, blocks = next(logs)

    assert (name, next(blocks)[:8]) == ("dmesg", b"one\none\n")
    name, blocks = next(logs)
    assert (name, list(blocks)) == ("messages", [b"three\n"])
    assert list(logs) == []


def test_damage_comes_after_what_was_whole():
    text = b"".join(b"%d %d\n" % (n, n * n % 9973) for n in range(90_000))
    packed = bytearray(gzip.compress(text))
    middle = len(packed) // 2
    packed[middle : middle + 64] = bytes(64)
    read = salvaged(Output(io.BytesIO(packed)))
    got, pieces = b"", iter(lambda: read(400_000), b"")
    with pytest.raises(DamageError):  # noqa: PT012 - what came before is what is looked at
        for piece in pieces:
            got += piece

    assert len(got) > len(text) // 4
    assert got[:300_000] == text[:300_000]
