import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import pid_status
from vmadvisor.sources.pid_status import PidStatus

TEXT = """\
Name:\tmysqld\\nVmRSS: 9 kB
Uid:\t101\t102\t103\t104
VmPeak:\t    9001 kB
VmRSS:\t    1001 kB
RssAnon:\t    1002 kB
RssFile:\t    1003 kB
RssShmem:\t    1004 kB
VmPTE:\t    1005 kB
VmPMD:\t    1006 kB
VmSwap:\t    1007 kB
HugetlbPages:\t    1008 kB
CapPrm:\t000001ffffffffff
CapEff:\t0000000000200000
"""


def test_every_field_has_its_own_value():
    assert pid_status.parse(TEXT) == PidStatus(
        vm_rss_kib=1001,
        rss_anon_kib=1002,
        rss_file_kib=1003,
        rss_shmem_kib=1004,
        vm_swap_kib=1007,
        vm_pte_kib=1005,
        vm_pmd_kib=1006,
        hugetlb_pages_kib=1008,
        uid_id=101,
        has_cap_sys_admin=True,
    )


@pytest.mark.parametrize(
    ("mask", "has"),
    [("000001ffffffffff", True), ("00000000a80425fb", False), ("0000000000000000", False)],
)
def test_capability_21_is_what_counts(mask, has):
    assert pid_status.parse(f"CapEff:\t{mask}\n").has_cap_sys_admin is has


def test_a_kernel_thread_has_no_sizes():
    record = pid_status.parse("Name:\tkswapd0\nUid:\t7\t0\t0\t0\n")

    assert (record.vm_rss_kib, record.vm_swap_kib, record.uid_id) == (None, None, 7)


@pytest.mark.parametrize(
    "text",
    [
        "VmRSS:\n",
        "VmRSS:\tx kB\n",
        "VmRSS:\t-1 kB\n",
        "Uid:\n",
        "CapEff:\txyz\n",
        "CapEff:\t-1\n",
        "CapEff:\t0x20\n",
        "CapEff:\t" + "f" * 100_000 + "\n",
    ],
    ids=range(8),
)
def test_malformed_lines_are_parse_errors(text):
    with pytest.raises(ParseError):
        pid_status.parse(text)
