from vmadvisor.kernel.commit import commit
from vmadvisor.sources import sysctl_vm

MEMINFO = (
    "MemTotal: 8000000 kB\nMemFree: 5 kB\nSwapTotal: 400000 kB\nCommitted_AS: 3200000 kB\n"
    "CommitLimit: 4380000 kB\nHugePages_Total: 20\nHugepagesize: 2048 kB\n"
)


def of(make_snapshot, files, text=MEMINFO, **more):
    return commit(make_snapshot(sysctl_vm.parse(files), meminfo_text=text, **more))


def test_the_ratio_is_of_memory_less_the_huge_page_pool(make_snapshot):
    found = of(make_snapshot, {"overcommit_ratio": "50\n", "overcommit_memory": "2\n"})
    assert (found.limit_pages, found.kernel_limit_pages) == (1_094_880, 1_095_000)
    assert (found.committed_pages, found.headroom_pages) == (800_000, 294_880)
    assert found.is_binding is True


def test_every_huge_page_size_counts_where_the_kernel_says_so(make_snapshot):
    found = of(make_snapshot, {"overcommit_ratio": "50\n"}, MEMINFO + "Hugetlb: 1000000 kB\n")
    assert found.limit_pages == 975_000


def test_overcommit_kbytes_takes_the_place_of_the_ratio(make_snapshot):
    found = of(make_snapshot, {"overcommit_kbytes": "1000000\n", "overcommit_memory": "0\n"})
    assert (found.limit_pages, found.headroom_pages) == (350_000, -450_000)
    assert found.is_binding is False


def test_what_is_missing_is_named(make_snapshot):
    found = of(make_snapshot, {}, "MemTotal: 9 kB\nMemFree: 5 kB\n")
    assert found.missing == ("SwapTotal in proc/meminfo", "proc/sys/vm/overcommit_ratio")
    assert (found.limit_pages, found.headroom_pages, found.is_binding) == (None, None, None)
    assert commit(make_snapshot(page_bytes=None)).missing[0] == "proc/meminfo"
