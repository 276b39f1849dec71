"""A cgroup's own limit is told from that of the groups below it, on v2 and v1."""

import pytest

from vmadvisor.model.limits import CgroupLimits, cgroup_limits, limit_of
from vmadvisor.snapshot import CgroupScan


@pytest.fixture
def at(snapshot):
    def build(time_s, is_complete=True, **groups):
        found = {"/" + path.replace("__", "/"): group for path, group in groups.items()}
        return snapshot(
            cgroups=CgroupScan(
                time_s=time_s, seen_count=len(found), is_complete=is_complete, groups=found
            )
        )

    return build


def by_path(limits):
    assert limits is not None
    return {group.path: group for group in limits.groups}


def test_the_lower_of_max_and_high_is_the_limit(cgroup):
    assert limit_of(cgroup("memory.max=9000", "memory.high=7000")) == (7000, "memory.high")
    assert limit_of(cgroup("memory.max=6000", "memory.high=7000")) == (6000, "memory.max")
    assert limit_of(cgroup("memory.max=max", "memory.high=7000")) == (7000, "memory.high")
    assert limit_of(cgroup("memory.max=max", "memory.high=max")) is None


def test_a_limit_of_nothing_has_no_share(cgroup):
    assert limit_of(cgroup("memory.max=0", "memory.high=7000")) == (7000, "memory.high")


def test_v1_has_its_own_file_and_a_number_for_unlimited(cgroup):
    v1 = cgroup("memory.usage_in_bytes=500", "memory.limit_in_bytes=900")
    unlimited = cgroup("memory.usage_in_bytes=500", "memory.limit_in_bytes=9223372036854771712")

    assert limit_of(v1) == (900, "memory.limit_in_bytes")
    assert limit_of(unlimited) is None


def test_usage_hits_and_stalls_over_the_interval(at, cgroup):
    before = at(1.0, web=cgroup(
        "memory.current=100", "memory.max=400", "memory.events=max 3,high 2,oom 1,oom_kill 5",
        "memory.pressure=full avg10=0.00 avg60=0.00 avg300=0.00 total=1000000",
    ))  # fmt: skip
    after = at(3.0, web=cgroup(
        "memory.current=388", "memory.max=400", "memory.events=max 10,high 6,oom 2,oom_kill 8",
        "memory.pressure=full avg10=37.50 avg60=0.00 avg300=0.00 total=1500000",
    ))  # fmt: skip

    (web,) = by_path(cgroup_limits(before, after)).values()

    assert (web.interval_s, web.usage_ratio, web.is_at_limit) == (2.0, 0.97, True)
    assert (web.limit_hit_count, web.oom_count, web.oom_kill_count) == (11, 1, 3)
    assert (web.memory_full_ratio, web.full_avg10_ratio) == (0.25, 0.375)


def test_one_snapshot_tells_usage_and_no_counts(at, cgroup):
    single = at(1.0, web=cgroup("memory.current=399", "memory.max=400", "memory.events=max 3"))
    (web,) = by_path(cgroup_limits(None, single)).values()

    assert web.is_at_limit
    assert (web.interval_s, web.limit_hit_count, web.oom_kill_count) == (None, None, None)
    assert web.memory_full_ratio is None


def test_the_same_scan_twice_tells_no_counts(at, cgroup):
    same = at(1.0, web=cgroup("memory.current=399", "memory.max=400", "memory.events=max 3"))
    (web,) = by_path(cgroup_limits(same, same)).values()

    assert (web.interval_s, web.limit_hit_count) == (None, None)


def test_a_group_made_anew_with_smaller_counters_has_unknown_rises(at, cgroup):
    before = at(1.0, web=cgroup("memory.current=9", "memory.max=400", "memory.events=max 30"))
    after = at(2.0, web=cgroup("memory.current=9", "memory.max=400", "memory.events=max 3"))
    (web,) = by_path(cgroup_limits(before, after)).values()

    assert web.limit_hit_count is None


def test_groups_without_a_limit_or_a_size_are_left_out(at, cgroup):
    found = cgroup_limits(
        None,
        at(
            1.0,
            is_complete=False,
            free=cgroup("memory.current=5", "memory.max=max"),
            unread=cgroup("memory.max=400"),
        ),
    )

    assert found == CgroupLimits(groups=(), is_complete=False)


def test_without_a_scan_there_is_nothing_to_say(snapshot):
    assert cgroup_limits(None, snapshot()) is None


def test_a_parent_is_not_at_its_limit_because_a_child_is(at, cgroup):
    """memory.events is hierarchical: the slice's ``max`` rises with the service's."""

    def slice_(count):
        return cgroup("memory.current=300", "memory.max=9000", f"memory.events=max {count}")

    def service(count):
        return cgroup("memory.current=90", "memory.max=100", f"memory.events=max {count}")

    before = at(1.0, system=slice_(40), system__web=service(4))
    after = at(2.0, system=slice_(47), system__web=service(11))

    limits = cgroup_limits(before, after)

    hits = {path: group.limit_hit_count for path, group in by_path(limits).items()}
    assert hits == {"/system": 0, "/system/web": 7}
    assert limits is not None
    assert [group.path for group in limits.at_limit] == ["/system/web"]


def test_local_events_tell_a_groups_own_hits_even_beside_a_childs(at, cgroup):
    def slice_(local_max, local_oom, everyone):
        return cgroup(
            "memory.current=300", "memory.max=9000", f"memory.events=max {everyone},oom {everyone}",
            f"memory.events.local=max {local_max},high 2,oom {local_oom}",
        )  # fmt: skip

    def service(count):
        return cgroup(
            "memory.current=90", "memory.max=100", f"memory.events=max {count},oom {count}",
            f"memory.events.local=max {count},high 1,oom {count}",
        )  # fmt: skip

    before = at(1.0, system=slice_(1, 1, 40), system__web=service(4))
    after = at(2.0, system=slice_(6, 3, 52), system__web=service(11))

    groups = by_path(cgroup_limits(before, after))

    assert (groups["/system"].limit_hit_count, groups["/system"].oom_count) == (5, 2)
    assert (groups["/system/web"].limit_hit_count, groups["/system/web"].oom_count) == (7, 7)


def test_v1_counts_are_each_groups_own(at, cgroup):
    def group(usage, limit, failures, kills):
        return cgroup(
            f"memory.usage_in_bytes={usage}", f"memory.limit_in_bytes={limit}",
            f"memory.failcnt={failures}", f"memory.oom_control=oom_kill_disable 0,oom_kill {kills}",
        )  # fmt: skip

    before = at(1.0, a=group(50, 1_000, 5, 0), a__b=group(90, 100, 2, 1))
    after = at(2.0, a=group(50, 1_000, 8, 0), a__b=group(96, 100, 6, 3))

    groups = by_path(cgroup_limits(before, after))

    assert (groups["/a"].limit_hit_count, groups["/a"].oom_kill_count) == (3, 0)
    assert (groups["/a/b"].limit_hit_count, groups["/a/b"].oom_kill_count) == (4, 2)
    assert groups["/a/b"].oom_count is None
    assert groups["/a/b"].limit_file == "memory.limit_in_bytes"


def test_the_fullest_group_comes_first(at, cgroup):
    limits = cgroup_limits(
        None,
        at(
            1.0,
            half=cgroup("memory.current=50", "memory.max=100"),
            full=cgroup("memory.current=99", "memory.max=100"),
            idle=cgroup("memory.current=1", "memory.max=100"),
        ),
    )

    assert list(by_path(limits)) == ["/full", "/half", "/idle"]
