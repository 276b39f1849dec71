"""One format per kernel: what each prints differently is what these excerpts show."""

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import zoneinfo
from vmadvisor.sources.zoneinfo import NodeStats, Pageset, Zone, Zoneinfo

V2_6_32 = """\
Node 0, zone      DMA
  pages free     3975
        min      55
        low      68
        high     82
        scanned  9001
        spanned  4095
        present  3840
    nr_free_pages 3975
    nr_inactive_anon 11
    nr_active_anon 12
    nr_inactive_file 13
    nr_active_file 14
    nr_unevictable 15
    nr_mlock     16
    nr_dirty     17
    nr_writeback 18
    nr_slab_reclaimable 19
    nr_slab_unreclaimable 20
        protection: (0, 3502, 16063, 16064)
  pagesets
    cpu: 0
              count: 5
              high:  6
              batch: 1
  vm stats threshold: 2
  all_unreclaimable: 1
  prev_priority:     12
  start_pfn:         1
  inactive_ratio:    1
Node 0, zone   Normal
  pages free     40001
        min      5001
        low      6251
        high     7501
        scanned  0
        spanned  262144
        present  258048
    nr_free_pages 40001
    nr_inactive_anon 100
    nr_active_anon 200
    nr_inactive_file 300
    nr_active_file 400
    nr_unevictable 500
    nr_mlock     600
    nr_dirty     700
    nr_writeback 800
    nr_slab_reclaimable 900
    nr_slab_unreclaimable 1000
        protection: (0, 0, 0, 0)
  pagesets
    cpu: 0
              count: 151
              high:  186
              batch: 31
  vm stats threshold: 48
    cpu: 1
              count: 33
              high:  187
              batch: 32
  vm stats threshold: 36
  all_unreclaimable: 0
  start_pfn:         4096
"""


def test_2_6_32_has_no_managed_and_prints_protection_after_the_counters():
    assert zoneinfo.parse(V2_6_32) == Zoneinfo(
        zones=(
            Zone(
                node_id=0,
                name="DMA",
                free_pages=3975,
                min_pages=55,
                low_pages=68,
                high_pages=82,
                promo_pages=None,
                boost_pages=None,
                spanned_pages=4095,
                present_pages=3840,
                managed_pages=3840,
                cma_pages=None,
                protection_pages=(0, 3502, 16063, 16064),
                nr_free_cma_pages=None,
                nr_mlock_pages=16,
                reserved_highatomic_pages=None,
                free_highatomic_pages=None,
                pagesets=(Pageset(cpu_id=0, count_pages=5, high_pages=6, batch_pages=1),),
                stat_threshold_pages=2,
                unreclaimable=True,
            ),
            Zone(
                node_id=0,
                name="Normal",
                free_pages=40001,
                min_pages=5001,
                low_pages=6251,
                high_pages=7501,
                promo_pages=None,
                boost_pages=None,
                spanned_pages=262144,
                present_pages=258048,
                managed_pages=258048,
                cma_pages=None,
                protection_pages=(0, 0, 0, 0),
                nr_free_cma_pages=None,
                nr_mlock_pages=600,
                reserved_highatomic_pages=None,
                free_highatomic_pages=None,
                pagesets=(
                    Pageset(cpu_id=0, count_pages=151, high_pages=186, batch_pages=31),
                    Pageset(cpu_id=1, count_pages=33, high_pages=187, batch_pages=32),
                ),
                stat_threshold_pages=48,
                unreclaimable=False,
            ),
        ),
        nodes=(
            NodeStats(
                node_id=0,
                nr_active_anon_pages=212,
                nr_inactive_anon_pages=111,
                nr_active_file_pages=414,
                nr_inactive_file_pages=313,
                nr_unevictable_pages=515,
                nr_slab_reclaimable_pages=919,
                nr_slab_unreclaimable_pages=1020,
                nr_dirty_pages=717,
                nr_writeback_pages=818,
            ),
        ),
        has_managed=False,
        has_node_stats=False,
        lists_empty_zones=False,
    )


