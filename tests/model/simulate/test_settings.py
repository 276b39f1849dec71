"""Settings are read strictly, held against the kernel's ranges, and laid over a machine."""

import pytest

from vmadvisor.model.simulate.machine import machine_of
from vmadvisor.model.simulate.settings import Change, SettingError, parsed, settled, size_bytes

CACHE_FULL = "6.12-cache-full"


def settled_as(recorded, text, name=CACHE_FULL):
    snapshot, _ = recorded(name)
    return settled(parsed(text), snapshot), machine_of(snapshot)


def test_several_keys_are_joined_by_commas_and_a_path_may_hold_anything_but_one():
    change = parsed("memory.max:/a=b=64M,limit:77=1G,ram=+2G")

    assert change.pairs == (("memory.max:/a=b", "64M"), ("limit:77", "1G"), ("ram", "+2G"))


@pytest.mark.parametrize(
    "text",
    ["vm.swappiness", "vm.swappiness=", "vm.swappines=10", "vm.swappiness=-1", "swap=much",
     "vm.min_free_kbytes=99999999999", "", "ram=1.5G", "vm.swappiness=10,vm.swappiness=90",
     "swap=1G,zram=1G"],
)  # fmt: skip
def test_what_cannot_be_set_is_refused(text):
    with pytest.raises(SettingError):
        parsed(text)


@pytest.mark.parametrize(
    ("text", "size"), [("3K", 3_072), ("5MiB", 5_242_880), ("7", 7), ("+2g", 2_147_483_648)]
)
def test_sizes_are_powers_of_1024(text, size):
    assert size_bytes(text) == size


def test_a_larger_min_free_moves_all_marks_and_a_scale_factor_only_the_gaps(recorded):
    reserve, now = settled_as(recorded, "vm.min_free_kbytes=65536")
    gap, _ = settled_as(recorded, "vm.watermark_scale_factor=300")

    assert reserve.nodes[0].min_pages > 2 * now.nodes[0].min_pages
    assert gap.nodes[0].min_pages == pytest.approx(now.nodes[0].min_pages, rel=0.06)
    assert gap.nodes[0].low_pages - gap.nodes[0].min_pages == pytest.approx(
        now.nodes[0].managed_pages * 0.03, rel=0.01
    )


def test_swap_zram_and_ram_are_added(recorded):
    disk, now = settled_as(recorded, "swap=8M")
    zram, _ = settled_as(recorded, "zram=16M")
    more, _ = settled_as(recorded, "ram=+64M")

    assert (disk.swap_total_pages - now.swap_total_pages, disk.swap_kind) == (2_048, "disk")
    assert (zram.swap_total_pages - now.swap_total_pages, zram.swap_kind) == (4_096, "zram")
    assert more.added_free_pages == 16_384 - 256
    assert more.nodes[0].high_pages >= now.nodes[0].high_pages


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("6.12-cache-full", "vm.watermark_scale_factor=3001", "takes 1 to 3000"),
        ("6.12-cache-full", "vm.swappiness=201", "takes 0 to 200"),
        ("4.18-rhel8-direct-reclaim", "vm.swappiness=101", "takes 0 to 100"),
        ("3.10-rhel7-cache-full", "vm.watermark_scale_factor=20", "this kernel has no"),
    ],
)
def test_what_this_kernel_would_refuse_is_refused(recorded, name, text, reason):
    with pytest.raises(SettingError, match=reason):
        settled_as(recorded, text, name)


def test_limits_are_no_setting_of_the_machine(recorded):
    snapshot, _ = recorded(CACHE_FULL)

    with pytest.raises(SettingError, match="none of"):
        settled(Change(pairs=(("limit:1", "1G"),)), snapshot)
