"""Hosts that were never there: a run of the engine, written down as the moments a recorder would have seen.

Whoever made them knows their tempers, so that an estimate can be held against the truth.
"""

import random
from dataclasses import replace

from vmadvisor.model.simulate.demand import Demand, Interval, Start
from vmadvisor.model.simulate.engine import _Run
from vmadvisor.model.simulate.machine import Machine, Node
from vmadvisor.model.simulate.observed import NodeLists, Observed
from vmadvisor.model.simulate.physics import Physics

TICK_S = 0.2
KIB_PER_PAGE = 4


def drawn_machine(chance: random.Random) -> Machine:
    """One node, no swap, marks as the kernel would make them or somewhat wider."""
    managed = chance.randint(60_000, 400_000)
    least = chance.randint(400, 900)
    gap = max(least // 4, managed * chance.choice((10, 20, 30)) // 10_000)
    node = Node(
        node_id=0, managed_pages=managed, min_pages=least, low_pages=least + gap,
        high_pages=least + 2 * gap, min_unmapped_pages=managed // 100,
    )  # fmt: skip
    return Machine(
        page_size_bytes=4096, nodes=(node,), added_free_pages=0, swap_total_pages=0,
        swap_kind="none", zram_ratio=2.5, swappiness_count=60, zone_reclaim_mode=0,
        is_mglru=False, has_reclaim_costs=True,
    )  # fmt: skip


def drawn_physics(chance: random.Random) -> Physics:
    """Tempers between those of an idle server and of a guest on a crowded one."""
    return replace(
        Physics(),
        wake_delay_s=0.001 * 10 ** chance.uniform(0, 1),
        kswapd_pages_per_s=10 ** chance.uniform(4.7, 5.3),
        stall_batch_pages=float(chance.randint(30, 130)),
    )


def drawn_demand(chance: random.Random, machine: Machine, seconds_s: float) -> Demand:
    """Memory that comes and goes in bursts beside a file that is read again and again."""
    managed = machine.nodes[0].managed_pages
    held, most = 0.0, managed * chance.uniform(0.15, 0.3)
    base = managed * chance.uniform(0.3, 0.5)
    burst, pace = chance.uniform(1_200, 3_000), chance.uniform(3_000, 9_000)
    intervals = []
    for _ in range(round(seconds_s / TICK_S)):
        wanted = chance.expovariate(1 / burst)
        freed = 0.0
        while held - freed > 0 and (held - freed + wanted > most or chance.random() < 0.3):
            freed += min(held - freed, chance.expovariate(1 / burst))
        held += wanted - freed
        intervals.append(
            Interval(
                seconds_s=TICK_S, anon_alloc_pages=wanted, anon_free_pages=freed, kernel_pages=0.0,
                cold_read_pages=0.0, written_pages=0.0, dropped_pages=0.0, reread_pages_per_s=pace,
                working_set_pages=managed * 0.7, idle_anon_pages=0.0, intended_ratio=(1.0,),
            )
        )  # fmt: skip
    start = Start(
        usable_pages=(managed * 0.02,), reserved_free_pages=(0.0,), file_pages=(managed * 0.98 - base,),
        anon_pages=(base,), swapped_pages=0.0,
    )  # fmt: skip
    return Demand(
        start=start, intervals=tuple(intervals), is_reuse_seen=True, largest_anon_pages=base
    )


def moments_of(
    machine: Machine, demand: Demand, physics: Physics, like: Observed, *, seed: int
) -> list[Observed]:
    """The run's gauges and counters every ``TICK_S``; what it does not know is ``like``'s."""
    run = _Run(machine, demand, physics, seed)
    taken, found = 0.0, [_moment(run, like, 0.0)]
    for interval in demand.intervals:
        run._interval(interval)
        taken += interval.anon_alloc_pages
        found.append(_moment(run, like, taken))
    return found


def _moment(run: _Run, like: Observed, taken: float) -> Observed:
    stocks, node = run.stocks, run.machine.nodes[0]
    file_start = sum(run.demand.start.file_pages)
    stolen = round(file_start + stocks.refault_file - stocks.file)
    by_kswapd = min(stolen, round(stocks.kswapd_pages))
    refaults = round(stocks.refault_file)
    vmstat = replace(
        like.sample.vmstat,
        pgalloc_pages_total=round(taken + stocks.refault_file),
        pgpgin_kib_total=refaults * KIB_PER_PAGE,
        pswpin_pages_total=0,
        pswpout_pages_total=0,
        pgsteal_kswapd_pages_total=by_kswapd,
        pgsteal_direct_pages_total=stolen - by_kswapd,
        pgsteal_file_pages_total=stolen,
        workingset_refault_pages_total=refaults,
        workingset_refault_file_pages_total=refaults,
        workingset_refault_anon_pages_total=0,
        workingset_activate_pages_total=0,
        allocstall_total=round(stocks.stalls),
        oom_kill_total=stocks.kills,
        compact_stall_total=0,
    )
    ticks_s = round(stocks.kswapd_cpu_s, 2)
    lists = NodeLists(
        node_id=node.node_id,
        usable_pages=round(stocks.free),
        free_pages=round(stocks.free),
        file_pages=round(stocks.file),
        active_file_pages=0,
        anon_pages=round(stocks.anon),
    )
    sample = replace(
        like.sample, time_s=run.now_s, nodes=like.sample.nodes[:1], vmstat=vmstat,
        swap_total_pages=0, swap_free_pages=0, kswapd_s_total=ticks_s, kswapd_time_s=run.now_s,
        groups=(),
    )  # fmt: skip
    return Observed(sample=sample, nodes=(lists,), uses={}, dirty_pages=0)
