import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.scan_balance import anon_share_permyriad, is_inactive_low, scan_balance
from vmadvisor.sources import lru_gen, sysctl_vm, transparent_hugepage

ZONEINFO = """Node 0, zone   Normal
  per-node stats
      nr_inactive_anon {inactive_anon}
      nr_active_anon 30000
      nr_inactive_file {inactive_file}
      nr_active_file {active_file}
  pages free     {free}
        min      1000
        low      1250
        high     1500
        managed  900000
Node 1, zone   Normal
  pages free     0
        min      0
        low      0
        high     0
        managed  0
"""
SIZES = {"inactive_anon": 40_000, "inactive_file": 3_000, "active_file": 90_000, "free": 20_000}
LISTS = transparent_hugepage.parse({"enabled": "always [madvise] never\n"})


def balance(make_snapshot, *records, swap_free=9_000, swappiness="60", release="6.1.0", **sizes):
    settings = {"min_free_kbytes": "4000\n", "watermark_scale_factor": "1\n"}
    if swappiness is not None:
        settings["swappiness"] = f"{swappiness}\n"
    found = scan_balance(
        make_snapshot(
            sysctl_vm.parse(settings),
            *(records or (LISTS,)),
            release=release,
            zoneinfo_text=ZONEINFO.format(**SIZES | sizes),
            meminfo_text=f"MemTotal: 9 kB\nMemFree: 5 kB\nSwapTotal: 9000 kB\nSwapFree: {swap_free} kB\n",
        )
    )
    (node,) = found  # a node without memory is not balanced
    return node


def share(node):
    return node.rule, node.anon_min_permyriad, node.anon_max_permyriad


def test_without_free_swap_only_files_are_scanned(make_snapshot):
    node = balance(make_snapshot, swap_free=0, swappiness=None)
    assert (*share(node), node.unknown) == ("file_only_no_swap", 0, 0, ())


def test_few_files_and_little_free_memory_turn_to_anonymous_pages_whatever_swappiness(
    make_snapshot,
):
    node = balance(make_snapshot, swappiness="0", inactive_file=100, active_file=300, free=1_100)
    assert share(node) == ("file_tiny_anon_only", 10_000, 10_000)


def test_one_page_above_high_is_not_tiny(make_snapshot):
    node = balance(make_snapshot, swappiness="0", inactive_file=100, active_file=300, free=1_101)
    assert share(node) == ("swappiness_zero", 0, 0)


def test_since_4_14_tiny_needs_inactive_anonymous_pages(make_snapshot):
    tiny = {"inactive_anon": 4_095, "inactive_file": 100, "active_file": 300, "free": 900}
    assert balance(make_snapshot, **tiny).rule == "fraction"
    assert balance(make_snapshot, release="4.13.0", **tiny).rule == "file_tiny_anon_only"


def test_many_inactive_files_are_trimmed_first(make_snapshot):
    node = balance(make_snapshot, inactive_file=91_000)
    assert share(node) == ("cache_trim_file_only", 0, 0)
    assert node.unknown[0].startswith("whether refaults")


def test_otherwise_swappiness_and_unseen_costs_decide(make_snapshot):
    node = balance(make_snapshot, swappiness="100")
    assert (*share(node), node.unknown) == (
        "fraction", 3_333, 6_666, ("what each list's reclaim has cost lately",),
    )  # fmt: skip


def test_before_5_8_recent_rotations_may_shift_the_share_anywhere(make_snapshot):
    node = balance(make_snapshot, release="5.4.0")
    assert share(node) == ("fraction", 0, 10_000)
    assert "each cgroup's own lists, which decide" in node.unknown


@pytest.mark.parametrize(
    ("swap_free", "swappiness", "expected"),
    [
        (0, "60", ("mglru_file_only_no_swap", 0, 0)),
        (252, "60", ("mglru_file_only_no_swap", 0, 0)),
        (256, "0", ("mglru_swappiness_zero", 0, 0)),
        (256, "1", ("mglru_file_first", 0, 10_000)),
        (256, "60", ("mglru_refaults", 0, 10_000)),
        (256, "200", ("mglru_anon_first", 0, 10_000)),
    ],
)
def test_generations_have_rules_of_their_own(make_snapshot, swap_free, swappiness, expected):
    on = lru_gen.parse({"enabled": "0x0007\n"})
    assert share(balance(make_snapshot, on, swap_free=swap_free, swappiness=swappiness)) == expected


def test_what_is_missing_is_named(make_snapshot):
    huge = sysctl_vm.parse({})  # nothing of /sys/kernel/mm: MGLRU may be on or off
    node = balance(make_snapshot, huge, swappiness=None)
    assert (*share(node), node.unknown) == (
        None, None, None, ("proc/sys/vm/swappiness", "sys/kernel/mm/lru_gen"),
    )  # fmt: skip


def test_no_zoneinfo_no_balance(make_snapshot):
    assert scan_balance(make_snapshot(release="6.1.0")) == ()


def test_the_inactive_list_may_be_smaller_the_larger_both_are():
    assert is_inactive_low(100_000, 100_001, 4096)
    assert not is_inactive_low(100_000, 100_000, 4096)
    assert not is_inactive_low(2_621_440, 23_592_960, 4096)
    assert is_inactive_low(500_000, 24_000_000, 4096)


@given(st.integers(0, 200))
def test_costs_shift_the_share_by_two_to_one_at_most_and_swappiness_raises_it(swappiness):
    least, most = anon_share_permyriad(swappiness)
    assert 0 <= least <= most <= 10_000
    if swappiness:
        before = anon_share_permyriad(swappiness - 1)
        assert before[0] <= least
        assert before[1] <= most
