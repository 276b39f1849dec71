from vmadvisor.model.past import (
    Point,
    SettingChange,
    gauge_series,
    point_of,
    rate_series,
    rates_between,
    setting_changes,
)
from vmadvisor.sources.meminfo import parse as parse_meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.vmstat import parse as parse_vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo


def point(time_utc_s, *, boot_id="a", counters=None, rates=None, gauges=None, settings=None):
    return Point(
        time_utc_s=time_utc_s,
        boot_id=boot_id,
        origin="check",
        gauges=gauges or {},
        counters=counters or {},
        rates=rates or {},
        settings=settings or {},
    )


def test_a_counter_becomes_a_rate_and_stall_time_a_share_of_it():
    before = point(100.0, counters={"allocstall_total": 7, "memory_full_us_total": 1_000_000})
    after = point(110.0, counters={"allocstall_total": 57, "memory_full_us_total": 3_500_000})

    assert rates_between(before, after) == {"allocstall_per_s": 5.0, "memory_full_ratio": 0.25}


def test_no_rate_spans_a_reboot_or_a_counter_that_went_back():
    before = point(100.0, counters={"allocstall_total": 7, "majfault_total": 3})

    assert rates_between(before, point(110.0, boot_id="b", counters={"allocstall_total": 57})) == {}
    assert rates_between(
        before, point(110.0, counters={"allocstall_total": 6, "majfault_total": 23})
    ) == {"majfault_per_s": 2.0}
    assert rates_between(before, point(100.0, counters={"allocstall_total": 57})) == {}


def test_an_archive_that_tells_rates_is_taken_at_its_word():
    points = [point(100.0), point(700.0, rates={"scan_direct_pages_per_s": 12.5})]

    assert rate_series(points, "scan_direct_pages_per_s") == [(700.0, 12.5)]


def test_a_gauge_that_was_not_known_is_no_zero():
    points = [
        point(1.0, gauges={"available_bytes": 5}),
        point(2.0),
        point(3.0, gauges={"available_bytes": 8}),
    ]

    assert gauge_series(points, "available_bytes") == [(1.0, 5), (3.0, 8)]


def test_a_setting_that_differs_is_a_change_even_across_a_point_that_did_not_know_it():
    points = [
        point(1.0, settings={"vm.swappiness": "60"}),
        point(2.0),
        point(3.0, settings={"vm.swappiness": "10", "vm.min_free_kbytes": "67584"}),
        point(4.0, settings={"vm.swappiness": "10", "vm.min_free_kbytes": "67584"}),
    ]

    assert setting_changes(points) == [
        SettingChange(time_utc_s=3.0, key="vm.swappiness", before="60", after="10")
    ]


def test_a_point_keeps_the_kernels_own_numbers_in_bytes_by_node(snapshot, zone, host):
    marks = {"free_pages": 9_000, "min_pages": 700, "low_pages": 1_000, "high_pages": 1_300}
    both = Zoneinfo(
        zones=(zone(**marks), zone(node_id=1, **(marks | {"free_pages": 800}))),
        nodes=(),
        has_managed=True,
        has_node_stats=False,
        lists_empty_zones=True,
    )
    found = point_of(
        snapshot(
            (5.0, both),
            (5.0, parse_vmstat("allocstall_normal 41\noom_kill 3\nworkingset_refault_file 17\n")),
            (5.0, parse_meminfo("MemTotal: 400000 kB\nMemFree: 39200 kB\nMemAvailable: 3000 kB\n")),
            (5.0, VmSysctl(swappiness_count=60, min_free_kib=67584)),
            host=host(page_size_bytes=4096, boot_id="b00"),
        ),
        time_utc_s=1_700_000_000.5,
        origin="check",
    )

    assert found.gauges["available_bytes"] == 3_072_000
    assert found.gauges["low_bytes"] == 2_000 * 4096
    assert "swap_free_bytes" not in found.gauges
    assert found.counters == {
        "allocstall_total": 41,
        "oom_kill_total": 3,
        "refault_file_pages_total": 17,
    }
    assert [(node.node_id, node.free_bytes, node.high_bytes) for node in found.nodes] == [
        (0, 36_864_000, 5_324_800),
        (1, 3_276_800, 5_324_800),
    ]
    assert found.settings == {"vm.swappiness": "60", "vm.min_free_kbytes": "67584"}


def test_a_snapshot_without_zones_makes_no_point(snapshot, host):
    assert (
        point_of(snapshot(host=host(page_size_bytes=4096)), time_utc_s=1.0, origin="check") is None
    )
