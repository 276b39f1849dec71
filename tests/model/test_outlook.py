import pytest

from vmadvisor.model.outlook import outlook
from vmadvisor.model.own_map import OwnEvent, OwnMap
from vmadvisor.model.trees import log_odds

COUNTERS = (
    "allocstall_total", "oom_kill_total", "pageoutrun_total", "pgscan_kswapd_pages_total",
    "pgscan_direct_pages_total", "pgsteal_kswapd_pages_total", "pgsteal_direct_pages_total",
    "pswpin_pages_total", "pswpout_pages_total", "pgmajfault_total",
)  # fmt: skip


@pytest.fixture
def falling(sample, node, track):
    """A host of 400 MiB without swap that loses so many pages a second, once a second for 30 s."""

    def build(per_s, left=40_000, **known):
        def at(second):
            free = left - per_s * second
            zone = node(
                managed_pages=100_000,
                free_pages=free,
                slack_pages=max(0, free - 1500),
                above_min_pages=max(0, free - 1000),
                gap_pages=500,
                min_pages=1000,
                high_pages=2000,
            )
            fields = dict.fromkeys(COUNTERS, 3) | {
                "nodes": (zone,), "anon_pages": 60_000 - free, "file_pages": 2500,
                "swap_total_pages": 0, "swap_free_pages": 0, "memory_full_us_total": 90,
                "memory_some_us_total": 95, "io_full_us_total": 70,
            }  # fmt: skip
            return sample(60.0 + second, **(fields | known))

        return track(*(at(second) for second in range(31)))

    return build


def said(found, event, horizon_s=10.0, scope="host"):
    [one] = [
        forecast
        for forecast in found.forecasts
        if (forecast.event, forecast.scope, forecast.horizon_s) == (event, scope, horizon_s)
    ]
    return one


def test_a_leak_that_empties_the_host_within_the_horizon_is_seen_and_a_still_host_is_not(falling):
    still = said(outlook(falling(0), (10.0,)), "oom_global")
    leak = said(outlook(falling(1200), (10.0,)), "oom_global")

    assert still.probability_ratio < 0.01
    assert leak.probability_ratio > 0.3


def test_more_demand_against_the_same_stock_never_makes_an_oom_less_likely(falling):
    told = [
        said(outlook(falling(per_s, left=10_000 + 30 * per_s), (10.0,)), "oom_global")
        for per_s in (0, 50, 200, 400, 800, 1200)
    ]

    probabilities = [one.probability_ratio for one in told]
    assert probabilities[-1] > 5 * probabilities[0]


def test_the_interval_holds_the_probability(falling):
    found = outlook(falling(600), (10.0, 30.0))

    for one in found.forecasts:
        assert 0 < one.low_ratio <= one.probability_ratio <= one.high_ratio < 1


def test_the_interval_holds_the_least_probability_that_is_said(falling):
    quiet = OwnEvent(
        shift=-50.0,
        scale_ratio=1.0,
        spread=0.1,
        instants_count=40,
        onsets_count=21,
        skill_ratio=0.2,
    )
    own = OwnMap(fitted_utc="2026-01-02", model_id="m", events={"oom_global": quiet})
    found = outlook(falling(0), (10.0, 30.0), own)

    assert said(found, "oom_global").low_ratio == said(found, "oom_global").probability_ratio
    for one in found.forecasts:
        assert one.low_ratio <= one.probability_ratio <= one.high_ratio


def test_drivers_name_what_shrinks_in_numbers(falling):
    leak = said(outlook(falling(1200), (10.0,)), "oom_global")

    assert 1 <= len(leak.drivers) <= 3
    assert any("MiB" in driver.text for driver in leak.drivers)
    assert all(driver.value > 0 for driver in leak.drivers)


def test_one_reading_is_refused_in_words(sample, node, track):
    found = outlook(track(sample(5.0, nodes=(node(managed_pages=9),))), (10.0,))

    assert "one reading" in found.refusal
    assert {one.probability_ratio for one in found.forecasts} == {None}


def test_two_readings_in_one_instant_are_refused(sample, node, track):
    zone = node(managed_pages=9)
    found = outlook(track(sample(5.0, nodes=(zone,)), sample(5.1, nodes=(zone,))), (10.0,))

    assert "too near" in found.refusal


def test_without_pressure_information_a_stall_is_not_forecast_and_the_rest_is(falling):
    blind = falling(100, memory_full_us_total=None, memory_some_us_total=None)
    found = outlook(blind, (10.0,))

    assert said(found, "memory_stall").probability_ratio is None
    assert "PSI" in said(found, "memory_stall").reason
    assert said(found, "oom_global").probability_ratio is not None


def test_an_hour_ahead_has_no_calibrated_probability(falling):
    found = outlook(falling(100), (3600.0,))

    assert {one.probability_ratio for one in found.forecasts} == {None}
    assert "onsets" in said(found, "oom", 3600.0).reason


def test_a_group_near_its_limit_raises_any_oom_but_not_the_hosts(falling, group):
    quiet = falling(0)
    told = [
        group(
            60.0 + second, current_pages=400 + 20 * second, kept_pages=400 + 20 * second,
            anon_pages=400 + 20 * second, swap_room_pages=0, oom_total=0, oom_kill_total=0, max_total=0,
        )
        for second in range(31)
    ]  # fmt: skip
    from dataclasses import replace

    from vmadvisor.model.track import Track

    grown = Track()
    for one, box in zip(quiet, told, strict=True):
        grown.add(replace(one, groups=(box,)))
    found = outlook(grown, (10.0,))

    alone = said(outlook(quiet, (10.0,)), "oom").probability_ratio
    assert said(found, "oom").probability_ratio > 10 * alone
    assert (
        said(found, "oom_global").probability_ratio
        == said(outlook(quiet, (10.0,)), "oom_global").probability_ratio
    )
    assert said(found, "oom", scope="/box").probability_ratio > 0.5
    far = outlook(grown, (60.0,))
    assert "fewer than 20 onsets" in said(far, "oom", 60.0, scope="/box").reason


