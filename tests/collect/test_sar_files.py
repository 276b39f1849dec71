"""sysstat's archives as text: JSON as it lies, binary files through sadf, nothing else run or read."""

import gzip
import lzma
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vmadvisor.collect import sar_files
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.sar_files import default_paths, sar_paths, sar_text
from vmadvisor.errors import RootError

JSON = '{"sysstat": {"hosts": [{"nodename": "dß1", "statistics": []}]}}'
BINARY = b"\x96\xd5 not JSON"


@pytest.fixture
def sadf(tmp_path, monkeypatch):
    """``sadf(script)``: a program of that name, first on the path; it writes its arguments to ``asked``."""
    place = tmp_path / "bin"
    place.mkdir()

    def put(script):
        program = place / "sadf"
        program.write_text(
            f'#!/bin/sh\nfile="$2"; echo "$@" >> {tmp_path}/asked; env > {tmp_path}/env\n{script}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{place}:/usr/bin:/bin")

    return put


@pytest.fixture
def binary(tmp_path):
    path = tmp_path / "sa01"
    path.write_bytes(BINARY)
    return str(path)


def asked(tmp_path):
    return (tmp_path / "asked").read_text().splitlines()


def test_json_is_read_as_it_lies(tmp_path, monkeypatch):
    monkeypatch.setattr(sar_files, "_PIECE_BYTES", 3)  # a letter of two bytes is cut
    path = tmp_path / "day.json"
    path.write_text(f"\n {JSON}", encoding="utf-8")

    assert "".join(sar_text(str(path))) == f"\n {JSON}"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_compressed_json_is_unpacked(tmp_path, pack):
    path = tmp_path / "day.json.z"
    path.write_bytes(pack(JSON.encode()))

    assert "".join(sar_text(str(path))) == JSON


def test_bytes_that_are_no_utf_8_stay_what_they_are(tmp_path):
    path = tmp_path / "day.json"
    path.write_bytes(b'{"a\xff"}')

    assert "".join(sar_text(str(path))) == '{"a\udcff"}'


def test_a_binary_file_is_given_to_sadf_in_utc_and_its_own_words(tmp_path, sadf, binary):
    sadf(f"cat {tmp_path}/sa01 >/dev/null; cmp $file {tmp_path}/sa01 && echo '{{\"same\": 1}}'")

    assert "".join(sar_text(binary)) == '{"same": 1}\n'
    (words,) = asked(tmp_path)
    assert words.startswith("-j /proc/self/fd/")
    assert words.endswith(" -- -B -W -r ALL -S -q MEM,IO")
    environment = dict(
        line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if "=" in line
    )
    assert (environment["LC_ALL"], environment["TZ"]) == ("C", "UTC")
    assert not {"HOME", "S_TIME_DEF_TIME", "LD_PRELOAD"} & set(environment)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_compressed_binary_file_is_given_to_sadf_unpacked(tmp_path, sadf, pack):
    sadf("cat $file")
    path = tmp_path / "sa02.z"
    path.write_bytes(pack(BINARY * 1000))

    assert "".join(sar_text(str(path))).encode("utf-8", "surrogateescape") == BINARY * 1000
    assert len(asked(tmp_path)) == 1


def test_an_older_sadf_that_refuses_a_word_is_asked_with_fewer(tmp_path, sadf, binary):
    sadf('case "$*" in *MEM*|*ALL*) echo usage >&2; exit 1;; esac; echo "{}"')

    assert "".join(sar_text(binary)) == "{}\n"
    assert [one.partition(" -- ")[2] for one in asked(tmp_path)] == [
        "-B -W -r ALL -S -q MEM,IO", "-B -W -r ALL -S", "-B -W -r -S",
    ]  # fmt: skip


def test_what_sadf_refuses_is_refused_in_its_words(sadf, binary):
    sadf("echo Invalid system activity file: $file >&2; exit 3")

    with pytest.raises(RootError, match="sadf: Invalid system activity file: the file"):
        list(sar_text(binary))


def test_without_sadf_it_says_which_package_has_it(monkeypatch, binary):
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(RootError, match=r"no such file.*package sysstat"):
        list(sar_text(binary))


def test_output_before_a_failure_stands(sadf, binary):
    sadf("echo '{\"half\"'; echo End of system activity file unexpected >&2; exit 2")
    text = sar_text(binary)

    assert next(text) == '{"half"\n'
    with pytest.raises(DamageError, match="unexpected"):
        next(text)


@pytest.mark.parametrize("script", ["sleep 60", "exec 1>&-; sleep 60", "echo x; sleep 60"])
def test_a_sadf_that_hangs_is_ended(sadf, binary, monkeypatch, script):
    monkeypatch.setattr(sar_files, "WITHIN_S", 0.6)
    sadf(f"exec 2>/dev/null; {script.replace('sleep', 'exec sleep')}")
    started = time.monotonic()

    with pytest.raises(DamageError, match="did not end within"):
        list(sar_text(binary))
    assert time.monotonic() - started < 5


def test_a_sadf_that_never_stops_talking_is_cut_and_ended(sadf, binary, monkeypatch):
    monkeypatch.setattr(sar_files, "TEXT_MAX_BYTES", 2**20)
    sadf("exec yes")

    with pytest.raises(DamageError, match="only the first 1 MiB"):
        list(sar_text(binary))


def test_what_sadf_may_take_is_limited(sadf, binary):
    sadf("ulimit -v; ulimit -c; ulimit -t")

    assert "".join(sar_text(binary)) == "524288\n0\n60\n"


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
