"""Free memory by block size: sums in pages, the largest block, lower bounds kept as such."""

from vmadvisor.model.fragmentation import fragmentation
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import buddyinfo, pagetypeinfo

HOST = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None,
                 is_live=False)  # fmt: skip
BUDDY = "Node 0, zone   Normal      7      5      3      2      1      0      4\n"
TYPES = """Page block order: 9
Pages per block:  512

Free pages count per migrate type at order       0      1      2      3      4
Node    0, zone   Normal, type    Unmovable      9      0      2      0      0
Node    0, zone   Normal, type      Movable     11      0      0      0 >100000
Node    0, zone   Normal, type  Reclaimable      0      0      0      0      0
"""


def snapshot(*records):
    return Snapshot(
        time_s=1.0,
        host=HOST,
        records={type(one): Timed(time_s=1.0, record=one) for one in records},
    )


def test_pages_are_summed_by_block_size():
    found = fragmentation(snapshot(buddyinfo.parse(BUDDY)))

    assert found is not None
    (zone,) = found.by_zone
    assert (zone.zone, zone.free_pages, zone.costly_pages) == ("Normal", 317, 272)
    assert (zone.largest_order, zone.migrate_type, zone.is_at_least) == (6, None, False)
    assert found.by_type == ()


def test_migrate_types_are_told_apart_and_lower_bounds_stay_so():
    found = fragmentation(snapshot(buddyinfo.parse(BUDDY), pagetypeinfo.parse(TYPES)))

    assert found is not None
    assert [
        (one.migrate_type, one.free_pages, one.costly_pages, one.largest_order, one.is_at_least)
        for one in found.by_type
    ] == [("Unmovable", 17, 0, 2, False), ("Movable", 1_600_011, 1_600_000, 4, True)]


def test_without_buddyinfo_nothing_is_said():
    assert fragmentation(snapshot()) is None
