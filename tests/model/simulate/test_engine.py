"""A run conserves memory, stalls where the gap is too small for what comes, and starves where it is too wide."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.simulate.demand import Demand, Interval, Start
from vmadvisor.model.simulate.engine import run
from vmadvisor.model.simulate.machine import Machine, Node
from vmadvisor.model.simulate.physics import Physics


def stalls(machine, demand, physics=None):
    runs = [run(machine, demand, physics or Physics(), seed=seed) for seed in range(1, 7)]
    return sum(one.stalls_count for one in runs) / len(runs)


def kills(machine, demand):
    return sum(run(machine, demand, Physics(), seed=seed).kills_count for seed in range(1, 4))


def test_with_room_for_all_nothing_is_reclaimed(machine, demand, interval):
    quiet = demand(
        [interval(anon_alloc_pages=70.0)] * 20, usable=(9_000.0,), file=(500.0,), anon=(300.0,)
    )

    outcome = run(machine(), quiet, Physics(), seed=3)

    assert outcome.stalls_count == 0
    assert outcome.kswapd_pages == 0
    assert outcome.trajectory[-1].free_pages == pytest.approx(9_000 - 1_400)
    assert outcome.trajectory[-1].anon_pages == pytest.approx(1_700)


def test_a_wider_gap_means_fewer_stalls_while_there_is_page_cache_to_take(machine, breathing):
    load = breathing(50_000.0, 2_500.0)

    narrow = stalls(machine((98_000, 600, 750, 900)), load)
    wide = stalls(machine((98_000, 600, 4_500, 8_400)), load)

    assert narrow > 20
    assert wide < narrow / 3


def test_a_larger_reserve_helps_until_it_starves_who_has_no_room_for_it(machine, breathing):
    load = replace(breathing(86_000.0, 2_500.0), largest_anon_pages=800.0)

    narrow = machine((98_000, 600, 750, 900))
    wider = machine((98_000, 1_100, 2_400, 3_700))
    starving = machine((98_000, 8_000, 10_000, 12_000))

    assert stalls(wider, load) < stalls(narrow, load) / 2
    assert stalls(starving, load) > 2 * stalls(wider, load)
    assert kills(starving, load) >= 1
    assert kills(narrow, load) == kills(wider, load) == 0


def _lent(load, pages):
    """The same load; of each growth so many pages come from per-CPU lists, and go there as it ends."""
    intervals = tuple(
        replace(each, kernel_pages=pages if each.anon_free_pages else -pages)
        for each in load.intervals
    )
    return replace(load, intervals=intervals)


def test_pages_from_per_cpu_lists_are_taken_without_a_stall(machine, breathing):
    """They look like kernel memory that shrinks by what is taken, and grows by what is freed."""
    load = breathing(50_000.0, 2_500.0)

    assert stalls(machine(), _lent(load, 2_400.0)) < stalls(machine(), load) / 2


def test_what_goes_to_per_cpu_lists_conserves_memory(machine, breathing):
    load = _lent(breathing(50_000.0, 2_500.0), 900.0)

    lent = 0.0
    for interval, instant in zip(
        load.intervals, run(machine(), load, Physics(), seed=5).trajectory, strict=True
    ):
        lent += interval.kernel_pages
        total = instant.free_pages + instant.file_pages + instant.anon_pages
        assert total + lent == pytest.approx(97_000, abs=1e-3)


def test_a_later_kswapd_means_more_stalls(machine, breathing):
    load = breathing(50_000.0, 2_500.0)

    prompt = stalls(machine(), load, replace(Physics(), wake_delay_s=0.0002))
    late = stalls(machine(), load, replace(Physics(), wake_delay_s=0.02))

    assert late > 2 * prompt


def test_the_same_seed_gives_the_same_run(machine, breathing):
    load = breathing(50_000.0, 2_500.0)

    assert run(machine(), load, Physics(), seed=5) == run(machine(), load, Physics(), seed=5)


def test_without_swap_and_page_cache_the_largest_process_is_killed(machine, demand, interval):
    leak = demand(
        [interval(anon_alloc_pages=400.0)] * 60, usable=(3_000.0,), file=(350.0,), anon=(90_000.0,)
    )

    outcome = run(machine(), leak, Physics(), seed=2)

    assert outcome.kills_count >= 1
    assert outcome.blocked_s > 0.08


def test_swappiness_decides_whether_idle_memory_makes_room_for_files(machine, demand, interval):
    wanting = interval(
        reread_pages_per_s=20_000.0, working_set_pages=50_000.0, idle_anon_pages=30_000.0
    )
    load = demand([wanting] * 100, usable=(1_000.0,), file=(30_000.0,), anon=(66_000.0,))

    def refaults(swappiness):
        swapping = machine(swap_total_pages=60_000, swap_kind="disk", swappiness_count=swappiness)
        outcome = run(swapping, load, Physics(), seed=1)
        return outcome.refault_file_pages, outcome.swap_out_pages

    never, usual, eager = refaults(0), refaults(60), refaults(180)

    assert never[1] == 0
    assert usual[1] == pytest.approx(eager[1], rel=0.4)
    assert eager[0] < usual[0] < never[0] / 1.5


def test_mglru_leaves_anonymous_memory_alone_while_no_refault_is_recent(machine, demand, interval):
    wanting = interval(
        reread_pages_per_s=20_000.0, working_set_pages=50_000.0, idle_anon_pages=30_000.0
    )
    load = demand([wanting] * 50, usable=(1_000.0,), file=(30_000.0,), anon=(66_000.0,))
    swapping = machine(swap_total_pages=60_000, swap_kind="disk", is_mglru=True)

    old = run(swapping, load, Physics(), seed=1)
    recent = run(swapping, load, replace(Physics(), recent_refault_ratio=0.9), seed=1)

    assert old.swap_out_pages == 0
    assert recent.swap_out_pages > 1_000


TWO_NODES = (128_000, 1_000, 1_250, 1_500), (122_000, 950, 1_190, 1_430)


@pytest.fixture
def local_load(demand, interval):
    """Everyone wants the first of two nodes, which is nearly full of page cache."""
    local = interval(
        anon_alloc_pages=1_500.0,
        reread_pages_per_s=10_000.0,
        working_set_pages=60_000.0,
        intended_ratio=(1.0, 0.0),
    )
    return demand(
        [local] * 60, usable=(5_000.0, 110_000.0), file=(60_000.0, 0.0), anon=(50_000.0, 700.0)
    )


def test_zone_reclaim_takes_local_page_cache_while_the_other_node_is_free(machine, local_load):
    spilling = run(machine(*TWO_NODES), local_load, Physics(), seed=1)
    local_only = run(machine(*TWO_NODES, zone_reclaim_mode=1), local_load, Physics(), seed=1)

    assert (spilling.node_scan_pages, spilling.refault_file_pages) == (0, 0)
    assert local_only.node_scan_pages > 20_000
    assert local_only.refault_file_pages > 5_000
    assert local_only.stalls_count == 0
    assert local_only.mean_free_pages > spilling.mean_free_pages


def test_zram_gives_back_less_than_it_takes(machine, demand, interval):
    wanting = interval(anon_alloc_pages=300.0, idle_anon_pages=60_000.0)
    load = demand([wanting] * 100, usable=(1_000.0,), file=(9_000.0,), anon=(86_000.0,))

    def end(kind):
        swapping = machine(swap_total_pages=40_000, swap_kind=kind, swappiness_count=150)
        return run(swapping, load, Physics(), seed=1)

    assert end("zram").swap_out_pages > 1.3 * end("disk").swap_out_pages


@given(
    wants=st.lists(
        st.tuples(
            st.floats(0, 3_000), st.floats(0, 3_000), st.floats(0, 2_000), st.floats(0, 8_000)
        ),
        min_size=1,
        max_size=12,
    ),
    swap=st.sampled_from([0, 30_000]),
)
def test_no_page_is_made_or_lost(wants, swap):
    node = Node(
        node_id=0, managed_pages=98_000, min_pages=600, low_pages=750, high_pages=900,
        min_unmapped_pages=980,
    )  # fmt: skip
    host = Machine(
        page_size_bytes=4096, nodes=(node,), added_free_pages=0, swap_total_pages=swap,
        swap_kind="disk" if swap else "none", zram_ratio=2.5, swappiness_count=60,
        zone_reclaim_mode=0, is_mglru=False, has_reclaim_costs=True,
    )  # fmt: skip
    start = Start(
        usable_pages=(2_000.0,), reserved_free_pages=(100.0,), file_pages=(30_000.0,),
        anon_pages=(60_000.0,), swapped_pages=0.0,
    )  # fmt: skip
    intervals = tuple(
        Interval(
            seconds_s=0.2, anon_alloc_pages=taken, anon_free_pages=given_back, kernel_pages=0.0,
            cold_read_pages=read, written_pages=0.0, dropped_pages=0.0, reread_pages_per_s=again,
            working_set_pages=50_000.0, idle_anon_pages=5_000.0, intended_ratio=(1.0,),
        )
        for taken, given_back, read, again in wants
    )  # fmt: skip
    load = Demand(start=start, intervals=intervals, is_reuse_seen=True, largest_anon_pages=9_000.0)

    for instant in run(host, load, Physics(), seed=4).trajectory:
        total = instant.free_pages + instant.file_pages + instant.anon_pages
        assert total == pytest.approx(92_100, abs=1e-3)
        assert min(instant.free_pages, instant.file_pages, instant.anon_pages) >= -1e-6
        assert 0 <= instant.swapped_pages <= swap + 1e-6


def test_under_mglru_node_reclaim_without_its_bits_only_tries(machine, local_load):
    """``lru_gen_shrink_node`` leaves at once unless it may write and unmap: mode 1 costs and frees nothing."""

    def outcome(mode):
        host = machine(*TWO_NODES, zone_reclaim_mode=mode, is_mglru=True, node_reclaim_needs_mode=6)
        return run(host, local_load, Physics(), seed=1)

    off, tried, done = outcome(0), outcome(1), outcome(7)

    assert (off.node_tries_count, off.node_scan_pages) == (0, 0)
    assert tried.node_tries_count > 20_000
    assert tried.node_scan_pages == 0
    assert done.node_scan_pages > 20_000
    assert done.node_tries_count == 0


def test_a_run_looked_at_on_its_way_is_the_run_of_so_much_of_the_demand():
    from dataclasses import replace

    from vmadvisor.advise.tuning import _examples
    from vmadvisor.model.simulate.demand import demand_of
    from vmadvisor.model.simulate.engine import run_in_parts
    from vmadvisor.model.simulate.machine import machine_of
    from vmadvisor.model.simulate.physics import Physics
    from vmadvisor.model.simulate.staged import stage

    staged = stage(_examples.bursting())
    machine, demand = machine_of(staged.snapshots[-1]), demand_of(staged.moments)
    looks = list(run_in_parts(machine, demand, Physics(), seed=3))

    assert looks[-1].stalls_count > 0
    for count in (1, 5, len(looks)):
        part = replace(demand, intervals=demand.intervals[:count])
        assert looks[count - 1] == run(machine, part, Physics(), seed=3)
