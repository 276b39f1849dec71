"""sysstat's records as points: what means the same, in our units, of the right boot."""

import pytest

from vmadvisor.model.past import GAUGES, RATES
from vmadvisor.model.sar_points import UNKNOWN_BOOT, points_of
from vmadvisor.sources.sadf_record import SarMoment

START = 1_795_769_400.0


def moment(seconds=0, **known):
    return SarMoment(
        **{**dict.fromkeys(SarMoment.__slots__), "time_utc_s": START + seconds, **known}
    )


def test_each_number_comes_in_our_unit_under_our_name():
    (point,) = points_of(
        [
            moment(
                scan_kswapd_pages_per_s=1.25, scan_direct_pages_per_s=2.5, majfault_per_s=3.75,
                swapin_pages_per_s=4.5, swapout_pages_per_s=5.25, memory_some_pct=6.0,
                memory_full_pct=7.0, io_full_pct=8.0, free_kib=9, available_kib=10, shmem_kib=11,
                swap_free_kib=12, swap_used_kib=13,
            )
        ],
        [],
    )  # fmt: skip

    assert (point.origin, point.counters, point.nodes) == ("sar", {}, ())
    assert point.rates == {
        "scan_kswapd_pages_per_s": 1.25, "scan_direct_pages_per_s": 2.5, "majfault_per_s": 3.75,
        "swapin_pages_per_s": 4.5, "swapout_pages_per_s": 5.25,
        "memory_some_ratio": pytest.approx(0.06), "memory_full_ratio": pytest.approx(0.07),
        "io_full_ratio": pytest.approx(0.08),
    }  # fmt: skip
    assert point.gauges == {
        "free_bytes": 9_216, "available_bytes": 10_240, "shmem_bytes": 11_264,
        "swap_free_bytes": 12_288, "swap_total_bytes": 25_600,
    }  # fmt: skip
    assert set(point.rates) <= set(RATES)
    assert set(point.gauges) <= set(GAUGES)


def test_what_is_not_told_is_absent_and_what_is_0_is_0():
    (point,) = points_of([moment(scan_direct_pages_per_s=0.0, swap_free_kib=5)], [])

    assert point.rates == {"scan_direct_pages_per_s": 0.0}
    assert point.gauges == {"swap_free_bytes": 5_120}


def test_a_record_that_tells_nothing_is_no_point():
    assert list(points_of([moment()], [])) == []


def test_available_memory_that_is_0_throughout_was_not_told():
    """Kernels before 3.14 have none, and sysstat says 0."""
    untold = points_of([moment(available_kib=0, free_kib=7), moment(600, available_kib=0)], [])
    told = points_of([moment(available_kib=0), moment(600, available_kib=3)], [])

    assert [point.gauges for point in untold] == [{"free_bytes": 7_168}]
    assert [point.gauges["available_bytes"] for point in told] == [0, 3_072]


def test_a_restart_parts_boots_and_the_record_of_its_second_is_of_the_old_one():
    moments = [moment(seconds, free_kib=1) for seconds in (0, 600, 601, 1200)]

    found = [point.boot_id for point in points_of(moments, [START + 900, START + 600])]

    assert found == [
        UNKNOWN_BOOT, UNKNOWN_BOOT, "sar, restart 2026-11-27T09:00:00Z",
        "sar, restart 2026-11-27T09:05:00Z",
    ]  # fmt: skip


def test_a_share_of_a_little_more_than_all_the_time_is_all_of_it():
    (point,) = points_of([moment(memory_full_pct=100.25)], [])

    assert point.rates == {"memory_full_ratio": 1.0}
