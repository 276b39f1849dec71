"""The journal through journalctl, the ring buffer through /dev/kmsg: failures are errors with a reason."""

import os

import pytest

from vmadvisor.collect import journal
from vmadvisor.errors import RootError


def script(tmp_path, monkeypatch, text):
    path = tmp_path / "journalctl"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def test_journalctl_is_asked_for_kernel_messages_in_json(tmp_path, monkeypatch):
    script(tmp_path, monkeypatch, 'for a in "$@"; do echo "$a"; done')

    assert b"".join(journal.journal_blocks("--no; rm")).decode().split("\n")[:-1] == [
        "--no-pager", "--quiet", "--output=json", "_TRANSPORT=kernel", "--since=--no; rm",
    ]  # fmt: skip
    assert b"--since" not in b"".join(journal.journal_blocks(None))


def test_what_journalctl_complains_about_is_the_error(tmp_path, monkeypatch):
    script(tmp_path, monkeypatch, "echo 'Failed to parse timestamp: x' >&2; exit 1")

    with pytest.raises(RootError, match="Failed to parse timestamp: x"):
        list(journal.journal_blocks("x"))


def test_without_journalctl_that_is_the_error(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not journal.has_journal()
    with pytest.raises(RootError, match="journalctl: no such file"):
        list(journal.journal_blocks(None))


def test_a_ring_buffer_that_may_not_be_read_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "_KMSG", str(tmp_path / "none"))

    with pytest.raises(RootError, match="dmesg_restrict"):
        list(journal.kmsg_blocks())


def test_the_ring_buffer_is_read_until_nothing_is_left(monkeypatch):
    read_end, write_end = os.pipe2(os.O_NONBLOCK)
    os.write(write_end, b"4,1,7,-;one\n")
    monkeypatch.setattr(os, "open", lambda *_args, **_keywords: read_end)

    assert list(journal.kmsg_blocks()) == [b"4,1,7,-;one\n"]
    os.close(write_end)
