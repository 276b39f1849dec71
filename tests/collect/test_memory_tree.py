import pytest

from vmadvisor.collect import memory_tree
from vmadvisor.collect.memory_tree import MemoryTree

TREE = MemoryTree(
    {
        "proc/stat": (b"cpu", 3.5),
        "proc/7/statm": (b"1 2 3", 2.5),
        "sys/fs/cgroup/a/b/memory.max": (b"max", 1.5),
    },
    time_s=4.5,
    processes_time_s=2.5,
)


def test_directories_follow_from_the_paths():
    assert TREE.names("proc") == ["7", "stat"]
    assert TREE.subdirectories("proc") == ["7"]
    assert TREE.names("sys/fs/cgroup/a") == ["b"]


def test_each_file_keeps_its_own_time():
    assert TREE.read("proc/stat") == (b"cpu", 3.5)
    assert TREE.peek("proc/7/statm") == b"1 2 3"
    assert (TREE.now_s(), TREE.processes_time_s()) == (4.5, 2.5)


def test_what_is_not_there_is_an_error_of_the_file_system():
    with pytest.raises(FileNotFoundError):
        TREE.read("proc/meminfo")
    with pytest.raises(FileNotFoundError):
        TREE.names("sys/block")
    with pytest.raises(NotADirectoryError):
        TREE.names("proc/stat")


def test_a_file_beyond_the_limit_is_an_error(monkeypatch):
    monkeypatch.setattr(memory_tree, "READ_LIMIT_BYTES", 2)

    with pytest.raises(OSError, match="larger than 16 MiB"):
        TREE.read("proc/stat")


def test_a_newer_version_takes_the_place_of_a_file_and_a_new_one_is_listed():
    tree = MemoryTree({"proc/stat": (b"cpu 3", 1.5)})

    assert tree.put("proc/stat", b"cpu 5", 2.5) == b"cpu 3"
    assert tree.put("proc/7/statm", b"70", 2.5) is None
    assert tree.read("proc/stat") == (b"cpu 5", 2.5)
    assert tree.names("proc") == ["7", "stat"]


def test_a_directory_may_be_there_without_a_file():
    assert MemoryTree({}, empty="proc").names("proc") == []
    assert MemoryTree({"proc/7/statm": (b"70", 1.5)}, empty="proc").names("proc") == ["7"]
