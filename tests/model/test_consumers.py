"""The largest and the fastest growing, from two scans of processes and cgroups."""

from dataclasses import replace

from vmadvisor.model.consumers import TOP_COUNT, consumers
from vmadvisor.snapshot import CgroupScan
from vmadvisor.sources.pid_status import PidStatus


def pids(sizes):
    return [size.pid_id for size in sizes]


def test_the_largest_are_ranked_by_resident_plus_swap(snapshot, process, scan):
    swapped = replace(process(11, "old", rss_pages=300), status=PidStatus(vm_swap_kib=2_400))
    others = (process(12, "mid", rss_pages=700), process(13, "small", rss_pages=5))
    found = consumers(None, snapshot(processes=scan(2.0, *others, swapped)), 4096)

    assert found is not None
    assert pids(found.largest) == [11, 12, 13]
    assert [size.swap_pages for size in found.largest] == [600, None, None]
    assert found.growing == ()


def test_growth_is_pages_per_second_between_the_two_scans(snapshot, process, scan):
    before = scan(2.0, process(11, "leak", rss_pages=100), process(12, "idle", rss_pages=900))
    after = scan(
        4.0,
        process(11, "leak", rss_pages=150),
        process(12, "idle", rss_pages=880),
        process(13, "new", rss_pages=60),
    )
    found = consumers(snapshot(processes=before), snapshot(processes=after), 4096)

    assert found is not None
    assert [(s.pid_id, s.growth_pages_per_s) for s in found.growing] == [(11, 25.0)]
    assert {s.pid_id: s.growth_pages_per_s for s in found.largest} == {
        11: 25.0,
        12: -10.0,
        13: None,
    }


def test_the_same_scan_twice_tells_no_growth(snapshot, process, scan):
    same = snapshot(processes=scan(2.0, process(11, "a", rss_pages=100)))
    found = consumers(same, same, 4096)

    assert found is not None
    assert found.largest[0].growth_pages_per_s is None


def test_kernel_threads_are_no_consumers_and_the_list_is_short(snapshot, process, scan):
    many = [process(100 + i, f"w{i}", rss_pages=1_000 + i) for i in range(TOP_COUNT + 3)]
    kernel = process(2, "kswapd0", is_kernel=True)
    found = consumers(None, snapshot(processes=scan(2.0, kernel, *many)), 4096)

    assert found is not None
    assert pids(found.largest) == [100 + i for i in range(TOP_COUNT + 2, 2, -1)]


def test_a_recording_of_the_three_largest_tells_no_fourth(snapshot, process, scan):
    many = [process(100 + i, f"w{i}", rss_pages=1_000 + i) for i in range(6)]
    before = replace(scan(2.0, *many), leading_count=3, is_complete=False)
    grown = [replace(one, stat=replace(one.stat, rss_pages=2_000)) for one in many]
    after = replace(scan(4.0, *grown), leading_count=3, is_complete=False)
    found = consumers(snapshot(processes=before), snapshot(processes=after), 4096)

    assert found is not None
    assert pids(found.largest) == [100, 101, 102]
    assert pids(found.growing) == [100, 101, 102]


def test_without_a_scan_or_a_page_size_there_are_no_consumers(snapshot, process, scan):
    assert consumers(None, snapshot(), 4096) is None
    assert consumers(None, snapshot(processes=scan(2.0, process(1, "init"))), None) is None


def test_cgroups_are_ranked_by_memory_current_and_grow_in_bytes(snapshot, scan, cgroup):
    def at(time_s, *sizes):
        groups = {
            path: cgroup(f"memory.current={size}", "memory.max=900000")
            for path, size in zip(("/", "/a", "/b"), sizes, strict=True)
        }
        return CgroupScan(time_s=time_s, seen_count=3, is_complete=True, groups=groups)

    before = snapshot(processes=scan(1.0), cgroups=at(1.0, 9, 4_000, 70_000))
    after = snapshot(processes=scan(3.0), cgroups=at(3.0, 9, 81_000, 60_000))
    found = consumers(before, after, 4096)

    assert found is not None
    assert [(g.path, g.current_bytes, g.growth_bytes_per_s) for g in found.cgroups] == [
        ("/a", 81_000, 38_500.0),
        ("/b", 60_000, -5_000.0),
    ]
    assert found.cgroups[0].max_bytes == 900_000
