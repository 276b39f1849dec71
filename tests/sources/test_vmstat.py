"""One meaning per field, whatever the kernel called its counter."""

from dataclasses import fields

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import vmstat
from vmadvisor.sources.vmstat import Vmstat

V6_12 = """\
nr_free_pages 101
nr_inactive_anon 102
nr_active_anon 103
nr_inactive_file 104
nr_active_file 105
nr_unevictable 106
nr_zspages 107
nr_free_cma 108
numa_hit 109
numa_miss 110
numa_foreign 111
nr_anon_pages 112
nr_mapped 113
nr_dirty 114
nr_writeback 115
nr_kernel_misc_reclaimable 116
workingset_refault_anon 117
workingset_refault_file 118
workingset_activate_anon 119
workingset_activate_file 120
workingset_restore_anon 121
workingset_restore_file 122
nr_dirty_threshold 123
nr_dirty_background_threshold 124
pgpgin 125
pgpgout 126
pswpin 127
pswpout 128
pgalloc_dma 129
pgalloc_dma32 130
pgalloc_normal 131
pgalloc_movable 132
pgalloc_device 133
allocstall_dma 134
allocstall_dma32 135
allocstall_normal 136
allocstall_movable 137
allocstall_device 138
pgskip_normal 9001
pgfree 139
pgmajfault 140
pgrefill 9002
pgsteal_kswapd 141
pgsteal_direct 142
pgsteal_khugepaged 143
pgscan_kswapd 144
pgscan_direct 145
pgscan_khugepaged 146
pgscan_direct_throttle 147
pgscan_anon 148
pgscan_file 149
pgsteal_anon 150
pgsteal_file 151
zone_reclaim_success 152
zone_reclaim_failed 153
kswapd_inodesteal 9003
kswapd_low_wmark_hit_quickly 154
kswapd_high_wmark_hit_quickly 155
pageoutrun 156
drop_pagecache 157
drop_slab 158
oom_kill 159
compact_stall 160
compact_fail 161
compact_success 162
thp_fault_alloc 163
thp_fault_fallback 164
"""

V6_17_EXTRA = "pgscan_proactive 165\npgsteal_proactive 166\n"


def test_every_field_has_its_own_value():
    assert vmstat.parse(V6_12 + V6_17_EXTRA) == Vmstat(
        nr_free_pages=101,
        nr_active_anon_pages=103,
        nr_inactive_anon_pages=102,
        nr_active_file_pages=105,
        nr_inactive_file_pages=104,
        nr_unevictable_pages=106,
        nr_anon_pages=112,
        nr_mapped_pages=113,
        nr_dirty_pages=114,
        nr_writeback_pages=115,
        nr_dirty_threshold_pages=123,
        nr_dirty_background_threshold_pages=124,
        nr_kernel_misc_reclaimable_pages=116,
        nr_zspages_pages=107,
        nr_free_cma_pages=108,
        allocstall_total=680,
        allocstall_movable_total=137,
        pgscan_kswapd_pages_total=144,
        pgscan_direct_pages_total=145,
        pgscan_khugepaged_pages_total=146,
        pgscan_proactive_pages_total=165,
        pgsteal_kswapd_pages_total=141,
        pgsteal_direct_pages_total=142,
        pgsteal_khugepaged_pages_total=143,
        pgsteal_proactive_pages_total=166,
        pgscan_anon_pages_total=148,
        pgscan_file_pages_total=149,
        pgsteal_anon_pages_total=150,
        pgsteal_file_pages_total=151,
        pgscan_direct_throttle_total=147,
        pageoutrun_total=156,
        kswapd_low_wmark_hit_quickly_total=154,
        kswapd_high_wmark_hit_quickly_total=155,
        zone_reclaim_success_total=152,
        zone_reclaim_failed_total=153,
        oom_kill_total=159,
        workingset_refault_pages_total=235,
        workingset_refault_anon_pages_total=117,
        workingset_refault_file_pages_total=118,
        workingset_activate_pages_total=239,
        workingset_restore_pages_total=243,
        pgmajfault_total=140,
        pswpin_pages_total=127,
        pswpout_pages_total=128,
        pgpgin_kib_total=125,
        pgpgout_kib_total=126,
        pgalloc_pages_total=655,
        pgfree_pages_total=139,
        compact_stall_total=160,
        compact_fail_total=161,
        compact_success_total=162,
        thp_fault_alloc_total=163,
        thp_fault_fallback_total=164,
        numa_hit_pages_total=109,
        numa_miss_pages_total=110,
        numa_foreign_pages_total=111,
        drop_pagecache_total=157,
        drop_slab_total=158,
        allocstall_dma_total=134,
        allocstall_dma32_total=135,
        allocstall_normal_total=136,
        allocstall_high_total=None,
        allocstall_device_total=138,
    )


def test_the_sample_fills_every_field():
    record = vmstat.parse(V6_12 + V6_17_EXTRA + "allocstall_high 139\n")  # that zone is 32-bit

    assert [f.name for f in fields(record) if getattr(record, f.name) is None] == []


def test_a_throttled_task_is_no_scanned_page():
    record = vmstat.parse("pgscan_direct 300\npgscan_direct_throttle 9\n")

    assert record.pgscan_direct_pages_total == 300
    assert record.pgscan_direct_throttle_total == 9


