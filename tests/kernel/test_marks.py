from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.kernel.marks import MarkSettings, is_capped, marks
from vmadvisor.sources import version

sizes = st.lists(st.integers(0, 2**32), min_size=1, max_size=8).filter(any)
factors = st.one_of(st.none(), st.integers(1, 3000))


def settings(free: int, factor: int | None) -> MarkSettings:
    return MarkSettings(min_free_pages=free, scale_factor_permyriad=factor, has_promo=True)


def at(release: str):
    return behaviour_at(version.parse(f"version {release}"))


def test_until_4_5_the_gaps_are_a_quarter_and_a_half_of_min():
    (zone,) = marks(
        [700_000],
        [False],
        MarkSettings(min_free_pages=403, scale_factor_permyriad=None, has_promo=False),
    )
    assert (zone.min_pages, zone.low_pages, zone.high_pages, zone.promo_pages) == (
        403,
        503,
        604,
        None,
    )


def test_the_scale_factor_takes_over_on_a_large_zone():
    zone, _ = marks([16_000_000, 100], [False, False], settings(16_896, 10))
    assert (zone.min_pages, zone.low_pages, zone.high_pages) == (16_895, 32_895, 48_895)


def test_a_published_experiment_comes_out_to_the_page():
    """watermark_scale_factor 10 and 20 on one machine with DMA, Normal and Movable zones."""
    capped = (False, False, True)
    now = marks((630_079, 241_951, 189_726), capped, settings(10_240 // 4, 10))
    wider = marks((630_079, 241_951, 189_726), capped, settings(10_240 // 4, 20))
    assert [(z.min_pages, z.low_pages, z.high_pages, z.promo_pages) for z in now[:2]] == [
        (1849, 2479, 3109, 3739),
        (710, 951, 1192, 1433),
    ]
    assert (wider[1].low_pages, wider[1].high_pages, wider[1].promo_pages) == (1193, 1676, 2159)
    movable = marks((630_079, 241_951, 189_726), capped, settings(7_472 // 4, 10))[2]
    assert (movable.min_pages, movable.low_pages) == (128, 317)


def test_zones_that_take_no_share_by_version(make_zone):
    zones = [
        make_zone("Normal", 9),
        make_zone("HighMem", 0),
        make_zone("Movable", 8),
        make_zone("Device", 7),
    ]
    assert is_capped(zones, at("6.5.0")) == (False, True, False, False)
    assert is_capped(zones, at("6.6.0")) == (False, True, True, False)


def test_movable_is_highmem_where_highmem_is_populated(make_zone):
    zones = [make_zone("Normal", 9), make_zone("HighMem", 5), make_zone("Movable", 8)]
    assert is_capped(zones, at("4.19.0")) == (False, True, True)


def test_no_lowmem_has_no_marks():
    assert marks([0, 900], [False, True], settings(100, 10)) is None


@given(sizes, st.integers(0, 2**29), factors)
def test_marks_rise_and_shares_never_sum_to_more_than_the_reserve(managed, free, factor):
    found = marks(managed, [False] * len(managed), settings(free, factor))
    assert found is not None
    for zone in found:
        assert 0 <= zone.min_pages <= zone.low_pages <= zone.high_pages
    total = sum(zone.min_pages for zone in found)
    assert free - len(managed) < total <= free


@given(sizes, st.integers(0, 2**29), st.integers(1, 2999), st.integers(1, 1000))
def test_more_reserve_or_more_scale_never_lowers_a_mark(managed, free, factor, more):
    def all_of(one):
        return [(z.min_pages, z.low_pages, z.high_pages, z.promo_pages) for z in one]

    capped = [False] * len(managed)
    base = all_of(marks(managed, capped, settings(free, factor)))
    for changed in (settings(free + more, factor), settings(free, min(factor + more, 3000))):
        after = all_of(marks(managed, capped, changed))
        assert all(
            new >= old
            for ours, theirs in zip(base, after, strict=True)
            for old, new in zip(ours, theirs, strict=True)
        )
