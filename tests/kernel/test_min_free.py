import pytest

from vmadvisor.kernel.min_free import automatic_kib, khugepaged_kib, min_free
from vmadvisor.sources import sysctl_vm, transparent_hugepage

NEVER = {"enabled": "always madvise [never]\n"}
ALWAYS = {"enabled": "[always] madvise never\n"}


def host(make_snapshot, make_zone, kib, *, huge=ALWAYS, release="6.1.0", page_bytes=4096):
    zones = [
        make_zone("DMA", 3_840), make_zone("DMA32", 757_000), make_zone("Normal", 3_200_000),
        make_zone("Movable", 50_000),
    ]  # fmt: skip
    files = {"watermark_scale_factor": "10\n"} | (
        {} if kib is None else {"min_free_kbytes": f"{kib}\n"}
    )
    return make_snapshot(
        sysctl_vm.parse(files),
        transparent_hugepage.parse(huge),
        release=release,
        zones=zones,
        page_bytes=page_bytes,
    )


def test_the_automatic_value_is_held_within_its_bounds():
    assert automatic_kib(900, 4096, 65_536) == 240
    assert automatic_kib(100, 4096, 65_536) == 128
    assert automatic_kib(2**31, 4096, 262_144) == 262_144


def test_khugepaged_on_64_kib_pages_is_held_by_a_twentieth():
    assert khugepaged_kib(1_048_576, 2, 8_192, 65_536) == 3_355_392
    assert khugepaged_kib(9_000_000, 4, 512, 4_096) == 90_112


@pytest.mark.parametrize(
    ("kib", "origin"),
    [
        (67_584, "khugepaged"),
        (15_921, "automatic"),
        (15_700, "automatic"),
        (262_144, "set"),
        (8_192, "set"),
    ],
)
def test_whose_value_it_is(make_snapshot, make_zone, kib, origin):
    found = min_free(host(make_snapshot, make_zone, kib))
    assert (found.kib, found.origin, found.missing) == (kib, origin, ())
    assert found.automatic_kib == 15_921
    assert found.khugepaged_kib == 67_584


def test_huge_pages_switched_off_lower_the_value_again_since_5_17(make_snapshot, make_zone):
    now = host(make_snapshot, make_zone, 67_584, huge=NEVER, release="5.17.0")
    before = host(make_snapshot, make_zone, 67_584, huge=NEVER, release="5.16.0")
    assert (min_free(now).origin, min_free(before).origin) == ("set", "khugepaged")


def test_khugepaged_counted_a_movable_zone_until_4_16(make_snapshot, make_zone):
    assert min_free(host(make_snapshot, make_zone, 9, release="4.16.0")).khugepaged_kib == 90_112


def test_a_recalculation_leaves_out_what_lies_below_the_high_marks(make_snapshot, make_zone):
    found = min_free(host(make_snapshot, make_zone, 67_584))
    assert found.recalculated_kib == 15_871


def test_what_is_missing_is_named(make_snapshot, make_zone):
    unset = min_free(host(make_snapshot, make_zone, None))
    assert (unset.origin, unset.missing) == ("unknown", ("proc/sys/vm/min_free_kbytes",))
    blind = min_free(host(make_snapshot, make_zone, 9, page_bytes=None))
    assert (blind.automatic_kib, blind.missing) == (None, ("page size",))


def test_a_page_size_of_unknown_pageblocks_leaves_khugepaged_open(make_snapshot, make_zone):
    found = min_free(host(make_snapshot, make_zone, 9_999, page_bytes=262_144))
    assert (found.khugepaged_kib, found.origin) == (None, "unknown")
    assert found.missing == ("pageblock size",)


def test_marks_above_the_zones_themselves_leave_an_origin_not_a_crash(make_snapshot, make_zone):
    """min_free_kbytes of more than all memory: nothing is left to take a root of."""
    snapshot = make_snapshot(
        sysctl_vm.parse({"watermark_scale_factor": "10\n", "min_free_kbytes": "90000000\n"}),
        transparent_hugepage.parse(NEVER),
        release="6.1.0",
        zones=[make_zone("Normal", 3_840)],
    )

    assert min_free(snapshot).origin == "set"
