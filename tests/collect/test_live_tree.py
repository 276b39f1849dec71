import os
import time
from pathlib import Path

import pytest

from vmadvisor.collect import live_tree
from vmadvisor.collect.live_tree import LiveTree

pytestmark = pytest.mark.live


def test_a_file_of_proc_is_read_to_its_end_though_its_size_is_zero():
    data, time_s = LiveTree().read("proc/meminfo")

    assert data.startswith(b"MemTotal:")
    assert data.endswith(b"\n")
    assert abs(time.monotonic() - time_s) < 1


def test_a_peek_at_a_process_gives_the_whole_file():
    assert len(LiveTree().peek(f"proc/{os.getpid()}/statm").split()) == 7


def test_every_descriptor_is_closed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(live_tree, "READ_LIMIT_BYTES", 3)
    (tmp_path / "large").write_text("four")
    tree = LiveTree(str(tmp_path))
    before = list(Path("/proc/self/fd").iterdir())

    with pytest.raises(OSError, match="larger than"):
        tree.read("large")
    assert tree.peek("large") == b"four"
    with pytest.raises(IsADirectoryError):
        tree.peek("")
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)


def test_a_directory_without_children_is_not_listed(tmp_path, monkeypatch):
    """kernfs counts child directories as links, like ext4; btrfs does not, and is listed."""
    (tmp_path / "group").mkdir()
    if (tmp_path / "group").stat().st_nlink != 2:
        pytest.skip("this file system counts no links of directories")
    monkeypatch.setattr(live_tree.os, "scandir", lambda _: pytest.fail("it was listed"))

    assert LiveTree(str(tmp_path)).subdirectories("group") == []


def test_subdirectories_are_named_and_files_are_not(tmp_path):
    (tmp_path / "top/a").mkdir(parents=True)
    (tmp_path / "top/memory.max").write_text("max")

    assert LiveTree(str(tmp_path)).subdirectories("top") == ["a"]
