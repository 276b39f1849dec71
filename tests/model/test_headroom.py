"""Where free pages stand, judged as an ordinary user's request meets it, and what kswapd is doing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.headroom import clock_hz, headroom, position_of
from vmadvisor.sources import proc_stat
from vmadvisor.sources.zoneinfo import Zoneinfo


def zoneinfo(*zones):
    return Zoneinfo(
        zones=zones, nodes=(), has_managed=True, has_node_stats=True, lists_empty_zones=False
    )


@pytest.mark.parametrize(
    ("free", "expected"),
    [(999, "below min"), (1_000, "below min"), (1_001, "min to low"), (1_250, "min to low"),
     (1_251, "low to high"), (1_500, "low to high"), (1_501, "above high")],
)  # fmt: skip
def test_a_zone_passes_a_mark_only_above_it(free, expected):
    assert position_of(free, 1_000, 1_250, 1_500) == expected


@given(
    marks=st.lists(st.integers(0, 10**6), min_size=3, max_size=3).map(sorted),
    pair=st.lists(st.integers(0, 10**6), min_size=2, max_size=2).map(sorted),
)
def test_more_free_pages_never_stand_lower(marks, pair):
    order = ("below min", "min to low", "low to high", "above high")
    less, more = (order.index(position_of(free, *marks)) for free in pair)

    assert less <= more


def test_protection_is_taken_off_before_a_zone_is_held_against_its_marks(snapshot, zone):
    zones = (zone(name="DMA32", free_pages=6_300, protection_pages=(0, 5_200)), zone())
    found = headroom(None, snapshot((1.0, zoneinfo(*zones))))

    assert found is not None
    assert [z.position for z in found.zones] == ["min to low", "above high"]
    assert found.zones[0].protection_pages == 5_200


def test_slack_and_gap_are_sums_over_the_zones_that_serve_user_pages(snapshot, zone):
    zones = (
        zone(name="DMA", managed_pages=3_840, free_pages=3_800, protection_pages=(0, 3_019)),
        zone(name="DMA32", free_pages=4_000, low_pages=1_300, protection_pages=(0, 2_200)),
        zone(free_pages=9_000),
    )
    found = headroom(None, snapshot((1.0, zoneinfo(*zones))))

    assert found is not None
    assert [z.is_protected for z in found.zones] == [True, False, False]
    (node,) = found.nodes
    assert node.slack_pages == (4_000 - 1_300 - 2_200) + (9_000 - 1_250)
    assert node.gap_pages == 300 + 250
    assert node.free_pages == 16_800
    assert node.managed_pages == 203_840


def test_a_node_stands_where_its_best_serving_zone_stands(snapshot, zone):
    zones = (
        zone(name="DMA", managed_pages=3_840, free_pages=3_800, protection_pages=(0, 3_019)),
        zone(name="DMA32", free_pages=1_400),
        zone(free_pages=900),
    )
    found = headroom(None, snapshot((1.0, zoneinfo(*zones))))

    assert found is not None
    assert found.nodes[0].position == "low to high"


def test_empty_zones_are_left_out(snapshot, zone):
    empty = zone(name="Movable", managed_pages=0, free_pages=0, min_pages=32)
    found = headroom(None, snapshot((1.0, zoneinfo(zone(), empty))))

    assert found is not None
    assert [z.zone for z in found.zones] == ["Normal"]


def test_every_node_is_judged_on_its_own(snapshot, zone):
    zones = (zone(free_pages=900), zone(node_id=1, free_pages=5_000))
    found = headroom(None, snapshot((1.0, zoneinfo(*zones))))

    assert found is not None
    assert [(n.node_id, n.position) for n in found.nodes] == [(0, "below min"), (1, "above high")]


def test_without_zoneinfo_there_is_no_headroom(snapshot):
    assert headroom(None, snapshot()) is None


def kswapd_pair(snapshot, zone, process, scan, host, *, ticks, unreclaimable=None, **changes):
    """Two snapshots two seconds apart in which kswapd0 ran for ``ticks`` of 100 Hz."""
    zones = zoneinfo(zone(unreclaimable=unreclaimable))
    old = process(40, "kswapd0", is_kernel=True, utime_ticks_total=3, stime_ticks_total=900)
    new = process(40, "kswapd0", is_kernel=True, utime_ticks_total=3, stime_ticks_total=900 + ticks)
    new = replace(new, stat=replace(new.stat, **changes))
    known = host(clock_hz=100)
    return (
        snapshot((1.0, zones), host=known, processes=scan(1.0, old)),
        snapshot((3.0, zones), host=known, processes=scan(3.0, new)),
    )


@pytest.mark.parametrize(
    ("ticks", "state", "expected"),
    [(0, "S", "asleep"), (0, "R", "running"), (0, "D", "running"), (31, "S", "running"),
     (189, "R", "running"), (191, "R", "saturated")],
)  # fmt: skip
def test_what_kswapd_is_doing(snapshot, zone, process, scan, host, ticks, state, expected):
    pair = kswapd_pair(snapshot, zone, process, scan, host, ticks=ticks, state=state)
    found = headroom(*pair)

    assert found is not None
    assert found.nodes[0].kswapd_state == expected
    assert found.nodes[0].kswapd_cpu_ratio == pytest.approx(ticks / 200)


def test_a_hopeless_node_is_named_whatever_its_kswapd_does(snapshot, zone, process, scan, host):
    pair = kswapd_pair(snapshot, zone, process, scan, host, ticks=199, unreclaimable=True)
    found = headroom(*pair)

    assert found is not None
    assert found.nodes[0].kswapd_state == "hopeless"
    assert found.nodes[0].is_hopeless is True


def test_before_4_12_the_zones_that_serve_user_pages_decide_on_hopeless(snapshot, zone):
    dma = zone(name="DMA", managed_pages=3_840, protection_pages=(0, 3_019), unreclaimable=False)
    normal = zone(unreclaimable=True)
    found = headroom(None, snapshot((1.0, zoneinfo(dma, normal))))

    assert found is not None
    assert found.nodes[0].is_hopeless is True


def test_where_kernel_threads_are_hidden_kswapd_is_unknown(snapshot, zone, process, scan):
    user = process(40, "kswapd0")  # a user process may call itself anything
    found = headroom(None, snapshot((1.0, zoneinfo(zone())), processes=scan(1.0, user)))

    assert found is not None
    assert found.nodes[0].kswapd_state == "unknown"
    assert found.nodes[0].kswapd_cpu_ratio is None
    assert found.nodes[0].is_hopeless is None


def test_one_snapshot_tells_a_running_kswapd_but_not_how_much(snapshot, zone, process, scan):
    kswapd = process(40, "kswapd0", is_kernel=True, state="R")
    found = headroom(None, snapshot((1.0, zoneinfo(zone())), processes=scan(1.0, kswapd)))

    assert found is not None
    assert found.nodes[0].kswapd_state == "running"
    assert found.nodes[0].kswapd_cpu_ratio is None


def test_another_pid_is_another_kswapd(snapshot, zone, process, scan, host):
    before, after = kswapd_pair(snapshot, zone, process, scan, host, ticks=60)
    moved = replace(after.processes.details[40], pid_id=41)
    found = headroom(before, replace(after, processes=scan(3.0, moved)))

    assert found is not None
    assert found.nodes[0].kswapd_cpu_ratio is None


def stat(ticks, cpus=2):
    lines = "".join(f"cpu{i} 1 1 1 1\n" for i in range(cpus))
    return proc_stat.parse(f"cpu  {ticks} 7 11 13 0 0 0 0\n{lines}")


@pytest.mark.parametrize(("per_cpu_and_s", "expected"), [(97, 100), (104, 100), (990, 1024)])
def test_user_hz_is_told_by_the_ticks_that_all_cpus_counted(snapshot, per_cpu_and_s, expected):
    before = snapshot((1.0, stat(1_000)))
    after = snapshot((4.0, stat(1_000 + per_cpu_and_s * 2 * 3)))

    assert clock_hz(before, after) == expected


def test_the_running_systems_own_user_hz_beats_any_guess(snapshot, host):
    after = snapshot((4.0, stat(9_000)), host=host(clock_hz=250))

    assert clock_hz(snapshot((1.0, stat(1_000))), after) == 250


def test_user_hz_is_unknown_from_one_reading_or_from_counters_that_stand_still(snapshot):
    one = snapshot((1.0, stat(1_000)))

    assert clock_hz(None, one) is None
    assert clock_hz(one, one) is None
    assert clock_hz(one, snapshot((2.0, stat(1_000)))) is None
    assert clock_hz(one, snapshot((2.0, stat(1_200, cpus=0)))) is None
