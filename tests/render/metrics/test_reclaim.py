"""Counters as the kernel has them; those of another kernel are absent."""

from dataclasses import replace

from vmadvisor.sources import pressure, vmstat


def test_direct_reclaims_are_told_by_zone(report, samples_of):
    assert samples_of("vmadvisor_allocstall_total", report) == {
        ("DMA",): 2,
        ("Normal",): 311,
        ("Movable",): 29,
    }


def test_an_old_kernels_sum_is_told_as_one(report, samples_of):
    old = replace(report, vmstat=vmstat.parse("allocstall 19\nworkingset_refault 8\n"))

    assert samples_of("vmadvisor_allocstall_total", old) == {("all",): 19}
    assert samples_of("vmadvisor_refault_bytes_total", old) == {("all",): 32_768}


def test_scan_and_steal_are_apart_by_reclaimer_in_bytes(report, samples_of):
    assert samples_of("vmadvisor_reclaim_scanned_bytes_total", report) == {
        ("kswapd",): 28_676_096,
        ("direct",): 217_088,
    }
    assert samples_of("vmadvisor_reclaim_stolen_bytes_total", report) == {
        ("kswapd",): 24_604_672,
        ("direct",): 167_936,
        ("khugepaged",): 12_288,
    }


def test_refaults_and_swap_and_events(report, samples_of):
    assert samples_of("vmadvisor_refault_bytes_total", report) == {
        ("anon",): 69_632,
        ("file",): 778_240,
    }
    assert samples_of("vmadvisor_swap_bytes_total", report) == {("in",): 20_480, ("out",): 94_208}
    assert samples_of("vmadvisor_kswapd_run_total", report) == {(): 13}
    assert samples_of("vmadvisor_oom_kill_total", report) == {}


def test_stalled_time_is_in_seconds(report, samples_of):
    io = pressure.parse_io("some avg10=0.00 avg60=0.00 avg300=0.00 total=750000\n")
    told = replace(report, io_pressure=io)

    assert samples_of("vmadvisor_pressure_stall_seconds_total", told) == {
        ("memory", "some"): 2.5,
        ("memory", "full"): 1.25,
        ("io", "some"): 0.75,
    }
