import errno

import pytest

from vmadvisor.collect import cgroup_walk
from vmadvisor.collect.cgroup_scan import assemble
from vmadvisor.collect.cgroup_walk import WalkPlan, walk

TOP = "sys/fs/cgroup"


def group(path, *, limit="max", current=4096, procs=""):
    return {
        f"{TOP}{path}/memory.max": f"{limit}\n",
        f"{TOP}{path}/memory.current": f"{current}\n",
        f"{TOP}{path}/memory.events": "low 0\nhigh 2\nmax 31\noom 5\noom_kill 3\n",
        f"{TOP}{path}/memory.pressure": "some avg10=0.12 avg60=0.34 avg300=0.56 total=789\n",
        f"{TOP}{path}/memory.stat": "anon 8192\nfile 1234\n",
        f"{TOP}{path}/cgroup.procs": procs,
    }


@pytest.fixture
def v2():
    return {
        f"{TOP}/cgroup.controllers": "cpu memory\n",
        f"{TOP}/memory.stat": "anon 1\n",
        **group("/system.slice"),
        **group("/system.slice/cron.service"),
        **group("/system.slice/db.service", limit=1_000_000, current=900_000, procs="42\n43\n"),
        **group("/user.slice", limit="max"),
        **group("/user.slice/job", limit=500_000, current=100_000),
        **group("/user.slice/job/inner", procs="77\n"),
    }


def scan(tree, *, pids=(), with_members=False):
    events = list(walk(tree, WalkPlan(pids=pids, with_members=with_members)))
    return assemble(events, unanswered_s=None)


def test_limits_are_found_and_read_in_full_and_the_top_in_part(fake_tree, v2):
    found, _, gaps = scan(fake_tree(v2))

    assert set(found.groups) == {
        "/system.slice", "/user.slice", "/system.slice/db.service", "/user.slice/job",
    }  # fmt: skip
    database = found.groups["/system.slice/db.service"]
    assert (database.max_bytes, database.current_bytes, database.anon_bytes) == (
        1_000_000,
        900_000,
        8192,
    )
    assert database.events_oom_kill_total == 3
    assert found.groups["/system.slice"].pressure.some.stall_us_total == 789
    assert found.groups["/system.slice"].anon_bytes is None
    assert (found.seen_count, found.is_complete, found.time_s) == (7, True, 50.0)
    assert gaps == []


def test_of_a_group_without_limit_one_file_is_read(fake_tree, v2):
    tree = fake_tree(v2)
    scan(tree)

    assert [path for path in tree.reads if "cron.service" in path] == [
        f"{TOP}/system.slice/cron.service/memory.max"
    ]


def test_memory_stat_is_read_for_the_shortlist_only(fake_tree, v2):
    tree = fake_tree(v2)
    scan(tree)

    assert {path for path in tree.reads if path.endswith("memory.stat")} == {
        f"{TOP}/system.slice/db.service/memory.stat",
        f"{TOP}/user.slice/job/memory.stat",
    }


def test_the_groups_of_the_largest_processes_are_read_in_full(fake_tree, v2):
    files = {
        **v2,
        "proc/7/cgroup": "0::/system.slice/cron.service\n",
        "proc/8/cgroup": "0::/../x\n",
        **group("/../x"),
    }

    found, groups_of, _ = scan(fake_tree(files), pids=(8, 7, 9))

    assert found.groups["/system.slice/cron.service"].anon_bytes == 8192
    assert groups_of == {7: "/system.slice/cron.service", 8: "/../x"}
    assert "/../x" not in found.groups


def test_processes_are_asked_for_their_group_after_the_limits_are_known(fake_tree, v2):
    tree = fake_tree({**v2, "proc/7/cgroup": "0::/user.slice/job\n"})
    scan(tree, pids=(7,))

    asked = tree.reads.index("proc/7/cgroup")
    assert all(path.endswith("cgroup") for path in tree.reads[asked:])
    assert len(tree.reads[:asked]) > 7


def test_members_are_those_of_limited_groups_and_of_all_below_them(fake_tree, v2):
    tree = fake_tree(v2)
    found, groups_of, _ = scan(tree, with_members=True)

    assert groups_of == {
        42: "/system.slice/db.service",
        43: "/system.slice/db.service",
        77: "/user.slice/job/inner",
    }
    assert found.groups["/system.slice/db.service"].pids == (42, 43)
    assert f"{TOP}/system.slice/cron.service/cgroup.procs" not in tree.reads


