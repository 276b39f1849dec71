"""PCP's metrics as the kernel's records: our units, and nothing that is not told."""

from vmadvisor.sources import pcp_record
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pcp_metrics import METRICS, ONCE, UNITS
from vmadvisor.sources.pcp_record import (
    PcpRecord,
    gauges_kib_of,
    meminfo_of,
    memory_full_avg10_pct_of,
    number_of,
    stalls_us_of,
    text_of,
    vmstat_in,
    zones_of,
)

MEMORY = {
    "mem.physmem": 8_000_001, "mem.util.free": 102, "mem.util.available": 203, "mem.util.shmem": 304,
    "mem.util.active_anon": 405, "mem.util.inactive_anon": 506, "mem.util.active_file": 607,
    "mem.util.inactive_file": 708, "mem.util.slabReclaimable": 809, "mem.util.slabUnreclaimable": 910,
    "mem.util.swapTotal": 1_011, "mem.util.swapFree": 1_112,
}  # fmt: skip
KIB = {
    "mem_total_kib": 8_000_001, "mem_free_kib": 102, "mem_available_kib": 203, "shmem_kib": 304,
    "active_anon_kib": 405, "inactive_anon_kib": 506, "active_file_kib": 607, "inactive_file_kib": 708,
    "sreclaimable_kib": 809, "sunreclaim_kib": 910, "swap_total_kib": 1_011, "swap_free_kib": 1_112,
}  # fmt: skip


def record(**values):
    return PcpRecord(time_utc_s=1.0, values=values)


def zones(**others):
    """DMA32 and Normal of node 0, Normal of node 1."""
    values = {}
    for number, name in enumerate(("Normal::node1", "DMA32::node0", "Normal::node0"), start=1):
        for place, size in enumerate(("free", "min", "low", "high", "managed")):
            values[f"mem.zoneinfo.{size}[{name}]"] = 1000 * number + 100 * place + 8
        for kind in range(2):
            values[f"mem.zoneinfo.protection[{name}::lowmem_reserved{kind}]"] = (
                40 * number + 4 * kind
            )
    return values | others  # fmt: skip


def test_every_metric_has_units_and_what_is_told_once_is_among_them():
    assert len(METRICS) == len(set(METRICS)) > 50
    assert all(units for units in UNITS.values())
    assert set(METRICS) > ONCE


def test_totals_that_add_sleeps_to_pages_are_not_asked_for():
    assert not [name for name in METRICS if name.endswith(("pgscan_direct_total", "pgsteal_total"))]
    assert "mem.vmstat.pgscan_direct_throttle" in METRICS


def test_gauges_of_memory_are_meminfos_in_kib():
    found = gauges_kib_of(record(**MEMORY))

    assert found == KIB
    assert meminfo_of(found) == Meminfo(**KIB)


def test_a_forecast_needs_all_but_memavailable():
    for name in KIB:
        known = {key: value for key, value in KIB.items() if key != name}
        assert (meminfo_of(known) is None) == (name != "mem_available_kib")
    assert gauges_kib_of(record()) == {}


def test_counters_are_vmstats_by_its_own_names():
    values = {
        "oom_kill": 3, "pgmajfault": 41, "pswpin": 52, "pswpout": 63, "compact_stall": 74, "pgscan_kswapd": 85,
        "pgscan_direct": 96, "pgsteal_kswapd": 107, "pgsteal_direct": 118, "pgscan_direct_throttle": 129,
    }  # fmt: skip

    found = vmstat_in(record(**{f"mem.vmstat.{name}": n for name, n in values.items()}), None)

    assert (found.oom_kill_total, found.pgmajfault_total) == (3, 41)
    assert (found.pswpin_pages_total, found.pswpout_pages_total) == (52, 63)
    assert (found.compact_stall_total, found.pgscan_direct_throttle_total) == (74, 129)
    assert (found.pgscan_kswapd_pages_total, found.pgscan_direct_pages_total) == (85, 96)
    assert (found.pgsteal_kswapd_pages_total, found.pgsteal_direct_pages_total) == (107, 118)
    assert found.allocstall_total is None
    assert vmstat_in(record(**MEMORY), None) is None


def test_direct_reclaims_by_zone_are_added_up_where_all_zones_were_logged():
    every = {"mem.vmstat.allocstall_dma32": 5, "mem.vmstat.allocstall_normal": 70}

    whole = vmstat_in(record(**every, **{"mem.vmstat.allocstall_movable": 900}), None)
    part = vmstat_in(record(**every, **{"mem.vmstat.pswpin": 2}), None)

    assert whole.allocstall_total == 975
    assert (part.allocstall_total, part.allocstall_dma32_total) == (None, None)
    assert part.pswpin_pages_total == 2


