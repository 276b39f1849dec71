"""Files kept between runs: whole or not at all, and nothing but a small regular file of text is read."""

import os
import stat

import pytest

from vmadvisor.collect import state_file
from vmadvisor.collect.state_file import (
    own_directory,
    read_state,
    readable_paths,
    replace_state,
    writable_path,
)
from vmadvisor.errors import StateError


def test_what_was_written_is_read_and_others_may_read_it(tmp_path):
    path = tmp_path / "calibration.json"
    replace_state(str(path), "first")
    replace_state(str(path), "second")

    assert read_state(str(path), 10) == "second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["calibration.json"]


def test_no_file_is_none(tmp_path):
    assert read_state(str(tmp_path / "absent"), 10) is None


def test_what_is_no_small_text_is_refused(tmp_path):
    (tmp_path / "large").write_text("x" * 11)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / "pipe")

    for name, words in (
        ("large", "larger than 10 bytes"),
        ("bytes", "no text"),
        ("pipe", "no regular file"),
        ("", "no regular file"),
        ("large/below", "no such file"),
        ("nul\0", "no path"),
    ):
        with pytest.raises(StateError, match=words):
            read_state(f"{tmp_path}/{name}", 10)


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch):
    path = tmp_path / "calibration.json"
    path.write_text("old")

    def refuse(*_paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(state_file.os, "replace", refuse)
    with pytest.raises(StateError, match="no space left on device"):
        replace_state(str(path), "new")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["calibration.json"]


def test_a_directory_that_is_not_there_is_said(tmp_path):
    with pytest.raises(StateError, match="cannot write"):
        replace_state(str(tmp_path / "no" / "file"), "text")


@pytest.mark.parametrize(
    ("given", "home", "expected"),
    [
        ("/state", "/home/ann", "/state/vmadvisor"),
        ("relative", "/home/ann", "/home/ann/.local/state/vmadvisor"),
        ("", "", None),
    ],
)
def test_the_users_own_place(monkeypatch, given, home, expected):
    monkeypatch.setenv("XDG_STATE_HOME", given)
    monkeypatch.setenv("HOME", home)

    assert own_directory() == expected


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    monkeypatch.delenv("VMADVISOR_STATE_DIRECTORY", raising=False)


def test_a_place_that_was_told_is_the_only_one(tmp_path, monkeypatch):
    monkeypatch.setenv("VMADVISOR_STATE_DIRECTORY", str(tmp_path / "told"))
    assert readable_paths("c.json") == [f"{tmp_path}/told/c.json"]
    assert writable_path("c.json") == f"{tmp_path}/told/c.json"
    monkeypatch.setenv("VMADVISOR_STATE_DIRECTORY", "relative")
    monkeypatch.setattr(state_file.os, "geteuid", lambda: 0)
    assert readable_paths("c.json") == ["/var/lib/vmadvisor/c.json"]


def test_root_reads_the_systems_place_alone_and_others_theirs_first(monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    monkeypatch.setattr(state_file.os, "geteuid", lambda: 0)
    assert readable_paths("c.json") == ["/var/lib/vmadvisor/c.json"]
    monkeypatch.setattr(state_file.os, "geteuid", lambda: 1000)
    assert readable_paths("c.json") == ["/state/vmadvisor/c.json", "/var/lib/vmadvisor/c.json"]


def test_the_first_place_that_can_be_written_is_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(state_file, "SYSTEM_DIRECTORY", str(tmp_path / "file" / "vmadvisor"))
    monkeypatch.setattr(state_file.os, "geteuid", lambda: 0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert writable_path("c.json") == f"{tmp_path}/state/vmadvisor/c.json"
    monkeypatch.setenv("XDG_STATE_HOME", "")
    monkeypatch.setenv("HOME", "")
    with pytest.raises(
        StateError, match=r"no place to keep .*name one in \$VMADVISOR_STATE_DIRECTORY"
    ):
        writable_path("c.json")


def test_what_need_not_last_does_not_wait_for_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(state_file.os, "fsync", lambda _: pytest.fail("waited for the disk"))
    replace_state(str(tmp_path / "x"), "text", is_lasting=False)

    assert (tmp_path / "x").read_text() == "text"


def test_an_alarm_in_the_middle_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch):
    class Alarm(BaseException):
        pass

    def ring(*_):
        raise Alarm

    path = tmp_path / "x"
    path.write_text("old")
    monkeypatch.setattr(state_file.os, "replace", ring)

    with pytest.raises(Alarm):
        replace_state(str(path), "new")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["old"]