V3_10 = """\
Node 0, zone    DMA32
  pages free     362856
        min      11148
        low      13935
        high     16722
        scanned  0
        spanned  1044480
        present  782288
        managed  740274
    nr_free_pages 362856
    nr_inactive_anon 31
    nr_free_cma  77
        protection: (0, 0, 13029, 13029)
  pagesets
    cpu: 0
              count: 9
              high:  186
              batch: 31
  vm stats threshold: 24
  all_unreclaimable: 0
  start_pfn:         4096
  inactive_ratio:    5
"""

V4_4 = """\
Node 1, zone   Normal
  pages free     28860
        min      22547
        low      28183
        high     33820
        scanned  33
        spanned  8388608
        present  8388607
        managed  8254890
    nr_free_pages 28860
    nr_alloc_batch 4714
    nr_inactive_anon 41
    nr_pages_scanned 33
    workingset_refault 5
    nr_free_cma  0
        protection: (0, 0, 0, 0)
  pagesets
    cpu: 16
              count: 71
              high:  190
              batch: 31
  vm stats threshold: 125
  all_unreclaimable: 0
  start_pfn:         8912896
  inactive_ratio:    17
"""

V4_9 = """\
Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 51
      nr_dirty     52
  pages free     3901
        min      64
        low      80
        high     96
   node_scanned  9
        spanned  4095
        present  3998
        managed  3977
      nr_free_pages 3901
      nr_zone_inactive_anon 9002
      nr_slab_reclaimable 53
      nr_slab_unreclaimable 54
        protection: (0, 2981, 15983, 15983, 15984)
  pagesets
    cpu: 0
              count: 1
              high:  2
              batch: 3
  vm stats threshold: 4
  node_unreclaimable:  0
  start_pfn:           1
  node_inactive_ratio: 0
"""

V4_14 = """\
Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 61
      nr_slab_reclaimable 62
      nr_slab_unreclaimable 63
  pages free     3977
        min      16
        low      20
        high     24
        spanned  4095
        present  3998
        managed  3976
        protection: (0, 2945, 31913, 31913, 31914)
      nr_free_pages 3977
      nr_kernel_stack 9003
      nr_free_cma  0
  pagesets
    cpu: 0
              count: 7
              high:  8
              batch: 9
  vm stats threshold: 10
  node_unreclaimable:  1
  start_pfn:           1
  node_inactive_ratio: 0
Node 0, zone  Movable
  pages free     0
        min      0
        low      0
        high     0
        spanned  0
        present  0
        managed  0
        protection: (0, 0, 0, 0, 0)
"""

V4_19 = V4_14.replace("  node_inactive_ratio: 0\n", "")

V5_10 = """\
Node 0, zone   Normal
  per-node stats
      nr_inactive_anon 71
      workingset_refault_anon 9004
  pages free     180023
        min      12904
        low      16130
        high     19356
        spanned  3407872
        present  3407873
        managed  3325842
        protection: (0, 0, 0, 0, 1)
      nr_free_pages 180023
      nr_mlock     72
      nr_free_cma  73
  pagesets
    cpu: 3
              count: 300
              high:  378
              batch: 63
  vm stats threshold: 74
  node_unreclaimable:  0
  start_pfn:           1048576
Node 0, zone  Movable
  pages free     0
        min      0
        low      0
        high     0
        spanned  0
        present  0
        managed  0
"""

V6_1 = """\
Node 0, zone   Normal
  per-node stats
      nr_inactive_anon 81
  pages free     90001
        boost    512
        min      13416
        low      16642
        high     19868
        spanned  3407872
        present  3407871
        managed  3325843
        cma      4096
        protection: (0, 0, 0, 0, 2)
      nr_free_pages 90001
      nr_free_cma  82
  pagesets
    cpu: 0
              count: 301
              high:  4032
              batch: 63
  vm stats threshold: 84
  node_unreclaimable:  0
  start_pfn:           1048576
Node 0, zone  Movable
  pages free     0
        boost    0
        min      32
        low      32
        high     32
        spanned  0
        present  0
        managed  0
        cma      0
"""