def test_before_3_5_all_reclaimers_are_counted_by_zone_and_kswapd_apart():
    found = vmstat_in(
        record(**{
            "mem.vmstat.pgsteal_normal": 500, "mem.vmstat.pgsteal_movable": 60, "mem.vmstat.kswapd_steal": 400,
        }),
        None,
    )  # fmt: skip

    assert (found.pgsteal_kswapd_pages_total, found.pgsteal_direct_pages_total) == (400, 160)


def test_refaults_of_all_nodes_come_in_pages_where_the_page_is_known():
    found = record(**{
        "mem.zoneinfo.workingset_refault_anon[node0]": 64, "mem.zoneinfo.workingset_refault_anon[node1]": 128,
        "mem.zoneinfo.workingset_refault_anon[Normal::node0]": 4_000_000,
        "mem.zoneinfo.workingset_refault_file[node0]": 320, "mem.vmstat.pswpin": 1,
    })  # fmt: skip

    small, large = vmstat_in(found, 4096), vmstat_in(found, 65536)
    assert (small.workingset_refault_anon_pages_total, small.workingset_refault_file_pages_total) == (48, 80)  # fmt: skip
    assert (large.workingset_refault_anon_pages_total, large.workingset_refault_file_pages_total) == (3, 5)  # fmt: skip
    assert vmstat_in(found, None).workingset_refault_file_pages_total is None


def test_what_is_dirty_written_and_mapped_comes_in_pages():
    found = vmstat_in(
        record(**{"mem.util.dirty": 40, "mem.util.writeback": 16, "mem.util.mapped": 84}), 4096
    )

    assert (found.nr_dirty_pages, found.nr_writeback_pages, found.nr_mapped_pages) == (10, 4, 21)


def test_stalls_are_microseconds_and_the_mean_is_psis_own():
    head = "kernel.all.pressure"
    found = record(**{
        f"{head}.memory.some.total": 7, f"{head}.memory.full.total": 8, f"{head}.io.full.total": 9,
        f"{head}.memory.full.avg[10 second]": 1.25, f"{head}.memory.full.avg[1 minute]": 2.5,
    })  # fmt: skip

    assert stalls_us_of(found) == {"memory_some": 7, "memory_full": 8, "io_full": 9}
    assert memory_full_avg10_pct_of(found) == 1.25
    assert stalls_us_of(record()) == {}
    assert memory_full_avg10_pct_of(record()) is None


def test_zones_have_free_marks_size_and_protection_in_the_unit_asked_for():
    found = zones_of(record(**zones()), 1024)

    assert [(zone.node_id, zone.name) for zone in found.zones] == [(0, "DMA32"), (0, "Normal"), (1, "Normal")]  # fmt: skip
    middle = found.zones[1]
    assert (middle.free_pages, middle.min_pages, middle.low_pages) == (3_008, 3_108, 3_208)
    assert (middle.high_pages, middle.managed_pages) == (3_308, 3_408)
    assert middle.protection_pages == (120, 124)
    assert zones_of(record(**zones()), 4096).zones[1].high_pages == 827
    assert zones_of(record(**zones()), 4096).zones[1].protection_pages == (30, 31)


def test_zones_are_known_whole_or_not_at_all():
    whole = zones()
    for name in whole:
        if "[Normal::node0" not in name or "lowmem_reserved" in name:
            continue
        part = {key: value for key, value in whole.items() if key != name}
        assert zones_of(record(**part), 1024) is None
    without = {key: value for key, value in whole.items() if "protection" not in key}
    assert zones_of(record(**without), 1024) is None
    assert zones_of(record(), 1024) is None


def test_a_zone_of_a_name_that_the_kernel_does_not_give_is_no_zone():
    odd = {f"mem.zoneinfo.{name}[x y::node0]": 7 for name in ("free", "min", "low", "high", "managed")}  # fmt: skip
    odd["mem.zoneinfo.protection[x y::node0::lowmem_reserved0]"] = 7

    assert zones_of(record(**odd), 1024) is None
    assert zones_of(record(**zones(**{"mem.zoneinfo.free[node0]": 7})), 1024) is None


def test_a_number_is_no_text_and_a_text_no_number():
    found = record(**{"hinv.pagesize": "x", "kernel.uname.release": 7, "kernel.all.uptime": 7.5})

    assert number_of(found, "hinv.pagesize") is None
    assert number_of(found, "kernel.all.uptime") is None
    assert text_of(found, "kernel.uname.release") is None
    assert pcp_record.text_of(record(**{"kernel.uname.release": "6.1"}), "kernel.uname.release") == "6.1"  # fmt: skip


def test_swap_traffic_is_taken_from_where_it_is_whole_or_else_from_where_it_is():
    short = {"swap.pagesin": 7, "swap.pagesout": 8}

    assert "swap.pagesin" in METRICS
    found = vmstat_in(record(**short), None)
    assert (found.pswpin_pages_total, found.pswpout_pages_total) == (7, 8)
    found = vmstat_in(record(**short, **{"mem.vmstat.pswpin": 2**32 + 7}), None)
    assert (found.pswpin_pages_total, found.pswpout_pages_total) == (2**32 + 7, 8)
