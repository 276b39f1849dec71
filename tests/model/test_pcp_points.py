"""PCP's records as points: one moment from several records, one boot from what tells it, absent as absent."""

from pathlib import Path

import pytest

from vmadvisor.history.rows import PCP
from vmadvisor.model import pcp_points
from vmadvisor.model.past import COUNTERS, GAUGES, NodePoint
from vmadvisor.model.pcp_points import ORIGIN, PcpCourse
from vmadvisor.sources.pcp_csv import PmrepReader
from vmadvisor.sources.pcp_record import PcpRecord

START = 1_795_769_400.0
LOG = Path(__file__).resolve().parents[2] / "fixtures" / "pcp" / "6.18-log.csv"

MEMORY = {
    "mem.util.free": 1_002, "mem.util.available": 2_003, "mem.util.shmem": 304,
    "mem.util.active_anon": 405, "mem.util.inactive_anon": 506, "mem.util.active_file": 607,
    "mem.util.inactive_file": 708, "mem.util.slabReclaimable": 809, "mem.util.slabUnreclaimable": 910,
    "mem.util.swapTotal": 1_111, "mem.util.swapFree": 1_012,
    "mem.util.dirty": 13, "mem.util.writeback": 14, "mem.util.mapped": 15,
}  # fmt: skip
COUNTS = {"mem.vmstat.oom_kill": 3, "mem.vmstat.pswpin": 41, "mem.vmstat.pgscan_direct": 52}
STALLS = {"kernel.all.pressure.memory.some.total": 70, "kernel.all.pressure.memory.full.total": 60}
ZONES = {
    f"mem.zoneinfo.{name}[{zone}]": base + kib
    for zone, base in (("DMA32::node0", 0), ("Normal::node0", 400_000), ("Normal::node1", 800_000))
    for name, kib in (("free", 40_000), ("min", 4_000), ("low", 5_000), ("high", 6_000), ("managed", 4_000_000))
} | {
    f"mem.zoneinfo.protection[{zone}::lowmem_reserved0]": 0
    for zone in ("DMA32::node0", "Normal::node0", "Normal::node1")
}  # fmt: skip
ONCE = {"mem.physmem": 8_000_001, "hinv.pagesize": 4096, "kernel.uname.machine": "aarch64"}


def at(seconds, *parts):
    values = {name: value for part in parts for name, value in part.items()}
    return PcpRecord(time_utc_s=START + seconds, values=values)


def moments_of(*records, course=None):
    course = course or PcpCourse()
    found = [moment for record in records for moment in course.add(record)]
    return [*found, *course.end()], dict(course.gaps)


def points_of(*records):
    moments, gaps = moments_of(*records)
    return [moment.point for moment in moments], gaps


def test_each_number_comes_in_our_unit_under_our_name():
    (point,), gaps = points_of(at(0, MEMORY, COUNTS, STALLS, ZONES, ONCE))

    assert (point.origin, point.rates, point.settings, gaps) == ("pcp", {}, {}, {})
    assert point.gauges == {
        "total_bytes": 8_192_001_024, "available_bytes": 2_051_072, "shmem_bytes": 311_296,
        "anon_bytes": 932_864, "file_bytes": 1_346_560, "slab_reclaimable_bytes": 828_416,
        "slab_unreclaimable_bytes": 931_840, "swap_total_bytes": 1_137_664, "swap_free_bytes": 1_036_288,
        "free_bytes": 1_351_680_000, "min_bytes": 1_241_088_000, "low_bytes": 1_244_160_000,
        "high_bytes": 1_247_232_000,
    }  # fmt: skip
    assert point.counters == {
        "oom_kill_total": 3, "swapin_pages_total": 41, "scan_direct_pages_total": 52,
        "memory_some_us_total": 70, "memory_full_us_total": 60,
    }  # fmt: skip
    assert point.nodes == (
        NodePoint(node_id=0, free_bytes=491_520_000, min_bytes=417_792_000, low_bytes=419_840_000, high_bytes=421_888_000),
        NodePoint(node_id=1, free_bytes=860_160_000, min_bytes=823_296_000, low_bytes=824_320_000, high_bytes=825_344_000),
    )  # fmt: skip
    assert set(point.gauges) <= set(GAUGES)
    assert set(point.counters) <= set(COUNTERS)
    assert ORIGIN == PCP


def test_what_is_not_logged_is_absent_and_what_is_0_is_0():
    (point,), _ = points_of(at(0, {"mem.util.free": 7, "mem.util.active_file": 9, "mem.vmstat.oom_kill": 0}))  # fmt: skip

    assert point.gauges == {"free_bytes": 7_168}
    assert point.counters == {"oom_kill_total": 0}
    assert point.nodes == ()


def test_a_value_that_is_missing_once_is_unknown_there_and_only_there():
    less = {name: value for name, value in COUNTS.items() if name != "mem.vmstat.oom_kill"}

    points, gaps = points_of(*(at(60 * n, MEMORY, less if n == 1 else COUNTS) for n in range(3)))

    assert [point.counters.get("oom_kill_total") for point in points] == [3, None, 3]
    assert gaps == {}


def test_what_is_told_once_holds_until_it_is_told_anew():
    points, _ = points_of(
        at(0, ONCE), at(60, MEMORY), at(120, MEMORY), at(180, {**MEMORY, "mem.physmem": 5})
    )

    assert [point.gauges["total_bytes"] for point in points] == [8_192_001_024, 8_192_001_024, 5_120]  # fmt: skip