V6_12 = V6_1.replace("        high     19868\n", "        high     19868\n        promo    23094\n")

V7 = """\
Node 0, zone   Normal
  per-node stats
      nr_inactive_anon 91
      nr_active_anon 92
      nr_inactive_file 93
      nr_active_file 94
      nr_unevictable 95
      nr_slab_reclaimable 96
      nr_slab_unreclaimable 97
      nr_dirty     98
      nr_writeback 99
      pgscan_direct 9005
      pgsteal_kswapd 9006
  pages free     90002
        boost    513
        min      13417
        low      16643
        high     19869
        promo    23095
        spanned  3407873
        present  3407874
        managed  3325844
        cma      4097
        protection: (0, 0, 0, 0, 3)
      nr_free_pages 90002
      nr_zone_inactive_anon 9007
      nr_mlock     101
      nr_free_cma  102
  pagesets
    cpu: 0
              count:    302
              high:     4033
              batch:    63
              high_min: 1008
              high_max: 9008
  vm stats threshold: 103
  node_unreclaimable:  1
  start_pfn:           1048576
  reserved_highatomic: 104
  free_highatomic:     105
"""


def test_7_x_prints_everything():
    assert zoneinfo.parse(V7) == Zoneinfo(
        zones=(
            Zone(
                node_id=0,
                name="Normal",
                free_pages=90002,
                min_pages=13417,
                low_pages=16643,
                high_pages=19869,
                promo_pages=23095,
                boost_pages=513,
                spanned_pages=3407873,
                present_pages=3407874,
                managed_pages=3325844,
                cma_pages=4097,
                protection_pages=(0, 0, 0, 0, 3),
                nr_free_cma_pages=102,
                nr_mlock_pages=101,
                reserved_highatomic_pages=104,
                free_highatomic_pages=105,
                pagesets=(Pageset(cpu_id=0, count_pages=302, high_pages=4033, batch_pages=63),),
                stat_threshold_pages=103,
                unreclaimable=True,
            ),
        ),
        nodes=(
            NodeStats(
                node_id=0,
                nr_active_anon_pages=92,
                nr_inactive_anon_pages=91,
                nr_active_file_pages=94,
                nr_inactive_file_pages=93,
                nr_unevictable_pages=95,
                nr_slab_reclaimable_pages=96,
                nr_slab_unreclaimable_pages=97,
                nr_dirty_pages=98,
                nr_writeback_pages=99,
            ),
        ),
        has_managed=True,
        has_node_stats=True,
        lists_empty_zones=False,
    )


@pytest.mark.parametrize(
    ("text", "marks", "managed", "protection", "pageset_high"),
    [
        (V3_10, (11148, 13935, 16722), 740274, (0, 0, 13029, 13029), 186),
        (V4_4, (22547, 28183, 33820), 8254890, (0, 0, 0, 0), 190),
        (V4_9, (64, 80, 96), 3977, (0, 2981, 15983, 15983, 15984), 2),
        (V4_14, (16, 20, 24), 3976, (0, 2945, 31913, 31913, 31914), 8),
        (V4_19, (16, 20, 24), 3976, (0, 2945, 31913, 31913, 31914), 8),
        (V5_10, (12904, 16130, 19356), 3325842, (0, 0, 0, 0, 1), 378),
        (V6_1, (13416, 16642, 19868), 3325843, (0, 0, 0, 0, 2), 4032),
        (V6_12, (13416, 16642, 19868), 3325843, (0, 0, 0, 0, 2), 4032),
    ],
    ids=["3.10", "4.4", "4.9", "4.14", "4.19", "5.10", "6.1", "6.12"],
)
def test_marks_are_not_those_of_the_pagesets(text, marks, managed, protection, pageset_high):
    zone = zoneinfo.parse(text).zones[0]

    assert (zone.min_pages, zone.low_pages, zone.high_pages) == marks
    assert zone.managed_pages == managed
    assert zone.protection_pages == protection
    assert zone.pagesets[0].high_pages == pageset_high


