"""Scenarios are read strictly and become demand, tick by tick."""

import pytest

from vmadvisor.model.simulate.engine import run
from vmadvisor.model.simulate.made_up import machine_and_start
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.scenario import scenario_of
from vmadvisor.model.simulate.scenario_demand import demand_of
from vmadvisor.model.simulate.settings import SettingError

MACHINE = {"memory": "1G", "used": "64M"}


def ran(*workloads, machine=None, settings=None, seconds=20):
    told = scenario_of(
        {"seconds": seconds, "machine": machine or MACHINE, "workload": list(workloads),
         "settings": settings or {}}
    )  # fmt: skip
    where, start = machine_and_start(told.machine, told.settings)
    return run(where, demand_of(told, start, where.page_size_bytes, 1), Physics(), seed=1)


def test_a_job_that_fits_grows_to_its_size_at_its_rate_and_harms_nobody():
    outcome = ran({"name": "job", "start_s": 5, "anon": "512M", "anon_per_s": "64M"})

    half_way = next(i for i in outcome.trajectory if i.time_s > 8.99)
    assert half_way.anon_pages == pytest.approx(4 * 16_384, rel=0.02)
    assert outcome.trajectory[-1].anon_pages == pytest.approx(131_072)
    assert outcome.stalls_count == outcome.kills_count == 0


def test_a_job_that_does_not_fit_ends_with_the_oom_killer_and_with_swap_it_does_not():
    job = {"name": "job", "anon": "1200M", "anon_per_s": "200M", "idle": True}

    assert ran(job).kills_count >= 1
    assert ran(job, machine={**MACHINE, "swap": "1G"}).kills_count == 0


def test_a_job_that_ends_gives_its_memory_back():
    outcome = ran({"name": "job", "end_s": 10, "anon": "256M"})

    assert outcome.trajectory[-1].anon_pages == pytest.approx(0, abs=1)


def test_a_file_that_fits_is_read_from_disk_once():
    outcome = ran({"name": "db", "read": "256M", "read_per_s": "128M", "reads_again": True})

    assert outcome.refault_file_pages == 0
    assert outcome.trajectory[-1].file_pages == pytest.approx(65_536, rel=0.01)


def test_bursts_stall_where_the_gap_is_narrow():
    cache = {"name": "cache", "read": "2G", "read_per_s": "256M"}
    bursts = {"name": "web", "start_s": 8, "burst": "48M", "burst_every_s": 0.4}

    narrow = ran(cache, bursts, settings={"vm.watermark_scale_factor": 10})
    wide = ran(cache, bursts, settings={"vm.watermark_scale_factor": 800})

    assert narrow.stalls_count > 2 * wide.stalls_count


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("vm.min_free_kbytes", "much"),
        ("vm.min_free_kbytes", -3),
        ("vm.min_free_kbytes", True),
        ("vm.swappiness", 1.5),
        ("vm.swappiness", 201),
        ("vm.watermark_scale_factor", 0),
        ("vm.watermark_scale_factor", 3001),
        ("swap", "1G"),
    ],
)
def test_a_made_up_machine_takes_what_a_kernel_would(key, value):
    with pytest.raises(SettingError, match=key):
        ran({"name": "job", "anon": "1M"}, settings={key: value})


def test_a_day_has_no_more_ticks_than_an_hour_and_asks_for_as_much():
    told = scenario_of(
        {"seconds": 80_000, "workload": [{"anon": "64M", "anon_per_s": "4K"}], "machine": MACHINE}
    )
    where, start = machine_and_start(told.machine, told.settings)
    demand = demand_of(told, start, where.page_size_bytes, 1)

    assert len(demand.intervals) == 20_000
    assert sum(one.seconds_s for one in demand.intervals) == pytest.approx(80_000)
    assert sum(one.anon_alloc_pages for one in demand.intervals) == pytest.approx(16_384)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "at least one"),
        ({"workload": [{"anom": "1G"}]}, "unknown key anom"),
        ({"workload": [{"anon": "lots"}]}, "anon must be a size"),
        ({"workload": [{"start_s": -1}]}, "start_s must be a number"),
        ({"workload": [{"idle": 1}]}, "idle must be true or false"),
        ({"workload": [{}], "seconds": 0}, "must not be 0"),
        ({"workload": [{}], "machine": {}}, "memory must be a size"),
        ({"workload": [{}], "machine": {"memory": "1M", "used": "2M"}}, "used must be less"),
        ({"workload": [{}], "machine": 3}, "expected a table"),
        ({"workload": [{}], "machine": {"memory": "1G", "swap": 5, "zram": 7}}, "one kind of swap"),
        ({"workload": [{"anon_per_s": "9M"}]}, "wants nothing"),
        ({"workload": [{"anon": 5, "start_s": 7, "end_s": 3}]}, "end before it starts"),
        ({"workload": [{"anon": 5, "start_s": 9}], "seconds": 8}, "end before it starts"),
    ],
)
def test_what_is_wrong_is_named(table, reason):
    with pytest.raises(SettingError, match=reason):
        scenario_of(table)


def test_a_made_up_machine_has_the_kernels_marks():
    told = scenario_of({"machine": {"memory": "4G"}, "workload": [{"anon": "1M"}],
                        "settings": {"vm.min_free_kbytes": 67_584}})  # fmt: skip

    machine, start = machine_and_start(told.machine, told.settings)

    node = machine.nodes[0]
    assert (node.min_pages, node.low_pages, node.high_pages) == (16_896, 21_120, 25_344)
    assert start.usable_pages == (1_048_576 - 20_971,)


def test_a_made_up_machine_takes_only_what_it_knows():
    told = scenario_of({"machine": {"memory": "4G"}, "workload": [{"anon": "1M"}],
                        "settings": {"vm.zone_reclaim_mode": 1}})  # fmt: skip

    with pytest.raises(SettingError, match="a made-up machine knows"):
        machine_and_start(told.machine, told.settings)
