"""What each order has left: the zones that serve it, what it may not have, and how fast it goes."""

import pytest

from vmadvisor.model.fragmentation import fragmentation
from vmadvisor.model.order_room import order_rooms
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import buddyinfo, version, zoneinfo

HOST = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None,
                 is_live=False)  # fmt: skip


def zone_text(name, free, *, protection="0, 0, 0", cma=0, tail=""):
    return f"""Node 0, zone {name:>8}
  pages free     {free}
        min      30
        low      37
        high     44
        spanned  9000
        present  9000
        managed  8000
        protection: ({protection})
      nr_free_pages {free}
      nr_free_cma  {cma}
  pagesets
{tail}"""


def snapshot(zones, buddy, *, time_s=1.0, release="6.1.0"):
    records = (
        zoneinfo.parse("".join(zones)),
        buddyinfo.parse("".join(buddy)),
        version.parse(f"Linux version {release} (x)"),
    )
    return Snapshot(
        time_s=time_s,
        host=HOST,
        records={type(one): Timed(time_s=time_s, record=one) for one in records},
    )


NORMAL = "Node 0, zone   Normal     40     12      5      0      2\n"
MOVABLE = "Node 0, zone  Movable      1      0      6      1      3\n"


def left(rooms, whose="task"):
    return [getattr(one, f"{whose}_requests_left_count") for one in rooms]


def test_each_order_has_the_blocks_that_are_large_enough_and_the_pages_above_min():
    # 40 + 24 + 20 + 0 + 32 = 116 pages, 86 above min
    rooms = order_rooms(None, snapshot([zone_text("Normal", 116)], [NORMAL]))

    assert left(rooms) == [86, 38, 13, 4, 2]
    assert left(rooms, "kernel") == left(rooms)
    assert [one.task_gone_per_s for one in rooms] == [None] * 5


def test_pages_above_the_mark_bound_what_the_lists_would_give():
    # 16 pages in one block, 45 free in all: 45 - 15 - 30 = 0, no request of order 4 passes
    text = "Node 0, zone   Normal     29      0      0      0      1\n"

    assert left(order_rooms(None, snapshot([zone_text("Normal", 45)], [text]))) == [15, 7, 3, 1, 0]


def test_the_kernel_s_own_requests_have_neither_the_movable_zone_nor_cma_pages():
    zones = [zone_text("Normal", 116, cma=50), zone_text("Movable", 81)]
    rooms = order_rooms(None, snapshot(zones, [NORMAL, MOVABLE]))

    assert left(rooms) == [86 + 51, 38 + 25, 13 + 12, 4 + 6, 2 + 3]
    assert left(rooms, "kernel") == [36, 18, 9, 4, 2]


def test_a_zone_s_protection_and_its_high_atomic_reserve_are_not_to_be_had():
    tail = "  node_unreclaimable:  0\n  start_pfn:           1\n  reserved_highatomic: 20\n  free_highatomic:     7\n"
    zones = [zone_text("Normal", 116, protection="0, 0, 60", tail=tail)]

    assert left(order_rooms(None, snapshot(zones, [NORMAL])))[:3] == [19, 9, 4]


def test_what_is_kept_from_requests_that_could_use_the_movable_zone_is_not_kept_from_the_kernel_s():
    """A large Movable zone (hotplug, kernelcore=): a 32nd of it is kept in Normal, from tasks alone."""
    zones = [zone_text("Normal", 116, protection="0, 0, 0, 700"), zone_text("Movable", 81)]
    rooms = order_rooms(None, snapshot(zones, [NORMAL, MOVABLE]))

    assert left(rooms) == [51, 25, 12, 6, 3]
    assert left(rooms, "kernel") == [86, 38, 13, 4, 2]


def test_before_4_4_the_mark_is_halved_with_every_order_and_lower_blocks_do_not_count():
    old = snapshot([zone_text("Normal", 116)], [NORMAL], release="3.10.0")

    # order 1: 115 - 40 = 75 above 15; order 2: 113 - 64 = 49 above 7; order 3: 109 - 84 = 25 above 3;
    # order 4: 101 - 84 = 17 above 1
    assert left(order_rooms(None, old)) == [86, 30, 11, 3, 1]


def test_what_went_between_two_readings_is_told_per_second():
    before = snapshot([zone_text("Normal", 116)], [NORMAL], time_s=1.0)
    after = snapshot(
        [zone_text("Normal", 84)],
        ["Node 0, zone   Normal     40     12      5      0      0\n"],
        time_s=3.0,
    )
    rooms = order_rooms(before, after)

    assert left(rooms) == [54, 22, 5, 0, 0]
    assert [one.task_gone_per_s for one in rooms] == [16.0, 8.0, 4.0, 2.0, 1.0]


def test_orders_that_the_kernel_lacks_are_named_up_to_the_costly_one():
    text = "Node 0, zone   Normal    400     12      0      0      0\n"
    found = fragmentation(snapshot([zone_text("Normal", 424)], [text]))

    assert [one.order for one in found.starved_orders] == [2, 3]


def test_where_single_pages_are_gone_too_no_order_is_singled_out():
    found = fragmentation(
        snapshot([zone_text("Normal", 30)], ["Node 0, zone   Normal     30      0      0\n"])
    )

    assert found.starved_orders == ()


@pytest.mark.parametrize("without", [buddyinfo.Buddyinfo, zoneinfo.Zoneinfo])
def test_without_either_file_nothing_is_said(without):
    whole = snapshot([zone_text("Normal", 116)], [NORMAL])
    records = {kind: one for kind, one in whole.records.items() if kind is not without}

    assert order_rooms(None, Snapshot(time_s=1.0, host=HOST, records=records)) == ()
    assert (
        order_rooms(Snapshot(time_s=0.5, host=HOST, records=records), whole)[0].task_gone_per_s
        is None
    )