def test_records_of_one_moment_are_one_point_and_repeated_names_are_two():
    points, gaps = points_of(
        at(0.0, MEMORY, ONCE), at(0.0, COUNTS, ONCE), at(0.4, STALLS, ONCE), at(1.0, MEMORY, COUNTS)
    )

    assert [point.time_utc_s - START for point in points] == [0.0, 1.0]
    assert points[0].counters["memory_full_us_total"] == 60
    assert points[0].counters["oom_kill_total"] == 3
    assert gaps == {}


def test_what_was_read_at_another_moment_is_not_mixed_in():
    points, gaps = points_of(
        at(0, MEMORY, COUNTS), at(0.6, STALLS), at(3.6, STALLS), at(60, MEMORY, COUNTS)
    )

    assert [point.time_utc_s - START for point in points] == [0, 60]
    assert not any("memory_full_us_total" in point.counters for point in points)
    assert gaps == {pcp_points.PARTIAL: 2}


def test_time_that_goes_back_or_stands_still_is_left_out_and_said():
    points, gaps = points_of(at(60, MEMORY), at(0, MEMORY), at(60, MEMORY), at(120, MEMORY))

    assert [point.time_utc_s - START for point in points] == [60, 120]
    assert gaps == {pcp_points.BACKWARDS: 2}


def test_records_that_tell_nothing_of_memory_are_said_unless_they_are_told_once():
    points, gaps = points_of(at(0, ONCE), at(60, {"kernel.all.uptime": 7.5}), at(120, {}))

    assert (points, gaps) == ([], {pcp_points.TELLS_NOTHING: 1})


def test_the_next_archive_goes_on_and_may_begin_before_the_last_one_ended():
    course = PcpCourse()
    first = [*course.add(at(0, MEMORY, COUNTS, ONCE)), *course.add(at(60, MEMORY, COUNTS)), *course.end_archive()]  # fmt: skip
    second = [*course.add(at(30, MEMORY, COUNTS)), *course.end_archive()]

    assert [moment.point.boot_id for moment in first + second] == ["pcp, since 2026-11-27T08:50:00Z"] * 3  # fmt: skip
    assert second[0].point.gauges["total_bytes"] == 8_192_001_024
    assert not course.gaps


def sample_of(values, step_s=10):
    """Of the second of two such records."""
    moments, _ = moments_of(at(-step_s, values), at(0, values))
    assert moments[1].point.counters["oom_kill_total"] == 3
    return moments[1].sample


ENOUGH = {**MEMORY, **COUNTS, **STALLS, **ZONES, **ONCE}


def test_a_record_that_tells_enough_can_be_forecast_from():
    sample = sample_of({**ENOUGH, "kernel.all.pressure.memory.full.avg[10 second]": 1.5})

    assert (sample.time_s, sample.page_size_bytes, len(sample.nodes)) == (START, 4096, 2)
    assert (sample.total_pages, sample.available_pages) == (2_000_000, 500)
    assert (sample.memory_some_us_total, sample.memory_full_us_total) == (70, 60)
    assert (sample.memory_full_avg10_pct, sample.io_full_us_total) == (1.5, None)
    assert (sample.vmstat.nr_dirty_pages, sample.vmstat.nr_mapped_pages) == (3, 3)
    assert sample.nodes[0].min_pages == 102_000
    assert sample_of(ENOUGH).memory_full_avg10_pct is None


def test_records_that_lie_far_apart_make_no_samples():
    assert sample_of(ENOUGH, step_s=30) is not None
    assert sample_of(ENOUGH, step_s=31) is None


@pytest.mark.parametrize(
    "lack",
    ["mem.util.active_file", "mem.util.dirty", "mem.physmem", "mem.zoneinfo.low[Normal::node0]", "hinv.pagesize"],
)  # fmt: skip
def test_what_a_forecast_needs_is_never_taken_for_0(lack):
    assert sample_of({name: value for name, value in ENOUGH.items() if name != lack}) is None


def test_without_the_page_size_pairs_of_one_number_tell_it():
    values = {name: value for name, value in ENOUGH.items() if name != "hinv.pagesize"}
    values |= {"mem.util.active_anon": 640_000, "mem.vmstat.nr_active_anon": 10_000,
               "mem.util.active_file": 64_000, "mem.vmstat.nr_active_file": 1_000}  # fmt: skip

    assert sample_of(values).page_size_bytes == 65_536


def test_a_real_log_gives_points_and_samples_of_one_boot():
    course = PcpCourse()
    records = [item for item in PmrepReader().feed(LOG.read_text()) if isinstance(item, PcpRecord)]

    moments, gaps = moments_of(*records, course=course)

    assert (len(moments), gaps) == (8, {})
    assert [moment.sample is not None for moment in moments] == [False] + [True] * 7
    assert {moment.point.boot_id for moment in moments} == {"pcp, boot 2026-11-27T03:49:50Z"}
    assert (course.kernel_release, course.machine, course.mem_total_kib) == ("6.18.44", "x86_64", 24_684_096)  # fmt: skip
    point = moments[0].point
    # 15360 + 3091672 + 5624792 KiB in three zones, 25299256 KiB of refaults in pages of 4 KiB.
    assert point.gauges["free_bytes"] == 8_941_387_776
    assert point.counters["refault_file_pages_total"] == 6_324_814
    assert point.counters["allocstall_total"] == 0
    assert point.counters["io_full_us_total"] == 83_403_844
