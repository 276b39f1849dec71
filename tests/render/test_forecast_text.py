"""The forecast for a person: what is likely, when, why; what is not known is not made up."""

from dataclasses import replace

import pytest

from vmadvisor.render.forecast_text import sections
from vmadvisor.render.parts import Grid


@pytest.fixture
def parts(report):
    def told(**changes):
        found = list(sections(replace(report.outlook, **changes)))
        grids = [part for part in found if isinstance(part, Grid)]
        return grids, [part for part in found if isinstance(part, str)]

    return told


def test_a_row_for_each_event_and_group_and_a_column_for_each_horizon_that_is_backed(parts):
    [grid], lines = parts()

    assert grid.columns == ("likely within (90 % interval)", "10 s", "30 s")
    assert grid.rows == [
        ("OOM kill of the host", "3 % (1-9)", "6 % (2-17)"),
        ("OOM kill, cgroups' included", "13 % (5-31)", "-"),
        ("stall: 5 % of it lost", "64 % (40-82)", "-"),
        ("any direct reclaim", "97 % (91-99)", "-"),
        ("OOM kill in /web", "11 % (4-27)", "-"),
    ]
    assert lines[:2] == [
        "forecast from two readings 1 s apart",
        "no probability 10 min ahead: recordings do not back one",
    ]


def test_what_a_forecast_rests_on_is_told(parts):
    assert parts(samples_count=250, span_s=49.8)[1][0] == "forecast from 250 samples over 50 s"
    assert parts(samples_count=3, span_s=90.0)[1][0] == "forecast from 3 samples over 1.5 min"


def test_a_host_without_limited_groups_has_one_row_for_kills(parts, report):
    own = tuple(one for one in report.outlook.forecasts if one.scope == "host")

    [grid], _ = parts(forecasts=own)

    assert [row[0] for row in grid.rows if row[0].startswith("OOM")] == ["OOM kill of the host"]


def test_times_are_told_where_they_are_near_or_sure(parts):
    """Two hours, give or take for ever, is nothing to tell."""
    _, lines = parts()

    assert "as things go: kswapd wakes in 0.9 s (80 %: 0.4 s to 3.2 s)" in lines
    assert not any("used up" in line for line in lines)


def test_a_driver_of_several_forecasts_is_named_once_and_none_of_what_is_unlikely(parts, report):
    _, lines = parts()
    rare = tuple(replace(one, probability_ratio=0.09) for one in report.outlook.forecasts)

    assert "because: bursts of 48 MiB in 0.2 s against a gap of 12.0 MiB" in lines
    assert not any(line.startswith("because") for line in parts(forecasts=rare)[1])


def test_lost_time_is_told_where_there_is_some(parts):
    expected = "expected to be lost to stalls of the next 10 s: 1.2 s"

    assert expected in parts()[1]
    assert not any("lost" in line for line in parts(full_stall_s_by_horizon=((10.0, 0.04),))[1])
    assert not any("lost" in line for line in parts(full_stall_s_by_horizon=((10.0, None),))[1])


def test_a_refusal_is_given_in_words_and_nothing_else(parts):
    assert parts(refusal="no zones are seen") == ([], ["no forecast: no zones are seen"])
    assert list(sections(None)) == []


def test_a_cgroups_stalls_and_kills_are_told_apart_and_of_hundreds_the_likeliest_are_shown(
    report, parts
):
    one = report.outlook.forecasts[0]
    own = [
        replace(one, scope=f"/pod{n}", event=event, probability_ratio=n / 100, low_ratio=0.01, high_ratio=0.99)
        for n in range(1, 11)
        for event in ("oom", "memory_stall")
    ]  # fmt: skip
    [grid], lines = parts(forecasts=(*report.outlook.forecasts[:1], *own))
    names = [row[0] for row in grid.rows if "/pod" in row[0]]

    assert names == [
        f"{what} /pod{n}" for n in (7, 8, 9, 10) for what in ("OOM kill in", "stall in")
    ]
    assert "12 rows more of cgroups, all less likely: --format json" in lines


def test_groups_that_can_only_stall_add_no_kill_of_theirs_to_the_hosts(report, parts):
    known = [one for one in report.outlook.forecasts if one.scope == "host"]
    stall = replace(known[0], scope="/pod", event="memory_stall")
    [grid], _ = parts(forecasts=(*known, stall))

    assert "OOM kill, cgroups' included" not in [row[0] for row in grid.rows]
    assert "stall in /pod" in [row[0] for row in grid.rows]
