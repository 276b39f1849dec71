from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel import watermarks
from vmadvisor.kernel.watermarks import Marks
from vmadvisor.sources import sysctl_vm

GUEST_6_1 = {"min_free_kbytes": "2740\n", "watermark_scale_factor": "10\n"}


def sysctl(**files: str):
    return sysctl_vm.parse({"watermark_scale_factor": "10\n", **files})


def numbers(marks: Marks | None):
    return (
        None
        if marks is None
        else (marks.min_pages, marks.low_pages, marks.high_pages, marks.promo_pages)
    )


def host_6_18(make_snapshot, make_zone, *extra, **more):
    zones = [
        make_zone("DMA", 3840, (57, 71, 85, 99), boost=0),
        make_zone("DMA32", 772_918, (11_483, 14_353, 17_223, 20_093), boost=0),
        make_zone(
            "Normal", 360_448, (5_355 + 512, 6_693 + 512, 8_031 + 512, 9_369 + 512), boost=512
        ),
        make_zone("Movable", 0, (32, 32, 32, 32), boost=0),
    ]
    settings = sysctl(min_free_kbytes="67584\n")
    return make_snapshot(settings, *extra, release="6.18.44", zones=zones, **more)


def test_a_boosted_host_is_equal_and_the_kernels_marks_are_less_their_boost(
    make_snapshot, make_zone
):
    table = watermarks.table(host_6_18(make_snapshot, make_zone))
    assert [zone.agreement for zone in table] == ["equal"] * 4
    assert [zone.boost_pages for zone in table] == [0, 0, 512, 0]
    assert numbers(table[2].kernel) == (5_355, 6_693, 8_031, 9_369)
    assert numbers(table[2].computed) == (5_355, 6_693, 8_031, 9_369)


def test_other_settings_change_what_is_computed_and_not_the_agreement(make_snapshot, make_zone):
    table = watermarks.table(
        host_6_18(make_snapshot, make_zone), min_free_kib=135_168, scale_factor_permyriad=200
    )
    assert numbers(table[1].computed) == (22_967, 38_425, 53_883, 69_341)
    assert [zone.agreement for zone in table] == ["equal"] * 4


def test_printed_marks_change_nothing_but_the_agreement(make_snapshot, make_zone):
    right = host_6_18(make_snapshot, make_zone)
    wrong = [
        make_zone(z.zone, z.managed_pages, (1234, 2345, 3456, 4567), boost=0)
        for z in watermarks.table(right)
    ]
    settings = sysctl(min_free_kbytes="67584\n")
    table = watermarks.table(make_snapshot(settings, release="6.18.44", zones=wrong))
    assert [numbers(z.computed) for z in table] == [
        numbers(z.computed) for z in watermarks.table(right)
    ]
    assert [zone.agreement for zone in table] == ["different"] * 4


def test_marks_set_before_init_memory_was_freed_are_stale(make_snapshot, make_zone):
    """A Debian 6.1 guest of 512 MB; DMA32 had some 600 pages less when its marks were set."""
    zones = [
        make_zone("DMA", 3840, (22, 27, 32), boost=0),
        make_zone("DMA32", 116_165, (662, 827, 992), boost=0),
        make_zone("Movable", 0, (0, 0, 0), boost=0),
    ]
    table = watermarks.table(
        make_snapshot(sysctl_vm.parse(GUEST_6_1), release="6.1.0-50", zones=zones)
    )
    assert [zone.agreement for zone in table] == ["stale", "stale", "equal"]
    assert numbers(table[1].computed)[:3] == (663, 828, 993)
    assert watermarks.in_force(table[1]).low_pages == 827


def test_a_hidden_boost_is_found(make_snapshot, make_zone):
    """Debian 5.10 prints no boost line; DMA32 holds one pageblock more."""
    zones = [
        make_zone("DMA", 3977, (26, 32, 38)),
        make_zone("DMA32", 85_485, (563 + 512, 703 + 512, 843 + 512)),
    ]
    settings = sysctl(min_free_kbytes="2360\n", watermark_boost_factor="15000\n")
    table = watermarks.table(make_snapshot(settings, release="5.10.0-32", zones=zones))
    assert [(zone.agreement, zone.boost_pages) for zone in table] == [("equal", 0), ("equal", 512)]
    assert numbers(table[1].kernel) == (563, 703, 843, None)


def test_hidden_boosts_beside_stale_marks_are_found(make_snapshot, make_zone):
    """A desktop under a 5.x kernel: 26 pageblocks in one zone and one in the other."""
    zones = [
        make_zone("DMA", 3_956, (33, 41, 49)),
        make_zone("DMA32", 742_806, (19_510, 21_059, 22_608)),
        make_zone("Normal", 1_268_711, (11_176, 13_842, 16_508)),
    ]
    settings = sysctl(min_free_kbytes="67584\n", watermark_boost_factor="15000\n")
    table = watermarks.table(make_snapshot(settings, release="5.4.0", zones=zones))
    assert [(zone.agreement, zone.boost_pages) for zone in table] == [
        ("equal", 0),
        ("stale", 13_312),
        ("stale", 512),
    ]
    assert numbers(table[1].kernel) == (6_198, 7_747, 9_296, None)


