import errno

import pytest

from vmadvisor.collect import process_scan
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.process_scan import ScanPlan, scan_processes
from vmadvisor.snapshot import ProcessScan

GONE = ProcessLookupError(errno.ESRCH, "No such process")
MISSING = FileNotFoundError(errno.ENOENT, "No such file or directory")
LOCKED = PermissionError(errno.EACCES, "Permission denied")


@pytest.fixture
def crowd(processes, kernel_thread):
    """kswapd, other kernel threads, and 60 processes of which three stand out."""
    files = {
        **kernel_thread(2, "kthreadd"),
        **kernel_thread(35, "kswapd0"),
        **kernel_thread(36, "kcompactd0"),
    }
    for pid in range(100, 160):
        files |= processes(pid, rss=1000 + pid, score=666)
    files |= processes(170, rss=50, score=999, comm="first to go")
    files |= processes(180, rss=500_000, score=3, comm="large but safe")
    files |= processes(190, rss=7000, score=666, comm="largest of a tie")
    return files


def scan(tree, *, mode="shortlist", limit_s=None, **options):
    plan = ScanPlan(mode=mode, shortlist_count=options.pop("shortlist_count", 2), **options)
    return scan_processes(tree, plan, Deadline(limit_s))


def test_the_shortlist_holds_the_kernels_order_the_largest_and_kswapd(fake_tree, crowd):
    found, gaps = scan(fake_tree(crowd), nodes_count=1)

    assert set(found.details) == {170, 190, 180, 35}
    assert found.details[170].stat.comm == "first to go"
    assert found.details[170].oom_score == 999
    assert found.details[170].oom_score_adj == 399
    assert found.details[180].statm.resident_pages == 500_000
    assert found.details[180].status.vm_rss_kib == 2_000_000
    assert (found.seen_count, found.vanished_count, found.unread_count) == (66, 0, 0)
    assert not found.is_complete
    assert found.sees_kernel_threads
    assert gaps == []


def test_the_sweep_tells_every_process_with_memory_and_reads_two_files_of_it(fake_tree, crowd):
    tree = fake_tree(crowd)
    found, _ = scan(tree, nodes_count=1)

    assert len(found.rss_pages) == 63
    assert found.rss_pages[100] == 1100
    assert 35 not in found.rss_pages
    assert {path for path in tree.reads if path.startswith("proc/120/")} == {
        "proc/120/statm",
        "proc/120/oom_score",
    }


def test_of_a_kernel_thread_only_its_size_and_its_name_are_read(fake_tree, crowd):
    tree = fake_tree(crowd)
    scan(tree, nodes_count=1)

    assert {path for path in tree.reads if path.startswith(("proc/35/", "proc/36/"))} == {
        "proc/35/statm",
        "proc/35/stat",
        "proc/36/statm",
    }


def test_no_process_file_takes_the_lock_of_the_hierarchy_or_of_an_address_space(fake_tree, crowd):
    tree = fake_tree(crowd)
    scan(tree, mode="all")

    assert {path.rpartition("/")[2] for path in tree.reads} == {
        "stat", "status", "statm", "oom_score", "oom_score_adj",
    }  # fmt: skip


def test_one_kswapd_is_looked_for_per_node(fake_tree, crowd, kernel_thread):
    files = {**crowd, **kernel_thread(37, "kswapd1"), **kernel_thread(38, "kswapd2")}

    assert {35, 37} <= set(scan(fake_tree(files), nodes_count=2)[0].details)
    assert 38 not in scan(fake_tree(files), nodes_count=2)[0].details
    assert {35, 37, 38} <= set(scan(fake_tree(files))[0].details)


def test_the_search_for_kswapd_ends(fake_tree, crowd, monkeypatch):
    monkeypatch.setattr(process_scan, "KSWAPD_SEARCH_MAX_COUNT", 1)

    assert 35 not in scan(fake_tree(crowd), nodes_count=1)[0].details


def test_a_user_process_cannot_pass_for_kswapd(fake_tree, crowd, processes):
    files = {**crowd, **processes(20, comm="kswapd0")}

    assert 20 not in scan(fake_tree(files))[0].details


def test_the_earlier_kswapd_is_looked_at_first_and_who_grew_is_listed(fake_tree, crowd):
    earlier, _ = scan(fake_tree(crowd), nodes_count=1, sizes_only=True)
    grown = {**crowd, "proc/110/statm": "9000 6500 5 1 0 9 0\n"}
    tree = fake_tree(grown)

    found, _ = scan(tree, nodes_count=1, earlier=earlier, shortlist_count=1)

    assert set(found.details) == {170, 180, 110, 35}
    assert "proc/2/stat" not in tree.reads


def test_sizes_only_reads_statm_and_kswapd(fake_tree, crowd):
    tree = fake_tree(crowd)
    found, _ = scan(tree, nodes_count=1, sizes_only=True)

    assert set(found.details) == {35}
    assert len(found.rss_pages) == 63
    assert {path.rpartition("/")[2] for path in tree.reads} == {"statm", "stat"}


def test_all_reads_every_process_with_memory(fake_tree, crowd):
    found, _ = scan(fake_tree(crowd), mode="all", nodes_count=1)

    assert found.is_complete
    assert set(found.details) == {*range(100, 160), 170, 180, 190, 35}


def test_a_tree_that_is_not_live_is_always_read_in_full(fake_tree, crowd):
    found, _ = scan(fake_tree(crowd, is_live=False))

    assert found.is_complete
    assert len(found.details) == 66
    assert found.sees_kernel_threads
    assert (found.time_s, found.age_s) == (49.5, 0.5)