@pytest.mark.parametrize(
    ("text", "boost", "promo", "cma"),
    [(V5_10, None, None, None), (V6_1, 512, None, 4096), (V6_12, 512, 23094, 4096)],
    ids=["5.10", "6.1", "6.12"],
)
def test_boost_promo_and_cma_are_none_before_the_kernel_prints_them(text, boost, promo, cma):
    zone = zoneinfo.parse(text).zones[0]

    assert (zone.boost_pages, zone.promo_pages, zone.cma_pages) == (boost, promo, cma)


@pytest.mark.parametrize(
    ("text", "empty_protection", "empty_min"),
    [(V4_14, (0, 0, 0, 0, 0), 0), (V5_10, (), 0), (V6_1, (), 32)],
    ids=["4.14", "5.10", "6.1"],
)
def test_empty_zones_are_listed_since_4_12(text, empty_protection, empty_min):
    parsed = zoneinfo.parse(text)
    movable = parsed.zones[1]

    assert parsed.lists_empty_zones is True
    assert (movable.name, movable.managed_pages) == ("Movable", 0)
    assert movable.protection_pages == empty_protection
    assert movable.min_pages == empty_min
    assert movable.pagesets == ()
    assert movable.unreclaimable is None


@pytest.mark.parametrize(
    ("text", "inactive_anon", "slab_reclaimable", "has_node_stats"),
    [
        (V3_10, 31, None, False),
        (V4_4, 41, None, False),
        (V4_9, 51, 53, True),
        (V4_14, 61, 62, True),
        (V5_10, 71, None, True),
    ],
    ids=["3.10", "4.4", "4.9", "4.14", "5.10"],
)
def test_lists_moved_to_the_node_in_4_8_and_slab_in_4_13(
    text, inactive_anon, slab_reclaimable, has_node_stats
):
    parsed = zoneinfo.parse(text)

    assert parsed.nodes[0].nr_inactive_anon_pages == inactive_anon
    assert parsed.nodes[0].nr_slab_reclaimable_pages == slab_reclaimable
    assert parsed.has_node_stats is has_node_stats


@pytest.mark.parametrize(
    ("text", "unreclaimable"), [(V2_6_32, True), (V4_9, False), (V4_14, True), (V7, True)]
)
def test_a_hopeless_zone_or_node_is_seen_under_both_names(text, unreclaimable):
    assert zoneinfo.parse(text).zones[0].unreclaimable is unreclaimable


def test_two_nodes_are_told_apart():
    parsed = zoneinfo.parse(V4_14 + V4_4)

    assert [node.node_id for node in parsed.nodes] == [0, 1]
    assert [node.nr_inactive_anon_pages for node in parsed.nodes] == [61, 41]
    assert [(zone.node_id, zone.name) for zone in parsed.zones] == [
        (0, "DMA"),
        (0, "Movable"),
        (1, "Normal"),
    ]


@pytest.mark.parametrize("name", ["pages free", "min ", "low ", "high ", "managed"])
def test_a_populated_zone_without_a_mark_is_a_parse_error_that_names_the_zone(name):
    lines = V7.splitlines(keepends=True)
    text = "".join(line for line in lines if not line.strip().startswith(name))
    if name == "managed":
        text = "".join(line for line in text.splitlines(keepends=True) if "present" not in line)

    with pytest.raises(ParseError, match=r"node 0 zone Normal has no (free|min|low|high|managed)"):
        zoneinfo.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pages free 3\n",
        "Node 0, zone\n",
        "Node ٣, zone DMA\n",
        "Node 0, zone a b\n",
        V7.replace("13417", "-1"),
        V7.replace("13417", "1²"),
        V7.replace("13417", "9" * 100_000),
        V7.replace("0, 0, 0, 0, 3", "0, x"),
        V7.replace("              batch:    63\n", ""),
        V7.replace("cpu: 0", "cpu: x"),
        V7[: V7.index("managed")],
    ],
    ids=[
        "empty", "no zone", "no name", "arabic", "two names", "negative", "superscript", "long",
        "protection", "no batch", "cpu", "torn",
    ],
)  # fmt: skip
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        zoneinfo.parse(text)
