"""PCP's archives by their names, directories of them, and JSON as it lies."""

import gzip
import os
from pathlib import Path

import pytest

from vmadvisor.collect import pcp_files
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.pcp_files import default_paths, is_archive, pcp_paths, pcp_text
from vmadvisor.errors import RootError

JSON = '{"@pcp": {"@hosts": []}}'


def archive(directory, name, *, parts=("0", "meta", "index"), age=0):
    for part in parts:
        path = directory / f"{name}.{part}"
        path.write_bytes(b"\0PCP")
        os.utime(path, (1_000 + age, 1_000 + age))


def test_an_archive_has_many_parts_and_each_names_it(tmp_path):
    archive(tmp_path, "20261127.00.10")
    base = f"{tmp_path}/20261127.00.10"

    for name in (base, f"{base}.0", f"{base}.meta", f"{base}.index"):
        assert pcp_paths(name) == [base]
    assert is_archive(base)


def test_parts_may_be_compressed(tmp_path):
    archive(tmp_path, "20261126", parts=("0.xz", "1.xz", "meta.xz", "index"))
    base = f"{tmp_path}/20261126"

    assert [pcp_paths(f"{base}.{part}") for part in ("0.xz", "1.xz", "meta.xz")] == [[base]] * 3
    assert is_archive(base)


def test_of_a_directory_all_archives_are_read_oldest_first(tmp_path):
    archive(tmp_path, "20261127.00.10", age=2)
    archive(tmp_path, "20261125", age=0, parts=("0.xz", "meta.xz", "index"))
    archive(tmp_path, "20261126", age=1)
    for name in ("Latest", "pmlogger.log", "config.default", "20261124.index"):
        (tmp_path / name).touch()
    (tmp_path / "20261123.meta").mkdir()

    assert [Path(path).name for path in pcp_paths(str(tmp_path))] == [
        "20261125", "20261126", "20261127.00.10",
    ]  # fmt: skip


def test_a_directory_without_any_is_an_error(tmp_path):
    with pytest.raises(RootError, match="no archive of PCP"):
        pcp_paths(str(tmp_path))


def test_json_is_read_as_it_lies_or_unpacked(tmp_path):
    (tmp_path / "day.json").write_text(f"\n {JSON}")
    (tmp_path / "day.json.gz").write_bytes(gzip.compress(JSON.encode()))

    assert pcp_paths(f"{tmp_path}/day.json") == [f"{tmp_path}/day.json"]
    assert "".join(pcp_text(f"{tmp_path}/day.json")) == f"\n {JSON}"
    assert "".join(pcp_text(f"{tmp_path}/day.json.gz")) == JSON


@pytest.mark.parametrize(
    ("name", "words"),
    [("none", "no such file"), ("empty", "it is empty"), ("other", "expected an archive of PCP")],
)
def test_what_is_neither_is_said(tmp_path, name, words):
    (tmp_path / "empty").touch()
    (tmp_path / "other").write_text("Host,Interval,Time\n")

    with pytest.raises(RootError, match=words):
        list(pcp_text(f"{tmp_path}/{name}"))


def test_a_pipe_among_its_parts_makes_it_none_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "a.meta")

    assert not is_archive(f"{tmp_path}/a")
    with pytest.raises(RootError, match="no such file"):
        list(pcp_text(f"{tmp_path}/a"))
    with pytest.raises(RootError, match="no regular file"):
        list(pcp_text(f"{tmp_path}/a.meta"))


def test_an_archive_is_given_to_pmrep_and_its_words_name_it(tmp_path, fake_program):
    archive(tmp_path, "a")
    fake_program("pmrep", 'echo "$4"')

    assert "".join(pcp_text(f"{tmp_path}/a")) == f"{tmp_path}/a\n"
    fake_program("pmrep", "echo pmrep: Illegal label record >&2; exit 1")
    with pytest.raises(RootError, match=r"/a: pmrep: Illegal label record"):
        list(pcp_text(f"{tmp_path}/a"))


def test_a_pmrep_that_never_stops_talking_is_cut_and_ended(tmp_path, fake_program, monkeypatch):
    monkeypatch.setattr(pcp_files, "CSV_MAX_BYTES", 2**20)
    archive(tmp_path, "a")
    fake_program("pmrep", "exec yes")

    with pytest.raises(DamageError, match="only the first 1 MiB"):
        list(pcp_text(f"{tmp_path}/a"))


@pytest.mark.parametrize("name", ["db1", "db1.example.com"])
def test_by_default_this_hosts_own_are_read(tmp_path, monkeypatch, name):
    monkeypatch.setattr(pcp_files, "DIRECTORY", str(tmp_path))
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "db1", "7", "", "x86_64")))
    for other in ("db11", "db2.example.com", name):
        (tmp_path / other).mkdir()
        archive(tmp_path / other, "20261127")

    assert default_paths() == [f"{tmp_path}/{name}/20261127"]


def test_without_any_of_this_host_it_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setattr(pcp_files, "DIRECTORY", str(tmp_path))
    with pytest.raises(RootError, match=f"no archives of PCP here: {tmp_path} has none of"):
        default_paths()
    monkeypatch.setattr(pcp_files, "DIRECTORY", f"{tmp_path}/none")
    with pytest.raises(RootError, match=r"no archives of PCP here: .*no such file"):
        default_paths()
