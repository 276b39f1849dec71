"""Demand is what was asked for, whatever reclaim made of it."""

from dataclasses import replace

import pytest

from vmadvisor.model.simulate.demand import demand_of
from vmadvisor.model.simulate.measured import measured
from vmadvisor.model.simulate.observed import ProcessUse, idle_pages
from vmadvisor.model.simulate.physics import Physics, estimated, hard_file_pages

ZEROS = {
    "pgpgin_kib_total": 0,
    "pswpin_pages_total": 0,
    "pswpout_pages_total": 0,
    "pgalloc_pages_total": 0,
    "pgfree_pages_total": 0,
    "pgsteal_kswapd_pages_total": 0,
    "pgsteal_direct_pages_total": 0,
    "pgsteal_file_pages_total": 0,
    "pgscan_direct_pages_total": 0,
    "workingset_refault_pages_total": 0,
    "workingset_refault_file_pages_total": 0,
    "workingset_activate_pages_total": 0,
    "allocstall_total": 0,
}


@pytest.fixture
def moments(recorded):
    """Moments a second apart: stocks of the one node and counters as given."""
    _, (first, _) = recorded("6.12-cache-full")

    def build(*told):
        found = []
        for second, changes in enumerate(told):
            stocks = {key: changes[key] for key in changes if key.endswith("_stock")}
            counters = {key: value for key, value in changes.items() if key not in stocks}
            node = replace(
                first.nodes[0],
                free_pages=stocks.get("free_stock", 10_000),
                usable_pages=stocks.get("free_stock", 10_000) - 100,
                file_pages=stocks.get("file_stock", 30_000),
                active_file_pages=0,
                anon_pages=stocks.get("anon_stock", 40_000),
            )
            vmstat = replace(first.sample.vmstat, **(ZEROS | counters))
            sample = replace(first.sample, time_s=50.0 + second, vmstat=vmstat, kswapd_s_total=None)
            found.append(replace(first, sample=sample, nodes=(node,)))
        return found

    return build


def test_growth_and_churn_of_anonymous_memory_are_told_apart(moments):
    demand = demand_of(
        moments({}, {"pgalloc_pages_total": 900, "anon_stock": 40_300, "free_stock": 9_700})
    )

    only = demand.intervals[0]
    assert (only.anon_alloc_pages, only.anon_free_pages, only.kernel_pages) == (900, 600, 0)


def test_what_was_swapped_out_had_been_wanted(moments):
    demand = demand_of(
        moments({}, {"pswpout_pages_total": 250, "anon_stock": 39_800, "free_stock": 10_200})
    )

    assert demand.intervals[0].anon_alloc_pages == 50


def test_page_ins_are_first_reads_or_refaults(moments):
    demand = demand_of(
        moments(
            {},
            {"pgpgin_kib_total": 8_000, "workingset_refault_file_pages_total": 700,
             "pgsteal_file_pages_total": 2_000},
        )
    )  # fmt: skip

    only = demand.intervals[0]
    assert (only.cold_read_pages, only.reread_pages_per_s) == (1_300, 700)
    assert (only.written_pages, only.dropped_pages) == (0, 0)


def test_page_cache_that_came_without_reading_was_written_and_what_went_unreclaimed_was_dropped(
    moments,
):
    grown = demand_of(moments({}, {"file_stock": 30_450, "free_stock": 9_550})).intervals[0]
    gone = demand_of(moments({}, {"file_stock": 29_000, "free_stock": 11_000})).intervals[0]

    assert (grown.written_pages, grown.dropped_pages) == (450, 0)
    assert (gone.written_pages, gone.dropped_pages) == (0, 1_000)


def test_what_nobody_else_has_the_kernel_took(moments):
    only = demand_of(moments({}, {"free_stock": 9_880})).intervals[0]

    assert only.kernel_pages == 120


