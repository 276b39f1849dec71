"""Only what one write sets and another takes back, within what this kernel takes and its reserve may be."""

import os
from pathlib import Path

import pytest

from vmadvisor.apply.setting_file import ApplyError
from vmadvisor.apply.targets import target_of
from vmadvisor.collect import Request, open_root, take

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture(scope="module")
def snapshot():
    return take(open_root(str(FIXTURES / "6.1-healthy")), Request(interval_s=0))[1]


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("sysctl:vm.swappiness", "180", "/proc/sys/vm/swappiness"),
        ("sysctl:vm.watermark_scale_factor", "20", "/proc/sys/vm/watermark_scale_factor"),
        ("sysctl:vm.zone_reclaim_mode", "0", "/proc/sys/vm/zone_reclaim_mode"),
        ("sysctl:vm.vfs_cache_pressure", "100", "/proc/sys/vm/vfs_cache_pressure"),
        ("sysfs:/sys/kernel/mm/lru_gen/min_ttl_ms", "1000", "/sys/kernel/mm/lru_gen/min_ttl_ms"),
    ],
)
def test_a_setting_that_rules_know_is_one_file(snapshot, key, value, path):
    found = target_of(key, value, snapshot)

    assert (found.file.path, found.value) == (path, value)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("sysctl:vm.swappiness", "201", "takes 0 to 200"),
        ("sysctl:vm.swappiness", "-1", "takes 0 to 200"),
        ("sysctl:vm.swappiness", "1\n2", "takes 0 to 200"),
        ("sysctl:vm.zone_reclaim_mode", "8", "takes 0 to 7"),
        ("sysctl:vm.watermark_scale_factor", "3001", "takes 1 to 3000"),
        ("sysctl:vm.watermark_scale_factor", "3000", "15% below high"),
        ("sysctl:vm.min_free_kbytes", "4000000", "5% below min"),
        ("sysctl:vm.drop_caches", "3", "no rule knows it"),
        ("sysctl:kernel.panic", "1", "no rule knows it"),
        ("sysctl:vm.../../kernel/panic", "1", "no rule knows it"),
        ("sysctl:vm.nr_hugepages", "0", "may not be had again"),
        ("sysfs:/sys/power/state", "mem", "no rule knows it"),
        ("swap", "84M", "more than one write"),
        ("zram", "84M", "more than one write"),
        ("unit:sshd.service:OOMScoreAdjust", "-500", "a unit's directive"),
        ("oom_score_adj:mysqld", "-500", "by its pid"),
        ("oom_score_adj:4194999", "-500", "no such process"),
        ("cgroup:/a:cgroup.kill", "1", "no limit of a control group"),
        ("cgroup:/../a:memory.high", "1", "no limit of a control group"),
        ("cgroup:/not-there-4711:memory.high", "4096", "no such control group"),
        ("anything", "1", "no such key"),
    ],
)
def test_anything_else_is_refused_with_its_reason(snapshot, key, value, reason):
    with pytest.raises(ApplyError, match=reason):
        target_of(key, value, snapshot)


def test_a_groups_limit_is_in_whole_pages_and_never_below_what_it_holds(snapshot, tmp_path):
    group = tmp_path / "sys/fs/cgroup/batch"
    group.mkdir(parents=True)
    (group / "memory.current").write_text("8192000\n")
    (group / "memory.high").write_text("max\n")
    (group / "memory.max").write_text("max\n")

    high = target_of("cgroup:/batch:memory.high", "1000001", snapshot, str(tmp_path))
    none = target_of("cgroup:/batch:memory.high", "max", snapshot, str(tmp_path))

    assert (high.value, high.file.read(), none.value) == ("999424", "max", "max")
    assert (high.is_throttle, none.is_throttle) == (True, False)
    with pytest.raises(ApplyError, match="holds 8192000 bytes"):
        target_of("cgroup:/batch:memory.max", "8191999", snapshot, str(tmp_path))


@pytest.mark.parametrize("value", ["16384000", "max"])
def test_a_groups_hard_limit_is_not_raised_for_a_time_taking_that_back_would_kill(
    snapshot, tmp_path, value
):
    group = tmp_path / "sys/fs/cgroup/batch"
    group.mkdir(parents=True)
    (group / "memory.current").write_text("8192000\n")
    (group / "memory.max").write_text("12288000\n")
    (group / "memory.high").write_text("12288000\n")

    lower = target_of("cgroup:/batch:memory.max", "12283904", snapshot, str(tmp_path))
    high = target_of("cgroup:/batch:memory.high", value, snapshot, str(tmp_path))

    assert (lower.value, high.value) == ("12283904", value)
    with pytest.raises(ApplyError, match="it is 12288000; what the group took beyond that"):
        target_of("cgroup:/batch:memory.max", value, snapshot, str(tmp_path))


def test_one_process_is_named_by_pid_and_start(snapshot):
    found = target_of(f"oom_score_adj:{os.getppid()}", "500", snapshot)

    assert found.file.start_ticks > 0
    assert found.file.path == f"/proc/{os.getppid()}/oom_score_adj"
    with pytest.raises(ApplyError, match="-1000 to 1000"):
        target_of(f"oom_score_adj:{os.getppid()}", "1001", snapshot)


def test_a_trial_is_not_tried_on_itself(snapshot):
    with pytest.raises(ApplyError, match="the trial itself"):
        target_of(f"oom_score_adj:{os.getpid()}", "500", snapshot)


def test_what_a_trial_leaves_behind_is_said(snapshot):
    found = target_of("sysctl:vm.min_free_kbytes", "8192", snapshot)

    assert "until the next boot" in found.remark
