import pytest

from vmadvisor.collect.wanted import Wanted
from vmadvisor.sources import DEEP_SOURCES, SOURCES, FileSource

WANTED = Wanted(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_every_registered_file_is_wanted(source):
    names = [""] if isinstance(source, FileSource) else [f"/{name}" for name in source.names]

    assert {WANTED.kind(source.path.replace("*", "7") + name) for name in names} == {"record"}


def test_deep_sources_are_wanted_only_when_asked_for():
    assert WANTED.kind("proc/pagetypeinfo") is None
    assert Wanted(SOURCES + DEEP_SOURCES).kind("proc/pagetypeinfo") == "record"


@pytest.mark.parametrize(
    "path",
    [
        "proc/1/environ", "proc/1/cmdline", "proc/1/smaps", "proc/1/task/1/stat", "proc/self/stat",
        "proc/01/stat", "proc/12345678901/stat", "proc/٣/stat", "proc/kcore",
        "sys/fs/cgroup/a/io.stat", "sys/fs/cgroupx/memory.max", "sys/block/sda/mm_stat",
        "sys/block/zram/mm_stat", "sys/block/zram0/x/mm_stat", "proc", "",
    ],
)  # fmt: skip
def test_everything_else_is_left_alone(path):
    assert WANTED.kind(path) is None


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("proc/meminfo", ("", "proc/meminfo", "record")),
        ("/proc/meminfo", ("", "proc/meminfo", "record")),
        ("./a//b/./proc/7/stat", ("a/b", "proc/7/stat", "process")),
        ("12.5/sys/fs/cgroup/memory.max", ("12.5", "sys/fs/cgroup/memory.max", "cgroup")),
        ("sys/proc/x/proc/stat", ("sys/proc/x", "proc/stat", "record")),
        ("proc/1/root/proc/meminfo", ("proc/1/root", "proc/meminfo", "record")),
        ("a/../proc/meminfo", None),
        ("proc/../meminfo", None),
        ("proc/mem\0info", None),
        ("x/" * 70 + "proc/meminfo", None),
        ("", None),
        ("//", None),
    ],
)
def test_a_members_name_is_split_where_its_tree_begins(name, place):
    assert WANTED.place(name) == place