def test_a_throttle_counter_alone_makes_no_scan_counter():
    assert vmstat.parse("pgscan_direct_throttle 9\n").pgscan_direct_pages_total is None


def test_pages_by_type_are_not_added_to_pages_by_reclaimer():
    """sar before 12.7.8 added both and reported twice the reclaim."""
    record = vmstat.parse(
        "pgsteal_kswapd 70\npgsteal_direct 30\npgsteal_anon 40\npgsteal_file 60\n"
    )

    assert record.pgsteal_kswapd_pages_total == 70
    assert record.pgsteal_direct_pages_total == 30


V2_6_32 = """\
nr_free_pages 201
nr_dirty 202
pgalloc_dma 3
pgalloc_dma32 50
pgalloc_normal 700
pgsteal_dma 1
pgsteal_dma32 20
pgsteal_normal 300
pgsteal_movable 0
pgscan_kswapd_dma 2
pgscan_kswapd_dma32 30
pgscan_kswapd_normal 400
pgscan_kswapd_movable 0
pgscan_direct_dma 4
pgscan_direct_dma32 40
pgscan_direct_normal 500
pgscan_direct_movable 0
pginodesteal 9
kswapd_steal 221
kswapd_inodesteal 8
pageoutrun 7
allocstall 6
"""


def test_2_6_32_counts_kswapds_part_of_all_reclaim():
    record = vmstat.parse(V2_6_32)

    assert record.pgsteal_kswapd_pages_total == 221
    assert record.pgsteal_direct_pages_total == 100
    assert record.pgscan_kswapd_pages_total == 432
    assert record.pgscan_direct_pages_total == 544
    assert record.pgalloc_pages_total == 753
    assert record.allocstall_total == 6
    assert record.allocstall_movable_total is None
    assert record.oom_kill_total is None
    assert record.workingset_refault_pages_total is None


V3_10 = """\
nr_free_pages 301
pgsteal_kswapd_dma 1
pgsteal_kswapd_dma32 20
pgsteal_kswapd_normal 300
pgsteal_kswapd_movable 4000
pgsteal_direct_dma 2
pgsteal_direct_dma32 30
pgsteal_direct_normal 400
pgsteal_direct_movable 5000
pgscan_kswapd_dma 3
pgscan_kswapd_dma32 40
pgscan_kswapd_normal 500
pgscan_kswapd_movable 6000
pgscan_direct_dma 4
pgscan_direct_dma32 50
pgscan_direct_normal 600
pgscan_direct_movable 7000
pgscan_direct_throttle 88
allocstall 77
"""


@pytest.mark.parametrize(
    "refault", ["", "workingset_refault 66\nworkingset_activate 55\n"], ids=["3.10", "4.4"]
)
def test_until_4_7_the_zones_are_summed_and_the_throttle_left_out(refault):
    record = vmstat.parse(V3_10 + refault)

    assert record.pgsteal_kswapd_pages_total == 4321
    assert record.pgsteal_direct_pages_total == 5432
    assert record.pgscan_kswapd_pages_total == 6543
    assert record.pgscan_direct_pages_total == 7654
    assert record.pgscan_direct_throttle_total == 88
    assert record.allocstall_total == 77
    assert record.workingset_refault_pages_total == (66 if refault else None)
    assert record.workingset_refault_file_pages_total is None


@pytest.mark.parametrize(
    ("text", "allocstall", "refault", "restore", "oom_kill"),
    [
        (
            ("allocstall_dma 1\nallocstall_dma32 20\nallocstall_normal 300\nallocstall_movable 4000\n"
            "workingset_refault 66\noom_kill 5\n"),
            4321, 66, None, 5,
        ),
        (
            ("allocstall_normal 300\nallocstall_movable 4000\n"
            "workingset_refault 67\nworkingset_restore 68\noom_kill 7\n"),
            4300, 67, 68, 7,
        ),
        (
            ("allocstall_normal 301\nallocstall_movable 4000\n"
            "workingset_refault_anon 60\nworkingset_refault_file 9\n"
            "workingset_restore_anon 70\nworkingset_restore_file 8\noom_kill 11\n"),
            4301, 69, 78, 11,
        ),
    ],
    ids=["4.14", "4.20", "5.10"],
)  # fmt: skip
def test_stalls_and_refaults_keep_their_meaning_over_the_kernels(
    text, allocstall, refault, restore, oom_kill
):
    record = vmstat.parse(text)

    assert record.allocstall_total == allocstall
    assert record.workingset_refault_pages_total == refault
    assert record.workingset_restore_pages_total == restore
    assert record.oom_kill_total == oom_kill


def test_5_8_counts_by_type_but_not_yet_refaults_by_type():
    record = vmstat.parse("workingset_refault 66\npgscan_anon 3\npgscan_file 4\n")

    assert record.workingset_refault_pages_total == 66
    assert record.workingset_refault_anon_pages_total is None
    assert record.pgscan_anon_pages_total == 3


def test_half_a_pair_is_no_sum():
    assert vmstat.parse("workingset_refault_anon 66\n").workingset_refault_pages_total is None


def test_a_32_bit_host_sums_its_high_zone():
    assert vmstat.parse("pgalloc_normal 5\npgalloc_high 60\n").pgalloc_pages_total == 65


@pytest.mark.parametrize(
    "text", ["", "pgfault", "pgfault x\n", "pgfault 1.5\n", "pgfault ²\n", "one two three\n"]
)
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        vmstat.parse(text)
