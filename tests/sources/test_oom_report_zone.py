"""Zone and buddy lines, with and without node, old and new."""

from vmadvisor.sources import oom_report_zone as zone_of

LINE = (
    "Node 2 Normal free:61900kB boost:8192kB min:61948kB low:75384kB high:88820kB reserved_highatomic:2048KB "
    "active_anon:1kB isolated(anon):3kB present:13096960kB managed:12774792kB free_cma:40kB"
)


def test_every_size_of_a_zone_has_its_place():
    found = zone_of.zone(zone_of.ZONE.match(LINE))

    assert (found.node_id, found.name, found.free_kib, found.boost_kib) == (
        2,
        "Normal",
        61900,
        8192,
    )
    assert (found.min_kib, found.low_kib, found.high_kib) == (61948, 75384, 88820)
    assert (found.reserved_highatomic_kib, found.present_kib, found.managed_kib) == (
        2048,
        13096960,
        12774792,
    )
    assert (found.free_cma_kib, found.all_unreclaimable) == (40, None)


def test_a_zone_of_a_kernel_without_nodes_and_with_its_verdict():
    found = zone_of.zone(
        zone_of.ZONE.match(
            "HighMem free:7kB min:1kB low:2kB high:3kB present:9kB all_unreclaimable? yes"
        )
    )

    assert (found.node_id, found.name, found.managed_kib, found.all_unreclaimable) == (
        0,
        "HighMem",
        None,
        True,
    )


def test_a_zone_without_its_marks_is_none():
    assert zone_of.zone(zone_of.ZONE.match("DMA free:7kB min:1kB low:2kB")) is None


def test_blocks_by_order_with_their_types():
    blocks = zone_of.Blocks("8*64kB (UM) 0*128kB 3*256kB (C) = 1280kB")

    assert (blocks.counts, blocks.types, blocks.block_kib) == ((8, 0, 3), ("UM", "", "C"), 64)
    assert zone_of.is_whole_buddy("8*64kB = 512kB")
    assert not zone_of.is_whole_buddy("8*64kB (UM) 0*128kB =")


def test_counters_of_mem_info_do_not_take_sizes_for_counts():
    assert zone_of.counters_pages(" free:631 free_pcp:2 free_cma:0kB") == {
        "free": 631,
        "free_pcp": 2,
    }