def test_a_working_set_that_no_longer_refaults_has_the_size_of_what_is_cached(moments):
    thrash = {"pgpgin_kib_total": 4_000, "workingset_refault_file_pages_total": 400,
              "pgsteal_file_pages_total": 100, "file_stock": 30_900}  # fmt: skip
    quiet = [thrash | {"file_stock": 30_950}] * 4

    demand = demand_of(moments({}, thrash, *quiet))

    assert demand.is_reuse_seen
    assert [i.working_set_pages for i in demand.intervals][-1] == 30_600
    assert demand.intervals[-1].reread_pages_per_s == 400


def test_idle_memory_is_that_of_processes_that_burn_no_cpu(moments):
    now, later = moments({}, {})
    before = {
        5: ProcessUse(ticks_total=70, anon_pages=300, swap_pages=20),
        6: ProcessUse(ticks_total=10, anon_pages=1_000, swap_pages=0),
        7: ProcessUse(ticks_total=3, anon_pages=9, swap_pages=0),
    }
    after = {
        5: ProcessUse(ticks_total=70, anon_pages=10, swap_pages=310),
        6: ProcessUse(ticks_total=11, anon_pages=1_000, swap_pages=0),
    }

    assert idle_pages(replace(now, uses=before), replace(later, uses=after)) == 320


def test_rates_are_over_the_whole_recording_and_spread_over_its_parts(moments):
    told = moments({}, {"allocstall_total": 2}, {"allocstall_total": 10})

    found = measured(told, zone_reclaim_mode=0)

    assert (found.seconds_s, found.stalls.value, found.stalls.error) == (2, 5, 3)
    assert found.node_scan_pages.value == 0


def test_node_reclaim_is_what_was_scanned_directly_without_a_stall(moments):
    told = moments(
        {}, {"pgscan_direct_pages_total": 640},
        {"pgscan_direct_pages_total": 900, "allocstall_total": 4},
    )  # fmt: skip

    assert measured(told, zone_reclaim_mode=1).node_scan_pages.value == 320


def test_physics_come_from_the_recording_where_it_shows_them(moments):
    told = moments(
        {},
        {"allocstall_total": 20, "pgsteal_direct_pages_total": 900,
         "workingset_refault_pages_total": 1_000, "workingset_activate_pages_total": 250,
         "pgalloc_pages_total": 90_000},
    )  # fmt: skip

    found = estimated(told, Physics())

    assert (found.stall_batch_pages, found.recent_refault_ratio) == (45, 0.25)
    assert found.burst_pages_per_s == 90_000
    assert found.kswapd_pages_per_s == Physics().kswapd_pages_per_s


SCANNED = {
    "pgscan_kswapd_pages_total": 6_000, "pgscan_direct_pages_total": 1_000,
    "pgsteal_kswapd_pages_total": 2_500, "pgsteal_direct_pages_total": 500,
}  # fmt: skip
NOT_SCANNED = dict.fromkeys((*SCANNED, "pswpout_pages_total"), 0)


def test_what_was_scanned_in_vain_among_little_page_cache_tells_how_hard_the_last_of_it_is(moments):
    """(400 x 1,000 before, 900 x 4,000 in vain) over (1,000 before, 3,000 freed)."""
    little = {"file_stock": 900}
    told = moments(NOT_SCANNED | little, NOT_SCANNED | SCANNED | little)

    assert hard_file_pages(told, 400.0) == 1_000


@pytest.mark.parametrize("other", [{"file_stock": 9_000}, {"pswpout_pages_total": 70}])
def test_with_much_page_cache_or_swapping_it_tells_nothing(moments, other):
    little = {"file_stock": 900} | {k: v for k, v in other.items() if k == "file_stock"}
    told = moments(NOT_SCANNED | little, NOT_SCANNED | SCANNED | little | other)

    assert hard_file_pages(told, 400.0) == 400


def test_kswapds_rate_is_pages_per_second_of_its_cpu_time(moments):
    first, last = moments({}, {"pgsteal_kswapd_pages_total": 60_000})
    before = replace(first, sample=replace(first.sample, kswapd_s_total=1.0))
    after = replace(last, sample=replace(last.sample, kswapd_s_total=1.4))

    assert estimated([before, after], Physics()).kswapd_pages_per_s == pytest.approx(150_000)
