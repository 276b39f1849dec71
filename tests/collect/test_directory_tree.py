import os
import socket

import pytest

from vmadvisor.collect import live_tree
from vmadvisor.collect.directory_tree import DirectoryTree


@pytest.fixture
def root(tmp_path, write_tree):
    (tmp_path / "secret").write_text("outside")
    return write_tree(tmp_path / "root", {"proc/meminfo": "MemTotal: 7 kB\n", "etc/name": "db1"})


def test_a_file_is_read_at_a_time_that_nobody_knows(root):
    assert DirectoryTree(str(root)).read("proc/meminfo") == (b"MemTotal: 7 kB\n", 0.0)


@pytest.mark.parametrize(
    "target", ["../../../secret", "/secret", "../../secret", "../../../../../../../../secret"]
)
def test_a_link_never_leads_outside(root, target):
    (root / "proc/vmstat").symlink_to(target)

    with pytest.raises(FileNotFoundError):
        DirectoryTree(str(root)).read("proc/vmstat")


def test_an_absolute_link_is_resolved_below_the_root(root):
    (root / "proc/hostname").symlink_to("/etc/name")

    assert DirectoryTree(str(root)).read("proc/hostname")[0] == b"db1"


def test_a_directory_that_is_a_link_is_resolved_below_the_root(root, write_tree):
    write_tree(root, {"sys/devices/zram0/mm_stat": "5 6 7 8\n"})
    (root / "sys/block").mkdir()
    (root / "sys/block/zram0").symlink_to("../devices/zram0")
    (root / "sys/block/zram1").symlink_to("/../../..")
    tree = DirectoryTree(str(root))

    assert tree.names("sys/block") == ["zram0", "zram1"]
    assert tree.read("sys/block/zram0/mm_stat")[0] == b"5 6 7 8\n"
    with pytest.raises(FileNotFoundError):
        tree.read("sys/block/zram1/secret")


def test_links_in_a_circle_end(root):
    (root / "proc/a").symlink_to("b")
    (root / "proc/b").symlink_to("a")

    with pytest.raises(OSError, match="symbolic links"):
        DirectoryTree(str(root)).read("proc/a")


def test_a_fifo_and_a_socket_do_not_block_and_are_not_opened(root, monkeypatch):
    os.mkfifo(root / "proc/stat")
    listener = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(root / "proc")
    listener.bind("swaps")
    listener.close()
    monkeypatch.setattr(live_tree.os, "open", lambda *_: pytest.fail("it was opened"))
    tree = DirectoryTree(str(root))

    for path in ("proc/stat", "proc/swaps", "proc"):
        with pytest.raises(OSError, match="not a regular file"):
            tree.read(path)


def test_a_file_that_never_ends_is_given_up(root, monkeypatch):
    monkeypatch.setattr(live_tree, "READ_LIMIT_BYTES", 10)

    with pytest.raises(OSError, match="larger than"):
        DirectoryTree(str(root)).read("proc/meminfo")


def test_a_link_to_a_directory_is_no_subdirectory(root):
    (root / "proc/7").mkdir()
    (root / "proc/self").symlink_to("7")

    assert DirectoryTree(str(root)).subdirectories("proc") == ["7"]
