"""Groups that keep memory from reclaim; what lies below a protected group is not counted twice."""

from vmadvisor.model.group_settings import group_settings
from vmadvisor.snapshot import CgroupScan
from vmadvisor.sources.cgroup import parse


def scan(**groups):
    found = {path.replace("__", "/"): parse(files) for path, files in groups.items()}
    return CgroupScan(time_s=1.5, seen_count=9, is_complete=True, groups=found)


def files(current, **limits):
    texts = {f"memory.{name}": f"{value}\n" for name, value in limits.items()}
    return {"memory.current": f"{current}\n", "memory.max": "max\n", **texts}


def test_only_what_a_group_uses_is_kept_and_the_outermost_counts(snapshot):
    groups = scan(**{
        "/db": files(5_000, min=8_000), "/db/inner": files(4_000, min=3_000),
        "/dbx": files(900, min=700), "/web": files(60, low=50), "/plain": files(7),
    })  # fmt: skip
    found = group_settings(snapshot(cgroups=groups))

    assert [group.path for group in found.groups] == ["/db", "/db/inner", "/dbx", "/web"]
    assert found.kept_bytes == 5_000 + 700


def test_a_mark_is_a_setting_too_and_max_is_none(snapshot):
    groups = scan(**{"/a": files(900, high=800, min="max"), "/b": files(900, high="max")})
    (only,) = group_settings(snapshot(cgroups=groups)).groups

    assert (only.path, only.high_bytes, only.min_bytes, only.max_bytes) == ("/a", 800, 0, None)


def test_a_group_that_dies_as_one_is_told_with_or_without_marks(snapshot):
    whole = {**files(7), "memory.oom.group": "1\n"}
    (only,) = group_settings(snapshot(cgroups=scan(**{"/a": whole, "/b": files(7)}))).groups

    assert (only.path, only.oom_group, only.kept_bytes) == ("/a", True, 0)


def test_v1_and_the_root_have_none_and_no_scan_no_fact(snapshot):
    v1 = {"memory.usage_in_bytes": "900\n", "memory.limit_in_bytes": "1000\n"}

    assert group_settings(snapshot(cgroups=scan(**{"/": files(7, min=5), "/old": v1}))).groups == ()
    assert group_settings(snapshot()) is None