def test_without_the_kernels_order_everyone_is_read(fake_tree, crowd):
    files = {p: MISSING if p.endswith("/oom_score") else text for p, text in crowd.items()}

    found, _ = scan(fake_tree(files))

    assert found.is_complete
    assert len(found.details) == 64
    assert found.details[170].oom_score is None


@pytest.mark.parametrize("error", [GONE, MISSING, ""], ids=["esrch", "enoent", "empty"])
@pytest.mark.parametrize("name", ["statm", "stat"])
def test_a_process_that_ends_while_it_is_read_is_counted_and_forgotten(
    fake_tree, crowd, error, name
):
    found, gaps = scan(fake_tree({**crowd, f"proc/170/{name}": error}))

    assert 170 not in found.details
    assert 170 not in found.rss_pages
    assert (found.vanished_count, found.unread_count) == (1, 0)
    assert gaps == []


@pytest.mark.parametrize("name", ["status", "oom_score_adj"])
def test_a_detail_that_cannot_be_read_is_none_not_zero(fake_tree, crowd, name):
    found, _ = scan(fake_tree({**crowd, f"proc/170/{name}": GONE}))

    assert getattr(found.details[170], name) is None


def test_processes_that_cannot_be_read_are_counted_and_named(fake_tree, crowd):
    files = {**crowd, "proc/101/statm": LOCKED, "proc/102/statm": LOCKED}

    found, gaps = scan(fake_tree(files))

    assert found.unread_count == 2
    assert [(gap.path, gap.reason) for gap in gaps] == [
        ("/proc/PID", "2 processes could not be read (permission denied)")
    ]


def test_a_stat_that_makes_no_sense_is_no_process(fake_tree, crowd):
    found, gaps = scan(fake_tree({**crowd, "proc/170/stat": "170 first to go"}))

    assert 170 not in found.details
    assert found.unread_count == 1
    assert "expected a name in parentheses" in gaps[0].reason


@pytest.mark.parametrize(
    "comm", ["a) S 1 (b", "line\nbreak", "\x1b[2J", "caf\udcc3", "kswapd0) S 2 0 0", " ", ""]
)
def test_a_name_of_any_bytes_is_kept_as_it_is(fake_tree, crowd, comm):
    text = crowd["proc/170/stat"].replace("first to go", comm)
    files = {**crowd, "proc/170/stat": text.encode("utf-8", "surrogateescape")}

    assert scan(fake_tree(files))[0].details[170].stat.comm == comm


def test_a_process_swapped_out_entirely_still_has_memory(fake_tree, crowd):
    found, _ = scan(fake_tree({**crowd, "proc/170/statm": "900 0 0 1 0 9 0\n"}))

    assert found.rss_pages[170] == 0
    assert 170 in found.details


def test_a_tree_without_statm_takes_the_size_from_stat(fake_tree, crowd):
    files = {path: text for path, text in crowd.items() if not path.endswith("statm")}

    found, _ = scan(fake_tree(files, is_live=False))

    assert found.rss_pages[180] == 500_000
    assert 35 not in found.rss_pages
    assert found.unread_count == 0


def test_after_the_deadline_the_scan_stops_and_says_how_far_it_came(fake_tree, crowd):
    found, gaps = scan(fake_tree(crowd), mode="all", limit_s=0.0)

    assert not found.is_complete
    assert found.details == {}
    assert gaps[0].reason == "0 of 66 processes read within 0 s"


def test_a_deadline_after_the_sweep_does_not_claim_that_all_was_read(fake_tree, crowd):
    """The clock is looked at twice in a sweep over 66 processes, and then before the details."""
    looks = []

    class Late(Deadline):
        def is_over(self):
            looks.append(1)
            return len(looks) > 2

    plan = ScanPlan(mode="all", shortlist_count=2)
    found, gaps = scan_processes(fake_tree(crowd), plan, Late(0.3))

    assert found.details == {}
    assert gaps[0].reason == "only the sizes of all 66 processes read within 0.3 s"


@pytest.mark.parametrize(
    "files", [{}, {"sys/x": "1"}, {"proc/meminfo": "M"}, {"proc/1a/stat": "x"}]
)
def test_no_processes_at_all_are_a_gap(fake_tree, files):
    found, gaps = scan(fake_tree(files))

    assert found is None
    assert len(gaps) == 1
    assert "OOM killer" in gaps[0].cost


def test_the_scan_is_a_record_like_any_other(fake_tree, crowd):
    assert isinstance(scan(fake_tree(crowd))[0], ProcessScan)


def test_a_size_of_hundreds_of_digits_is_no_size(fake_tree, crowd):
    """As a float it would overflow in every rate made of it."""
    crowd["proc/180/statm"] = "9 " + "9" * 400 + " 5 1 0 9 0\n"
    found, _ = scan(fake_tree(crowd), nodes_count=1)

    assert 180 not in found.rss_pages
    assert 190 in found.rss_pages


def test_who_may_have_given_a_protected_process_its_value_is_read_up_to_init(
    fake_tree, processes, crowd
):
    crowd |= processes(500, rss=900_000, score=0, comm="build", adj=-1000, ppid=160)
    crowd |= processes(160, rss=9, score=0, comm="shell", adj=-1000, ppid=161)
    crowd |= processes(161, rss=8, score=0, comm="agentd", adj=-1000, ppid=1)
    found, _ = scan(fake_tree(crowd), nodes_count=1)

    assert {160, 161} <= set(found.details)
    assert found.details[161].stat.comm == "agentd"
    assert 1 not in found.details
