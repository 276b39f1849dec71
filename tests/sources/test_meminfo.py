from dataclasses import fields

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import meminfo
from vmadvisor.sources.meminfo import Meminfo

TEXT = """\
MemTotal:        1001 kB
MemFree:         1002 kB
MemAvailable:    1003 kB
Buffers:         1004 kB
Cached:          1005 kB
SwapCached:      1006 kB
Active:          9001 kB
Inactive:        9002 kB
Active(anon):    1007 kB
Inactive(anon):  1008 kB
Active(file):    1009 kB
Inactive(file):  1010 kB
Unevictable:     1011 kB
Mlocked:         1012 kB
HighTotal:       1013 kB
HighFree:        1014 kB
LowTotal:        9003 kB
SwapTotal:       1015 kB
SwapFree:        1016 kB
Zswap:           1017 kB
Zswapped:        1018 kB
Dirty:           1019 kB
Writeback:       1020 kB
AnonPages:       1021 kB
Mapped:          1022 kB
Shmem:           1023 kB
KReclaimable:    1024 kB
Slab:            1025 kB
SReclaimable:    1026 kB
SUnreclaim:      1027 kB
KernelStack:     1028 kB
PageTables:      1029 kB
SecPageTables:   1030 kB
NFS_Unstable:    9004 kB
Bounce:          9005 kB
WritebackTmp:    9006 kB
CommitLimit:     1031 kB
Committed_AS:    1032 kB
VmallocTotal:    34359738367 kB
VmallocUsed:     1033 kB
Percpu:          1034 kB
HardwareCorrupted: 1035 kB
AnonHugePages:   1036 kB
ShmemHugePages:  9007 kB
CmaTotal:        1037 kB
CmaFree:         1038 kB
Unaccepted:      1039 kB
Balloon:         1040 kB
HugePages_Total: 1041
HugePages_Free:  1042
HugePages_Rsvd:  1043
HugePages_Surp:  1044
Hugepagesize:    1045 kB
Hugetlb:         1046 kB
DirectMap4k:     9008 kB
"""


def test_every_field_has_its_own_value():
    assert meminfo.parse(TEXT) == Meminfo(
        mem_total_kib=1001,
        mem_free_kib=1002,
        mem_available_kib=1003,
        buffers_kib=1004,
        cached_kib=1005,
        swap_cached_kib=1006,
        active_anon_kib=1007,
        inactive_anon_kib=1008,
        active_file_kib=1009,
        inactive_file_kib=1010,
        unevictable_kib=1011,
        mlocked_kib=1012,
        high_total_kib=1013,
        high_free_kib=1014,
        swap_total_kib=1015,
        swap_free_kib=1016,
        zswap_kib=1017,
        zswapped_kib=1018,
        dirty_kib=1019,
        writeback_kib=1020,
        anon_pages_kib=1021,
        mapped_kib=1022,
        shmem_kib=1023,
        kreclaimable_kib=1024,
        slab_kib=1025,
        sreclaimable_kib=1026,
        sunreclaim_kib=1027,
        kernel_stack_kib=1028,
        page_tables_kib=1029,
        sec_page_tables_kib=1030,
        commit_limit_kib=1031,
        committed_as_kib=1032,
        vmalloc_used_kib=1033,
        percpu_kib=1034,
        hardware_corrupted_kib=1035,
        anon_huge_pages_kib=1036,
        cma_total_kib=1037,
        cma_free_kib=1038,
        unaccepted_kib=1039,
        balloon_kib=1040,
        huge_pages_total_count=1041,
        huge_pages_free_count=1042,
        huge_pages_rsvd_count=1043,
        huge_pages_surp_count=1044,
        huge_page_size_kib=1045,
        hugetlb_kib=1046,
    )


def test_the_sample_fills_every_field():
    record = meminfo.parse(TEXT)

    assert [f.name for f in fields(record) if getattr(record, f.name) is None] == []


def test_a_line_this_kernel_does_not_print_is_none():
    record = meminfo.parse("MemTotal: 8 kB\nMemFree: 5 kB\n")

    assert record.mem_available_kib is None
    assert record.swap_total_kib is None


def test_a_nodes_lines_have_the_same_names():
    assert meminfo.values("\nNode 12 MemFree:  128 kB\nNode 12 Inactive(file):  64 kB\n") == {
        "mem_free_kib": 128,
        "inactive_file_kib": 64,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MemTotal: 8 kB\n",
        "MemFree: 5 kB\n",
        "MemTotal: 8 kB\nMemFree: 5 kB",
        "MemTotal: 8 kB\nMemFree: -5 kB\n",
        "MemTotal: 8 kB\nMemFree:\n",
        "MemTotal: 8 kB\nMemFree: 5 kB\nDirty: x kB\n",
        "MemTotal: 8 kB\nMemFree: 5² kB\n",
    ],
    ids=["empty", "no free", "no total", "torn", "negative", "no number", "word", "superscript"],
)
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        meminfo.parse(text)