def test_without_need_no_members_are_read(fake_tree, v2):
    tree = fake_tree(v2)
    found, _, _ = scan(tree)

    assert not [path for path in tree.reads if path.endswith("cgroup.procs")]
    assert found.groups["/system.slice/db.service"].pids is None


def test_in_a_container_the_root_itself_may_have_a_limit(fake_tree):
    found, _, _ = scan(
        fake_tree({f"{TOP}/cgroup.controllers": "memory\n", **group("", limit=7_000)})
    )

    assert found.groups["/"].max_bytes == 7000


def test_v1_is_found_beside_an_empty_v2_and_its_huge_number_is_no_limit(fake_tree):
    base = f"{TOP}/memory"
    files = {
        f"{TOP}/unified/cgroup.controllers": "\n",
        f"{base}/memory.limit_in_bytes": "9223372036854771712\n",
        f"{base}/memory.usage_in_bytes": "123\n",
        f"{base}/docker/ab/memory.limit_in_bytes": "5000\n",
        f"{base}/docker/ab/memory.usage_in_bytes": "4500\n",
        f"{base}/docker/ab/memory.stat": "total_rss 77\n",
        f"{base}/docker/memory.limit_in_bytes": "9223372036854771712\n",
        f"{base}/docker/memory.usage_in_bytes": "4600\n",
    }

    tree = fake_tree(files)
    found, _, gaps = scan(tree)

    assert f"{base}/docker/memory.stat" not in tree.reads
    assert found.groups["/docker/ab"].max_bytes == 5000
    assert found.groups["/docker/ab"].anon_bytes == 77
    assert found.groups["/docker"].max_bytes is None
    assert found.groups["/docker"].current_bytes == 4600
    assert found.seen_count == 3
    assert gaps == []


def test_a_recording_without_the_roots_files_is_v2_all_the_same(fake_tree):
    found, _, _ = scan(fake_tree(group("/ctr", limit=9_000), is_live=False))

    assert found.groups["/ctr"].max_bytes == 9000


@pytest.mark.parametrize("files", [{}, {f"{TOP}/unified/cgroup.procs": "1\n"}, {f"{TOP}/x": ""}])
def test_no_memory_controller_is_a_gap(fake_tree, files):
    found, _, gaps = scan(fake_tree(files))

    assert found is None
    assert [(gap.path, gap.reason) for gap in gaps] == [
        ("/sys/fs/cgroup", "no group with memory files")
    ]


@pytest.mark.parametrize("number", [errno.ENODEV, errno.ENOENT])
def test_a_group_removed_meanwhile_is_passed_over(fake_tree, v2, number):
    v2[f"{TOP}/system.slice/db.service/memory.max"] = OSError(number, "x")

    found, _, gaps = scan(fake_tree(v2))

    assert "/system.slice/db.service" not in found.groups
    assert gaps == []


def test_a_file_that_may_not_be_read_is_named_once(fake_tree, v2):
    for path in ("/system.slice/db.service", "/user.slice/job"):
        v2[f"{TOP}{path}/memory.events"] = PermissionError(errno.EACCES, "x")

    _, _, gaps = scan(fake_tree(v2))

    assert [(gap.path, gap.reason) for gap in gaps] == [
        (f"/{TOP}/system.slice/db.service/memory.events", "permission denied")
    ]


def test_only_so_many_groups_are_walked_and_the_gap_says_so(fake_tree, v2, monkeypatch):
    monkeypatch.setattr(cgroup_walk, "GROUPS_MAX_COUNT", 4)

    found, _, gaps = scan(fake_tree(v2))

    assert (found.seen_count, found.is_complete) == (4, False)
    assert gaps[0].reason == "more than 4 groups, of which the first were looked at"


def test_of_many_limited_groups_the_nearest_to_their_limit_are_read_in_full(
    fake_tree, v2, monkeypatch
):
    monkeypatch.setattr(cgroup_walk, "DETAILED_MAX_COUNT", 1)

    found, _, _ = scan(fake_tree(v2))

    assert found.groups["/system.slice/db.service"].anon_bytes == 8192
    assert found.groups["/user.slice/job"].anon_bytes is None
    assert found.groups["/user.slice/job"].max_bytes == 500_000


def test_a_limit_that_is_no_number_is_none(fake_tree, v2):
    v2[f"{TOP}/user.slice/job/memory.max"] = "lots\n"

    assert "/user.slice/job" not in scan(fake_tree(v2))[0].groups
