"""The groups below the root, beside vmstat: read where they count for all below them, else not at all."""

import pytest

from vmadvisor.collect.cgroup_scan import assemble
from vmadvisor.collect.cgroup_walk import WalkPlan, walk, walk_top

TOP = "sys/fs/cgroup"
MOUNT = "24 1 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate{}\n"


def group(path, ooms, kills):
    return {
        f"{TOP}{path}/memory.current": "8192\n",
        f"{TOP}{path}/memory.max": "max\n",
        f"{TOP}{path}/memory.events": f"low 0\nhigh 0\nmax 3\noom {ooms}\noom_kill {kills}\n",
        f"{TOP}{path}/memory.events.local": "oom 0\noom_kill 0\n",
    }


FILES = {
    f"{TOP}/cgroup.controllers": "cpu memory\n",
    f"{TOP}/init.scope/memory.current": "4096\n",
    f"{TOP}/init.scope/memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
    **group("/system.slice", 2, 1),
    **group("/system.slice/db.service", 2, 1),
    **group("/user.slice", 0, 5),
    f"{TOP}/dev-hugepages.mount/cgroup.procs": "",  # without the memory controller
    "proc/vmstat": "nr_free_pages 7\noom_kill 9\ndrop_pagecache 3\n",
    "proc/self/mountinfo": MOUNT.format(""),
}
COUNTS = {"/system.slice": (2, 1), "/user.slice": (0, 5)}


def whole(tree):
    return assemble(walk(tree, WalkPlan(pids=(), with_members=False)), unanswered_s=None)[0]


def top_alone(tree):
    return assemble(walk_top(tree), unanswered_s=None)[0]


@pytest.mark.parametrize("scan", [whole, top_alone])
def test_what_vmstat_and_the_groups_count(fake_tree, scan):
    found = scan(fake_tree(FILES)).top_kills

    assert (found.kills_total, found.counts) == (9, COUNTS)


def test_both_ways_to_read_them_know_the_same_groups(fake_tree):
    tree = fake_tree(FILES)

    assert whole(tree).top_kills.mark == top_alone(tree).top_kills.mark


@pytest.mark.parametrize("scan", [whole, top_alone])
def test_vmstat_is_read_after_the_groups(fake_tree, scan):
    tree = fake_tree(FILES)
    scan(tree)

    last_group = max(i for i, path in enumerate(tree.reads) if path.endswith("memory.events"))
    assert tree.reads.index("proc/vmstat") > last_group


def test_another_group_is_another_mark(fake_tree):
    marks = {
        whole(fake_tree(files)).top_kills.mark
        for files in (
            FILES,
            FILES | group("/lxc.payload.a", 0, 0),
            FILES | group("/lxc.payload.b", 0, 0),
            {path: text for path, text in FILES.items() if "/user.slice" not in path},
        )
    }

    assert len(marks) == 4


@pytest.mark.parametrize(
    "changed",
    [
        {"proc/vmstat": "nr_free_pages 7\n"},  # before 4.13
        {"proc/vmstat": "nr_free_pages 7\noom_kill x\n"},
        {f"{TOP}/user.slice/memory.events": "low 0\nhigh 0\nmax 0\n"},
        {f"{TOP}/user.slice/memory.events": "oom 3\noom_k"},
        {f"{TOP}/user.slice/memory.events": None},
        {
            f"{TOP}/memory.events": "oom 0\noom_kill 0\n",
            f"{TOP}/memory.current": "5\n",
        },  # a container
        {"proc/self/mountinfo": MOUNT.format(",memory_localevents")},
        {"proc/self/mountinfo": None},
        {  # before 5.2 a group counts for itself
            f"{TOP}{path}/memory.events.local": None
            for path in ("/system.slice", "/system.slice/db.service", "/user.slice")
        },
    ],
)
def test_where_they_do_not_tell_there_is_no_record(fake_tree, changed):
    files = FILES | changed

    assert whole(fake_tree({p: t for p, t in files.items() if t is not None})).top_kills is None


def test_where_nobody_was_ever_killed_no_mount_is_looked_at(fake_tree):
    tree = fake_tree(FILES | {"proc/vmstat": "nr_free_pages 7\noom_kill 0\n"})

    assert whole(tree).top_kills.kills_total == 0
    assert "proc/self/mountinfo" not in tree.reads


def test_v1_has_no_such_counter(fake_tree):
    v1 = {
        f"{TOP}/memory/memory.usage_in_bytes": "4096\n",
        f"{TOP}/memory/memory.limit_in_bytes": "9223372036854771712\n",
        f"{TOP}/memory/batch/memory.usage_in_bytes": "4096\n",
        f"{TOP}/memory/batch/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
        "proc/vmstat": "nr_free_pages 7\noom_kill 9\n",
    }

    assert whole(fake_tree(v1)).top_kills is None
    assert top_alone(fake_tree(v1)) is None


def test_many_groups_are_left_out(fake_tree):
    many = {}
    for number in range(70):
        many |= group(f"/g{number}", 0, 0)

    assert whole(fake_tree(FILES | many)).top_kills is None
    assert top_alone(fake_tree(FILES | many)).top_kills is None