def test_a_mark_that_nothing_explains_is_different_and_not_built_upon(make_snapshot, make_zone):
    zones = [make_zone("DMA", 3_840, (22, 27, 32)), make_zone("DMA32", 116_165, (662, 827, 999))]
    table = watermarks.table(
        make_snapshot(sysctl_vm.parse(GUEST_6_1), release="4.19.0", zones=zones)
    )
    assert [zone.agreement for zone in table] == ["different", "different"]
    assert (table[1].boost_pages, watermarks.in_force(table[1]).high_pages) == (None, 993)


def test_without_a_setting_nothing_is_computed_and_the_setting_is_named(make_snapshot, make_zone):
    zones = [make_zone("Normal", 9_000, (51, 63, 76))]
    for release, files, lacking in (
        ("5.4.0", {"watermark_scale_factor": "10\n"}, "proc/sys/vm/min_free_kbytes"),
        ("5.4.0", {"min_free_kbytes": "204\n"}, "proc/sys/vm/watermark_scale_factor"),
    ):
        host = make_snapshot(sysctl_vm.parse(files), release=release, zones=zones)
        (zone,) = watermarks.table(host)
        assert (zone.computed, zone.agreement) == (None, "unknown")
        assert watermarks.in_force(zone).low_pages == 63
        assert watermarks.missing(host) == (lacking,)


def test_a_given_setting_stands_in_for_a_missing_one_in_what_is_computed(make_snapshot, make_zone):
    host = make_snapshot(
        sysctl_vm.parse({"watermark_scale_factor": "10\n"}), release="5.4.0",
        zones=[make_zone("Normal", 9_000, (51, 63, 75))],
    )  # fmt: skip
    (zone,) = watermarks.table(host, min_free_kib=204)
    assert (numbers(zone.computed), zone.agreement) == ((51, 63, 75, None), "unknown")


def test_no_scale_factor_is_needed_before_4_6(make_snapshot, make_zone):
    host = make_snapshot(
        sysctl_vm.parse({"min_free_kbytes": "4000\n"}),
        release="4.4.0",
        zones=[make_zone("Normal", 700_000, (1_000, 1_250, 1_500))],
    )
    (zone,) = watermarks.table(host)
    assert (zone.agreement, zone.boost_pages) == ("equal", None)
    assert watermarks.missing(host) == ()


def test_no_page_size_no_numbers(make_snapshot, make_zone):
    host = make_snapshot(
        sysctl(min_free_kbytes="204\n"),
        release="5.4.0",
        zones=[make_zone("Normal", 9)],
        page_bytes=None,
    )
    assert watermarks.table(host)[0].computed is None
    assert watermarks.missing(host) == ("page size",)


def test_no_zoneinfo_no_table(make_snapshot):
    assert watermarks.table(make_snapshot(release="6.1.0")) == ()


@given(
    st.integers(1, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, 4000),
    st.sampled_from(("5.10.0", "6.18.0")),
)
def test_hostile_numbers_come_to_an_end(make_snapshot, make_zone, pages, free, factor, release):
    zones = [
        make_zone("DMA", pages, (free, 2**63, 5, 1)),
        make_zone("Normal", 2**50, (2**49, 2**49 + 2**47, 2**49 + 2**48)),
        make_zone("Movable", 3, (9, 9, 9)),
    ]
    settings = sysctl(min_free_kbytes=f"{free}\n", watermark_boost_factor="15000\n")
    host = make_snapshot(settings, release=release, zones=zones)
    assert len(watermarks.table(host, scale_factor_permyriad=factor)) == 3


def test_marks_set_at_much_smaller_sizes_are_different_but_reckoned_with(make_snapshot, make_zone):
    """A recorded guest of 256 MB: its marks are those of 94.8 % of today's DMA32."""
    zones = [
        make_zone("DMA", 3_840, (33, 41, 49, None)),
        make_zone("DMA32", 51_749, (426, 532, 638, None)),
    ]
    snapshot = make_snapshot(sysctl(min_free_kbytes="1840\n"), release="6.1.0", zones=zones)
    table = watermarks.table(snapshot)

    assert [zone.agreement for zone in table] == ["different", "different"]
    assert [zone.is_explained for zone in table] == [True, True]
    assert numbers(watermarks.in_force(table[1])) == (426, 532, 638, None)
    assert numbers(table[1].computed)[:3] == (428, 535, 642)


def test_marks_that_nothing_explains_are_not_reckoned_with(make_snapshot, make_zone):
    zones = [
        make_zone("DMA", 3_840, (33, 41, 49, None)),
        make_zone("DMA32", 51_749, (526, 632, 738, None)),
    ]
    snapshot = make_snapshot(sysctl(min_free_kbytes="1840\n"), release="6.1.0", zones=zones)
    table = watermarks.table(snapshot)

    assert [zone.is_explained for zone in table] == [False, False]
    assert numbers(watermarks.in_force(table[1]))[:3] == (428, 535, 642)
