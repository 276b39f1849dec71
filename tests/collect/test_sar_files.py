"""sysstat's archives as text: JSON as it lies, binary files through sadf, nothing else run or read."""

import gzip
import lzma
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vmadvisor.collect import exported_text, sar_files
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.sar_files import default_paths, sar_paths, sar_text
from vmadvisor.errors import RootError

JSON = '{"sysstat": {"hosts": [{"nodename": "dß1", "statistics": []}]}}'
BINARY = b"\x96\xd5 not JSON"


def test_json_is_read_as_it_lies(tmp_path, monkeypatch):
    monkeypatch.setattr(exported_text, "_PIECE_BYTES", 3)  # a letter of two bytes is cut
    path = tmp_path / "day.json"
    path.write_text(f"\n {JSON}", encoding="utf-8")

    assert "".join(sar_text(str(path))) == f"\n {JSON}"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_compressed_json_is_unpacked(tmp_path, pack):
    path = tmp_path / "day.json.z"
    path.write_bytes(pack(JSON.encode()))

    assert "".join(sar_text(str(path))) == JSON


def test_a_record_of_megabytes_comes_in_few_pieces(tmp_path):
    """Each is looked at from its beginning with each piece: 23 s for one of 4 MB in pieces of 64 KiB."""
    (tmp_path / "a.json").write_text("{" + "[1]," * 1_000_000)

    assert len(list(sar_text(str(tmp_path / "a.json")))) == 4


def test_bytes_that_are_no_utf_8_stay_what_they_are(tmp_path):
    path = tmp_path / "day.json"
    path.write_bytes(b'{"a\xff"}')

    assert "".join(sar_text(str(path))) == '{"a\udcff"}'


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_compressed_binary_file_is_given_to_sadf_unpacked(tmp_path, sadf, pack):
    sadf("cat $file")
    path = tmp_path / "sa02.z"
    path.write_bytes(pack(BINARY * 1000))

    assert "".join(sar_text(str(path))).encode("utf-8", "surrogateescape") == BINARY * 1000
    assert (tmp_path / "asked").read_text().count("\n") == 1


def test_a_sadf_that_never_stops_talking_is_cut_and_ended(tmp_path, sadf, monkeypatch):
    monkeypatch.setattr(sar_files, "TEXT_MAX_BYTES", 2**20)
    sadf("exec yes")
    (tmp_path / "sa01").write_bytes(BINARY)

    with pytest.raises(DamageError, match="only the first 1 MiB"):
        list(sar_text(str(tmp_path / "sa01")))


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, sadf, monkeypatch):
    monkeypatch.setattr(sar_files, "BINARY_MAX_BYTES", 2**20)
    sadf("cat $file")
    path = tmp_path / "sa02.gz"
    path.write_bytes(gzip.compress(b"\0" * 2**22))

    with pytest.raises(RootError, match="more than 1 MiB"):
        list(sar_text(str(path)))


def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "sa01")

    with pytest.raises(RootError, match="no regular file"):
        list(sar_text(str(tmp_path / "sa01")))


@pytest.mark.parametrize(("name", "words"), [("none", "no such file"), ("empty", "it is empty")])
def test_what_is_not_there_is_said(tmp_path, name, words):
    (tmp_path / "empty").touch()

    with pytest.raises(RootError, match=words):
        list(sar_text(str(tmp_path / name)))


def test_standard_input_is_text_of_sadf():
    code = "from vmadvisor.collect.sar_files import sar_text\nprint(*sar_text('-'))"
    done = subprocess.run(
        [sys.executable, "-c", code], input=JSON.encode(), capture_output=True, timeout=60, check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip

    assert done.stdout.decode() == JSON + "\n"


def test_of_a_directory_the_daily_archives_are_read_oldest_first(tmp_path):
    names = ["sa26", "sa27", "sa20261125", "sa24.xz", "sar26", "sa1", "sadc.log", "sa28.bz2"]
    for age, name in enumerate(reversed(names)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_000 + age, 1_000 + age))
    (tmp_path / "sa31").mkdir()

    assert [Path(path).name for path in sar_paths(str(tmp_path))] == [
        "sa24.xz", "sa20261125", "sa27", "sa26",
    ]  # fmt: skip


def test_a_directory_without_any_is_an_error(tmp_path, monkeypatch):
    with pytest.raises(RootError, match="no archive of sysstat"):
        sar_paths(str(tmp_path))
    monkeypatch.setattr(sar_files, "DIRECTORIES", (str(tmp_path / "a"), str(tmp_path / "b")))
    with pytest.raises(RootError, match="no archives of sysstat here"):
        default_paths()


def test_of_the_usual_places_the_first_that_is_there_is_read(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "sa05").touch()
    monkeypatch.setattr(sar_files, "DIRECTORIES", (str(tmp_path / "a"), str(tmp_path / "b")))

    assert default_paths() == [str(tmp_path / "b" / "sa05")]
    assert stat.S_ISREG(Path(default_paths()[0]).stat().st_mode)


@pytest.mark.parametrize("module", ["sar_files import sar_text", "pcp_files import pcp_text"])
def test_a_closed_standard_input_is_said(module):
    code = f"from vmadvisor.collect.{module} as text\nprint(*text('-'))"
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" <&-', sys.executable, code],
        capture_output=True, timeout=60, check=False, text=True,
    )  # fmt: skip

    assert "RootError: -: standard input is closed" in done.stderr
