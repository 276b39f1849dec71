"""The report gathers, names what was not judged in words a person can act on, and is deterministic."""

from dataclasses import replace

import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import make_report
from vmadvisor.snapshot import Gap, HostFacts, Snapshot, Timed
from vmadvisor.sources import meminfo, pressure, uptime, version, vmstat, zoneinfo
from vmadvisor.sources.sysctl_kernel import KernelSysctl

MEMINFO = meminfo.parse(
    "MemTotal: 400000 kB\nMemFree: 120000 kB\nMemAvailable: 200000 kB\nActive(file): 40000 kB\n"
    "Inactive(file): 60000 kB\nSwapTotal: 80000 kB\nSwapFree: 70000 kB\n"
)
ZONEINFO = zoneinfo.parse(
    "Node 0, zone   Normal\n  per-node stats\n      nr_inactive_anon 700\n  pages free     30000\n"
    "        min      1100\n        low      1375\n        high     1650\n"
    "        managed  100000\n        protection: (0, 0)\n"
)
VERSION = version.parse("Linux version 6.1.0-18-amd64 (x)")
HOST = HostFacts(
    hostname=None, arch="x86_64", boot_id=None, page_size_bytes=4096, clock_hz=100, is_live=True
)


def snapshot(time_s, *records, **others):
    timed = {type(record): Timed(time_s=time_s, record=record) for record in records}
    return Snapshot(time_s=time_s, host=HOST, records=timed, **others)


def report(before, after):
    return make_report(before, after, time_utc="2026-02-03T04:05:06Z", tool_version="0.0.1")


def whole(time_s, stalls):
    return snapshot(
        time_s, MEMINFO, ZONEINFO, VERSION,
        vmstat.parse(f"allocstall_normal {stalls}\noom_kill 0\npgscan_direct {stalls * 30}\n"),
        pressure.parse_memory("full avg10=0.00 avg60=0.00 avg300=0.00 total=5000\n"),
    )  # fmt: skip


def test_two_readings_give_rates_and_a_verdict():
    found = report(whole(10.0, 3), whole(12.0, 9))

    assert found.status is Severity.OK
    assert found.activity is not None
    assert found.activity.allocstall_per_s == 3.0
    assert [finding.id for finding in found.judgement.findings] == ["VMA-RECLAIM-001"]
    assert found.loud == ()
    assert found.snapshot_time_s == 12.0


def test_the_same_snapshots_give_the_same_report():
    assert report(whole(10.0, 3), whole(12.0, 9)) == report(whole(10.0, 3), whole(12.0, 9))


def test_the_host_is_named_by_what_the_tree_tells():
    fields = dict.fromkeys(KernelSysctl.__dataclass_fields__)
    fields |= {"hostname": "db1", "osrelease": "6.1.0-18-amd64", "boot_id": "b0-07"}
    kernel = KernelSysctl(**fields)
    found = report(None, snapshot(1.0, MEMINFO, kernel)).host

    assert (found.hostname, found.kernel_release, found.boot_id) == (
        "db1",
        "6.1.0-18-amd64",
        "b0-07",
    )
    assert (found.arch, found.page_size_bytes, found.is_live) == ("x86_64", 4096, True)
    assert (found.mem_total_kib, found.swap_total_kib) == (400_000, 80_000)


def gaps(found):
    return {gap.path: (gap.reason, gap.cost) for gap in found.gaps}


def test_averages_since_boot_are_announced():
    single = whole(50.0, 9)
    up = Timed(time_s=50.0, record=uptime.parse("50.00 7.00\n"))
    found = report(None, replace(single, records={**single.records, uptime.Uptime: up}))

    assert gaps(found)["/proc/vmstat"] == (
        "one snapshot only",
        "rates are averages since boot; what happens now cannot be told",
    )
    assert gaps(found)["VMA-COMPACT-001"][0] == "needs two readings of /proc/vmstat"


def test_one_reading_without_uptime_has_no_rates_and_says_what_would_help():
    found = report(None, whole(50.0, 9))

    assert gaps(found)["/proc/vmstat"][0] == "no two readings, no uptime"
    assert gaps(found)["VMA-COMPACT-001"] == (
        "needs /proc/vmstat twice, or /proc/uptime",
        "not judged: Tasks stall in direct compaction",
    )


def test_a_missing_vmstat_is_not_reported_as_a_missing_second_reading():
    found = report(None, snapshot(1.0, MEMINFO, ZONEINFO))

    assert "/proc/vmstat" not in gaps(found)


@pytest.mark.parametrize(
    ("rule", "need"),
    [
        ("VMA-AVAIL-001", "/proc/zoneinfo, or vm.min_free_kbytes"),
        ("VMA-ZONE-001", "/proc/zoneinfo"),
        ("VMA-CGROUP-001", "the cgroups' memory files"),
        ("VMA-VICTIM-001", "the processes' files and the kernel's version"),
        ("VMA-OOM-001", "/proc/vmstat"),
    ],
)
def test_a_rule_that_was_not_judged_names_files_not_types(rule, need):
    found = report(None, snapshot(1.0, MEMINFO))

    assert gaps(found)[rule][0] == f"needs {need}"
    assert rule not in found.judgement.quiet


def test_gaps_of_the_snapshot_come_first():
    torn = Gap(path="/proc/swaps", reason="torn", cost="swap areas")
    found = report(None, replace(whole(1.0, 3), gaps=(torn,)))

    assert found.gaps[0] == torn


def test_an_empty_tree_is_unknown():
    found = report(None, snapshot(0.0))

    assert found.status is Severity.UNKNOWN
    assert found.judgement.exit_code == 3
    assert found.headroom is None
    assert found.memory_use is None


def test_how_long_a_live_host_took_to_read_is_told_without_what_was_taken_over():
    after = whole(50.0, 7)
    records = dict(after.records)
    records[type(MEMINFO)] = Timed(time_s=49.75, record=MEMINFO)
    records[type(ZONEINFO)] = Timed(time_s=42.0, record=ZONEINFO)
    live = report(None, replace(after, records=records))

    assert live.reading_s == 0.25
    elsewhere = replace(after, records=records, host=replace(HOST, is_live=False))
    assert report(None, elsewhere).reading_s is None


def test_counters_pressure_and_the_calibration_in_force_are_handed_on():
    from vmadvisor.model.outlook import Asked
    from vmadvisor.model.own_map import OwnMap

    memory = pressure.parse_memory("some avg10=0.12 avg60=0.34 avg300=0.56 total=789\n")
    own = OwnMap(fitted_utc="2026-01-02T03:04:05Z", model_id="abc", events={})
    after = snapshot(50.0, MEMINFO, ZONEINFO, VERSION, memory, vmstat.parse("oom_kill 3\n"))
    found = make_report(None, after, time_utc="", tool_version="", asked=Asked(own=own))

    assert found.vmstat.oom_kill_total == 3
    assert found.memory_pressure is memory
    assert found.io_pressure is None
    assert found.own_map is own
