import io
import tarfile

import pytest
import zstandard

from vmadvisor.__main__ import run

STAT = "42 (postgres) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1\n"
FILES = {
    "1.5/proc/meminfo": "MemTotal: 8045220 kB\nMemFree: 1466528 kB\n",
    "1.5/proc/vmstat": "nr_free_pages 366632\n",
    "1.5/proc/42/stat": STAT,
    "1.5/proc/42/environ": "PASSWORD=x",
}


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "host.tar"
    with tarfile.open(path, "w") as archive:
        for name, text in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def comm_of(path):
    data = zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        stat = archive.extractfile("1.5/proc/42/stat").read().decode()
    return stat.partition("(")[2].partition(")")[0]


def test_a_copy_without_names_is_written_and_what_was_left_out_is_said(recording, tmp_path, capsys):
    copy = tmp_path / "copy.tar.zst"

    assert run(["anonymise", str(recording), str(copy)]) == 0
    said = capsys.readouterr().err
    assert said == "3 files\n1 others left out, the first 1.5/proc/42/environ\n"
    assert comm_of(copy) not in {"postgres", ""}


def test_names_may_be_kept_and_a_salt_makes_copies_alike(recording, tmp_path):
    for name, options in (
        ("kept", ["--keep", "postgres"]), ("a", ["--salt", "x"]), ("b", ["--salt", "x"]), ("c", []),
    ):  # fmt: skip
        assert run(["anonymise", str(recording), str(tmp_path / name), *options]) == 0

    kept, first, second, third = (comm_of(tmp_path / name) for name in ("kept", "a", "b", "c"))
    assert kept == "postgres"
    assert first == second != third


def test_a_torn_recording_is_copied_as_far_and_it_is_said(recording, tmp_path, capsys):
    recording.write_bytes(recording.read_bytes()[:1600])

    assert run(["anonymise", str(recording), str(tmp_path / "copy")]) == 0
    assert "ends early (it breaks off within a" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"no archive at all"])
def test_what_is_no_archive_exits_3_with_its_name(tmp_path, capsys, content):
    (tmp_path / "in").write_bytes(content)

    assert run(["anonymise", str(tmp_path / "in"), str(tmp_path / "out")]) == 3
    assert f"{tmp_path / 'in'}: it is no tar archive" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["none", "out"], "no such file"), (["in", "none/out"], "cannot write none/out"), ([], "Missing"),
     (["in", "in"], "file exists"), ([".", "out"], "directory")],
)  # fmt: skip
def test_places_that_do_not_work_are_errors_in_words(
    recording, tmp_path, monkeypatch, capsys, arguments, words
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").write_bytes(recording.read_bytes())

    assert run(["anonymise", *arguments]) == 3
    assert words in capsys.readouterr().err
    assert (tmp_path / "in").read_bytes() == recording.read_bytes()


def test_a_damaged_recording_is_copied_with_a_gap_and_it_is_said(recording, tmp_path, capsys):
    data = bytearray(recording.read_bytes())
    data[data.index(b"1.5/proc/vmstat")] ^= 1
    recording.write_bytes(data)

    assert run(["anonymise", str(recording), str(tmp_path / "copy")]) == 0
    said = capsys.readouterr().err
    assert f"1024 bytes of {recording} are damaged: the copy has a gap there" in said
