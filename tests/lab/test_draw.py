import random

import pytest

from lab.draw import Draw, machine_of, plain_machine
from lab.families import draw_one

SEEDS = range(300)


@pytest.fixture(scope="module")
def draws():
    """What chance made of three hundred machines."""
    return [machine_of(random.Random(seed), "any", 60.0) for seed in SEEDS]


def _draw(**table):
    return Draw(chance=random.Random(1), table=table)


def test_machines_are_of_every_size_and_a_third_of_the_large_have_two_nodes(draws):
    sizes = [draw.memory_mib for draw in draws]
    nodes = [draw.table["machine"].get("nodes_mib") for draw in draws]
    large = [found for found, size in zip(nodes, sizes, strict=True) if size >= 768]
    small = [found for found, size in zip(nodes, sizes, strict=True) if size < 768]

    assert set(sizes) == {256, 384, 512, 768, 1024, 1536}
    assert set(small) == {None}
    assert 0.2 < sum(found is not None for found in large) / len(large) < 0.4
    assert any(found[0] < found[1] for found in large if found)


def test_settings_are_drawn_from_their_whole_range(draws):
    drawn = {
        name: {draw.sysctl[name] for draw in draws if name in draw.sysctl}
        for name in ("vm.swappiness", "vm.min_free_kbytes", "vm.watermark_scale_factor")
    }

    assert drawn["vm.swappiness"] >= {0, 1, 200}
    assert drawn["vm.min_free_kbytes"] == {1024, 4096, 8192, 16384, 32768}
    assert drawn["vm.watermark_scale_factor"] == {10, 50, 150, 300}
    assert any(draw.sysctl.get("vm.zone_reclaim_mode") == 1 for draw in draws)
    assert any(not draw.sysctl and "swap" not in draw.table for draw in draws)


def test_what_the_admin_reserves_is_no_room_for_a_workload():
    draw = _draw(machine={"memory_mib": 500})
    draw.sysctl["vm.min_free_kbytes"] = 4096
    before_mib = draw.usable_mib
    draw.sysctl["vm.min_free_kbytes"] = 32768

    assert (before_mib, draw.usable_mib) == (406.0, 378.0)


def test_a_plain_machine_has_nothing_but_its_size():
    draw = _draw(machine={"nodes_mib": [400, 624]}, swap={"disk_mib": 77})
    draw.sysctl["vm.swappiness"] = 3

    plain_machine(draw, 256)

    assert (draw.memory_mib, draw.swap_mib, draw.sysctl) == (256, 0.0, {})


@pytest.mark.parametrize("family", ["leak", "tmpfs"])
def test_growth_promises_a_kill_only_where_it_must_come_and_none_where_it_cannot(family):
    promises = [draw_one(family, seed).get("expect", {}) for seed in range(60)]

    assert {tuple(promise.items()) for promise in promises} == {
        (("kills_min", 1),),
        (("kills_max", 0),),
        (),
    }


def test_programs_run_in_the_root_image_with_sizes_filled_in():
    for seed in range(20):
        table = draw_one("programs", seed)
        lines = [step["command"] for process in table["process"] for step in process["steps"]
                 if step["do"] == "run"]  # fmt: skip

        assert table["disk"]["root"] is True
        assert len(lines) == 2
        for line in lines:
            assert "{mib}" not in line
            assert "{seconds}" not in line


@pytest.mark.parametrize("family", ["late-leak", "late-thrash", "late-squeeze", "late-job"])
def test_a_late_story_lasts_long_enough_for_a_quiet_minute_and_a_minute_ahead(family):
    tables = [draw_one(family, seed) for seed in range(20)]

    assert {table["seconds"] for table in tables} == {200.0}
    assert len({str(table["process"]) for table in tables}) == 20


@pytest.mark.parametrize("family", ["group-thrash", "group-files", "group-throttle"])
def test_a_groups_processes_are_in_it_and_its_limit_is_a_part_of_the_host(family):
    for seed in range(20):
        table = draw_one(family, seed)
        [group] = table["cgroup"]
        inside = [one["name"] for one in table["process"] if one.get("cgroup") == group["path"]]

        assert inside == ["ctr_a", "ctr_b"]
        assert 0 < group["memory_max_mib"] < table["machine"].get("memory_mib", 768)
        assert group.get("memory_high_mib", 0) < group["memory_max_mib"]