def test_a_hosts_own_map_moves_its_probability(falling):
    own = OwnMap(
        fitted_utc="2026-01-02T03:04:05Z",
        model_id="abc",
        events={
            "direct_reclaim": OwnEvent(
                shift=1.5, scale_ratio=1.0, spread=0.1, instants_count=900, onsets_count=31,
                skill_ratio=0.2,
            )
        },
    )  # fmt: skip
    leak = falling(600)

    before = said(outlook(leak, (10.0,)), "direct_reclaim")
    after = said(outlook(leak, (10.0,), own), "direct_reclaim")
    assert after.probability_ratio > before.probability_ratio
    widths = [log_odds(one.high_ratio) - log_odds(one.low_ratio) for one in (before, after)]
    assert widths[1] < widths[0]


def test_horizons_without_any_probability_are_told_apart():
    from vmadvisor.model.calibrated import backed_horizons

    assert backed_horizons((10.0, 30.0, 86_400.0)) == (10.0, 30.0)


def test_an_outlook_that_was_made_already_is_taken_as_it_is():
    from vmadvisor.model.forecast import Outlook
    from vmadvisor.model.outlook import Asked, outlook_of

    told = Outlook(
        time_s=7.0,
        span_s=60.0,
        samples_count=61,
        forecasts=(),
        times=(),
        full_stall_s_by_horizon=(),
        refusal=None,
    )

    assert outlook_of([], Asked(told=told)) is told


def test_what_growth_seen_cannot_reach_is_bounded_and_corrected_by_the_hosts_own_map(
    falling, monkeypatch
):
    """The own map is a line in log-odds behind the bound, so that what was shipped can be told from it."""
    leak = falling(1200)
    own = OwnMap(
        fitted_utc="2026-11-20T03:00:00Z",
        model_id="0",
        events={
            "oom_global": OwnEvent(
                shift=0.7, scale_ratio=0.9, spread=0.3, instants_count=90, onsets_count=21,
                skill_ratio=0.2,
            )
        },
    )  # fmt: skip
    assert said(outlook(leak, (10.0,)), "oom_global").probability_ratio > 0.3
    monkeypatch.setattr("vmadvisor.model.calibrated.most_odds", lambda *_: -4.0)

    bounded = said(outlook(leak, (10.0,)), "oom_global")
    corrected = said(outlook(leak, (10.0,), own), "oom_global")

    assert log_odds(bounded.probability_ratio) == pytest.approx(-4.0)
    assert log_odds(corrected.probability_ratio) == pytest.approx(0.7 - 0.9 * 4.0)
    assert bounded.low_ratio < bounded.probability_ratio < bounded.high_ratio


def test_an_ample_stock_that_hardly_shrinks_is_out_of_the_killers_reach(falling):
    still = said(outlook(falling(0, left=60_000), (10.0, 20.0)), "oom_global")

    assert still.probability_ratio <= 0.005


def test_a_track_of_more_than_the_two_readings_is_what_a_forecast_rests_on(falling):
    from vmadvisor.model.outlook import Asked, outlook_of

    leak = falling(1200)
    found = outlook_of([], Asked(horizons_s=(10.0,), track=leak))

    assert found == outlook(leak, (10.0,))
    assert found.samples_count == 31


def test_of_hundreds_of_groups_the_nearest_are_reckoned_and_the_others_named(falling, group):
    from dataclasses import replace

    from vmadvisor.model.nearest_groups import NEAREST_MAX_COUNT
    from vmadvisor.model.track import Track

    quiet = falling(0)
    many = Track()
    for one in quiet:
        boxes = tuple(
            group(one.time_s, path=f"/{n}", current_pages=n, kept_pages=n, anon_pages=n)
            for n in range(1, NEAREST_MAX_COUNT + 37)
        )
        many.add(replace(one, groups=boxes))
    found = outlook(many, (10.0,))
    kills = [one for one in found.forecasts if one.event == "oom" and one.scope != "host"]
    unsaid = {one.scope: one.reason for one in kills if one.probability_ratio is None}

    assert len(kills) == NEAREST_MAX_COUNT + 36
    assert set(unsaid) == {f"/{n}" for n in range(1, 37)}
    assert set(unsaid.values()) == {"64 other cgroups are nearer to their limits"}


def test_what_rises_within_half_a_minute_rises_within_a_minute(falling, monkeypatch):
    """Also where the forests say less of the minute."""
    from dataclasses import replace

    from vmadvisor.model import calibrated

    def shy(event, scope, horizon_s, *given):
        one = calibrated.said(event, scope, horizon_s, *given)
        less = 0.1 if horizon_s > 30 else 1.0
        names = ("probability_ratio", "low_ratio", "high_ratio")
        return replace(one, **{name: getattr(one, name) * less for name in names})

    monkeypatch.setattr("vmadvisor.model.outlook.said", shy)
    leak = falling(1200)
    found = outlook(leak, (30.0, 60.0))

    for event in ("direct_reclaim", "oom_global", "oom"):
        near, far = said(found, event, 30.0), said(found, event, 60.0)
        assert near.probability_ratio == far.probability_ratio
        assert far.low_ratio <= far.probability_ratio <= far.high_ratio
    assert said(outlook(leak, (60.0,)), "oom", 60.0) == said(found, "oom", 60.0)
    stalls = [
        said(found, "memory_stall", horizon_s).probability_ratio for horizon_s in (30.0, 60.0)
    ]
    assert stalls[1] < stalls[0]
