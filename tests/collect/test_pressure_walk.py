"""Every group's memory.pressure, wherever the v2 hierarchy is mounted, and the group of a process."""

from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.pressure_walk import memberships, pressures

PSI = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"


def told(root):
    return [(one.kind, one.path) for one in pressures(LiveTree(str(root)))]


def test_all_groups_that_have_the_file_are_told_breadth_first(tmp_path, write_tree):
    top = "sys/fs/cgroup/"
    write_tree(
        tmp_path,
        {
            f"{top}cgroup.controllers": "memory\n",
            f"{top}a.slice/memory.pressure": PSI.format(3),
            f"{top}a.slice/b.service/memory.pressure": PSI.format(5),
            f"{top}c/memory.current": "7\n",
        },
    )
    found = list(pressures(LiveTree(str(tmp_path))))

    assert told(tmp_path) == [("group", "/a.slice"), ("group", "/a.slice/b.service"), ("end", "")]
    assert found[1].files == {"memory.pressure": PSI.format(5).encode()}


def test_beside_v1_the_hierarchy_is_below_unified(tmp_path, write_tree):
    top = "sys/fs/cgroup/"
    write_tree(
        tmp_path,
        {
            f"{top}memory/memory.usage_in_bytes": "7\n",
            f"{top}unified/a.slice/memory.pressure": PSI.format(3),
        },
    )

    assert told(tmp_path) == [("group", "/a.slice"), ("end", "")]


def test_a_walk_of_too_many_groups_is_cut_and_says_so(tmp_path, write_tree, monkeypatch):
    monkeypatch.setattr("vmadvisor.collect.pressure_walk.GROUPS_MAX_COUNT", 3)
    files = {f"sys/fs/cgroup/g{n}/memory.pressure": PSI.format(n) for n in range(5)}
    write_tree(tmp_path, files)

    found = told(tmp_path)
    assert [kind for kind, _ in found] == ["group", "group", "end"]
    assert found[-1] == ("end", "cut")


def test_the_group_of_those_that_are_still_there(tmp_path, write_tree):
    write_tree(tmp_path, {"proc/7/cgroup": "0::/a.slice\n"})
    found = list(memberships(LiveTree(str(tmp_path)), [7, 8]))

    assert [(one.kind, one.path) for one in found] == [("process", "7"), ("end", "")]
    assert found[0].files == {"cgroup": b"0::/a.slice\n"}
